#include "explain/choose.hpp"

#include <algorithm>

#include "config/words.hpp"

namespace sluice::explain {

using config::concat;
using config::in_quotes;
using route::Listening;
using route::NameChoice;
using route::NameKind;
using route::Verdict;

namespace {

/// As in the conf, which may have left the address out.
std::string title_of(const Listening& listening) { return "listen " + listening.text; }

bool is_any_address(const net::Address& address) {
    const auto bytes = address.ip_bytes();
    return !bytes.empty() && std::ranges::all_of(bytes, [](unsigned char b) { return b == 0; });
}

/// How well a listener suits: the very address, any address, another one; 0 if the port is another.
int rank(const Listening& listening, const std::string& host, std::uint16_t port) {
    const auto& address = listening.address;
    if (address.family() == net::Address::Family::unix_path || address.port() != port) return 0;
    const auto literal = net::Address::parse(host, port);
    if (literal && *literal == address) return 4;
    // [::] takes IPv4 clients only with ipv6only=off; 0.0.0.0 never takes others.
    if (literal && literal->family() != address.family())
        return is_any_address(address) && address.family() == net::Address::Family::v6 && !listening.socket.ipv6_only ? 2 : 1;
    if (literal && is_any_address(address)) return 3;
    if (is_any_address(address)) return address.family() == net::Address::Family::v4 ? 3 : 2;
    return 1;
}

std::string why_of(int rank, const std::string& host) {
    switch (rank) {
        case 4:
            return "the address of the URL";
        case 3:
        case 2:
            return "any address, the port of the URL";
        default:
            return concat({"the port of the URL, if ", in_quotes(host), " leads to this address"});
    }
}

std::string list_of(const route::Snapshot& snapshot, const Places& places) {
    std::string out;
    std::size_t count = 0;
    for (const Listening& listening : snapshot.listening) {
        if (count++ == most_listed) return out + "\n  ...";
        out += concat({"\n  ", listening.text, "  ", places.of(listening.where).text()});
    }
    return out;
}

}  // namespace

ListenerChoice choose_listener(const route::Snapshot& snapshot, const Places& places, const Asked& asked) {
    ListenerChoice out;
    if (snapshot.listening.empty()) {
        out.error = "the conf has no server: nobody listens";
        return out;
    }
    const std::uint16_t port = asked.port.value_or(asked.secure.value_or(false) ? 443 : 80);
    int best = 0;
    for (const Listening& listening : snapshot.listening) {
        const int here = rank(listening, asked.host, port);
        if (here <= best) continue;
        best = here;
        out.listening = &listening;
    }
    std::string why = why_of(best, asked.host);
    if (!out.listening && asked.port) {
        out.error =
            concat({"nobody listens on port ", std::to_string(port), "; there are:", list_of(snapshot, places)});
        return out;
    }
    if (!out.listening) {
        const bool secure = asked.secure.value_or(false);
        const auto alike = std::ranges::find(snapshot.listening, secure, &Listening::secure);
        const bool found = alike != snapshot.listening.end();
        out.listening = found ? &*alike : &snapshot.listening.front();
        why = found && secure ? "the URL names no port: the first with ssl is taken"
                              : "the URL names no port: the first of the conf is taken";
    }
    out.choice.chosen = {title_of(*out.listening), why, places.of(out.listening->where)};
    for (const Listening& listening : snapshot.listening) {
        if (&listening == out.listening) continue;
        if (out.choice.others.size() == most_listed) {
            ++out.choice.unnamed;
            continue;
        }
        const bool same_port = rank(listening, asked.host, port) != 0;
        out.choice.others.push_back(
            {title_of(listening), same_port ? "another address" : "another port", places.of(listening.where)});
    }
    return out;
}

std::string title_of(const route::Site& site) {
    if (site.names.empty() || (site.names.size() == 1 && site.names[0].empty())) return "server without a name";
    constexpr std::size_t widest = 44;
    std::string out = "server";
    for (const auto& name : site.names) {
        const std::string more = name.empty() ? "\"\"" : name;
        if (&name != site.names.data() && out.size() + more.size() > widest) return out + " ...";
        out += ' ' + more;
    }
    return out;
}

namespace {

/// The names of a listener in the order of their numbers: see compile/listen.
std::string name_of(const route::Scope& scope, std::uint32_t number) {
    for (const auto index : scope.listening.sites) {
        const auto& names = scope.snapshot.sites[index].names;
        const auto count = static_cast<std::uint32_t>(std::max<std::size_t>(names.size(), 1));
        if (number < count) return names.empty() ? "" : names[number];
        number -= count;
    }
    return "";
}

std::string why_chosen(const route::Scope& scope, const NameChoice& choice) {
    const std::string name = in_quotes(name_of(scope, choice.name));
    switch (choice.kind) {
        case NameKind::exact:
            return scope.host.empty() ? "the request names no host" : concat({"its name is ", in_quotes(scope.host)});
        case NameKind::leading_wildcard:
        case NameKind::trailing_wildcard:
        case NameKind::regex:
            return concat({"its name ", name, " fits ", in_quotes(scope.host)});
        case NameKind::fallback:
            break;
    }
    if (scope.listening.sites.size() == 1) return "the only one there";
    return concat({"no name fits ", in_quotes(scope.host), ": the default server"});
}

/// What of one site fits a host when nobody else is asked.
NameChoice fit(const route::Site& site, std::string_view host) {
    std::vector<route::NameSpec> specs;
    for (const auto& name : site.names) specs.push_back({name, 0});
    std::vector<route::NameComplaint> complaints;
    core::Captures captures;
    return route::Names::build(specs, NameChoice::none, complaints).decide(host, captures);
}

/// Why `lost`, which fits the host as well, comes after `won`.
std::string why_lost(NameKind won, NameKind lost, const std::string& name) {
    const std::string fits = concat({in_quotes(name), " fits, too, but "});
    if (won == lost) {
        if (won == NameKind::exact) return "it has the same name, but comes later";
        return fits + (won == NameKind::regex ? "comes later" : "is shorter");
    }
    if (won == NameKind::exact) return fits + "exact names go first";
    if (won == NameKind::leading_wildcard) return fits + "names that begin with * go first";
    return fits + "names that end in * go first";
}

}  // namespace

Choice describe_site(const route::Scope& scope, const NameChoice& name, const Places& places) {
    Choice out;
    out.chosen = {title_of(*scope.site), why_chosen(scope, name), places.of(scope.site->where)};
    std::vector<Item> far;
    for (const auto index : scope.listening.sites) {
        const auto& site = scope.snapshot.sites[index];
        if (&site == scope.site) continue;
        Item item{title_of(site), "", places.of(site.where)};
        const auto here = fit(site, scope.host);
        if (here.site != NameChoice::none) {
            item.note = why_lost(name.kind, here.kind, site.names[here.name]);
            out.others.push_back(std::move(item));
            continue;
        }
        item.note = site.names.empty() ? "it has no name" : "no name of it fits";
        if (index == scope.listening.default_site) item.note += "; it is the default server";
        far.push_back(std::move(item));
    }
    for (auto& item : far) {
        if (out.others.size() < most_listed)
            out.others.push_back(std::move(item));
        else
            ++out.unnamed;
    }
    return out;
}

void describe_losers(const route::Site& site, const route::LocationTrace& trace, const Places& places, Step& out) {
    std::vector<const route::LocationTrace::Step*> ordered;
    // Those that would have matched are worth more than those that do not.
    for (const auto& step : trace.steps)
        if (step.verdict != Verdict::chosen && step.verdict != Verdict::no_match) ordered.push_back(&step);
    for (const auto& step : trace.steps)
        if (step.verdict == Verdict::no_match) ordered.push_back(&step);
    for (const auto* step : ordered) {
        if (out.others.size() == most_listed) {
            ++out.unnamed;
            continue;
        }
        const auto& route = site.routes[step->location];
        std::string why(words_of(step->verdict));
        if (const auto gap = why.find("{}"); gap != why.npos)
            why.replace(gap, 2, step->by < site.routes.size() ? site.routes[step->by].title : "another one");
        out.others.push_back({route.title, std::move(why), places.of(route.where)});
    }
}

}  // namespace sluice::explain
