// listen: which sites share which addresses.
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "compile/compiler.hpp"
#include "compile/listen_parameters.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace sluice::compile {

using config::AddressText;
using route::Listening;

Resolved resolve_by_system(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (code != 0) return {{}, code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code)};
    Resolved out;
    for (const auto* a = found; a; a = a->ai_next) {
        auto address = net::Address::from(a->ai_addr, a->ai_addrlen);
        address.set_port(port);
        if (std::find(out.addresses.begin(), out.addresses.end(), address) == out.addresses.end()) out.addresses.push_back(address);
    }
    freeaddrinfo(found);
    return out;
}

void Compiler::compile_listen(route::Site& site, const Directive& d) {
    const auto parsed = config::parse_listen_address(d.args[0].value);
    if (!parsed.ok()) return error(d.args[0].span, parsed.complaint.message, parsed.complaint.help);
    std::vector<net::Address> addresses;
    const AddressText& where = parsed.value;
    if (where.family == AddressText::Family::unix_path) {
        addresses.push_back(net::Address::unix_socket(where.host));
    } else {
        // A bare port is every IPv4 address, as in nginx.
        auto resolved = options.resolve(where.host.empty() ? "0.0.0.0" : where.host, where.port);
        if (!resolved.error.empty()) return error(d.args[0].span, "cannot resolve \"" + where.host + "\": " + resolved.error);
        for (std::uint32_t port = where.port; port <= where.last_port; ++port)
            for (auto address : resolved.addresses) {
                address.set_port(static_cast<std::uint16_t>(port));
                addresses.push_back(address);
            }
    }
    for (const auto& address : addresses) {
        auto& all = snapshot.listening;
        auto listening = std::find_if(all.begin(), all.end(), [&](const Listening& l) { return l.address == address; });
        if (listening == all.end()) {
            listening = all.emplace(all.end());
            listening->address = address;
            listening->text = address.text();
            listening->where = d.args[0].span;
            listening->default_site = site.index;
        }
        if (!listening->sites.empty() && listening->sites.back() == site.index)
            error(d.args[0].span, "this server listens on " + listening->text + " already", "one of the two lines is enough");
        else
            listening->sites.push_back(site.index);
        for (std::size_t i = 1; i < d.args.size(); ++i) {
            if (d.args[i].value != "default_server" && d.args[i].value != "default") {
                apply_parameter(*this, *listening, d.args[i]);
                continue;
            }
            listening->default_site = site.index;
            const auto [first, fresh] = default_places_.emplace(listening->text, d.args[i].span);
            if (!fresh) again(d.args[i].span, "there is a default server for " + listening->text + " already", first->second, "take the word out of one of the two");
        }
    }
}

namespace {
/// Until a site is known nobody can say whether a head is too large for it.
http::HeadLimits largest_limits(const route::Snapshot& snapshot, const Listening& listening) {
    http::HeadLimits out{0, 0, 0, true};
    for (const auto index : listening.sites) {
        const auto& site = snapshot.sites[index];
        out.line = std::max(out.line, site.head_buffers.longest_line());
        out.total = std::max(out.total, site.head_buffers.total());
        out.fields = std::max(out.fields, site.max_headers);
    }
    return out;
}
}  // namespace

void Compiler::finish_listening() {
    for (Listening& listening : snapshot.listening) {
        listening.head_limits = largest_limits(snapshot, listening);
        std::size_t smallest = SIZE_MAX;
        listening.easy_fields = SIZE_MAX;
        for (const auto index : listening.sites) {
            smallest = std::min(smallest, snapshot.sites[index].head_buffers.size);
            listening.easy_fields = std::min(listening.easy_fields, snapshot.sites[index].max_headers);
        }
        // What goes into the first buffer fits, and what goes into one of the others as a whole.
        listening.easy_head = std::max(snapshot.sites[listening.default_site].head_buffers.first, smallest);
        std::vector<route::NameSpec> specs;
        static constexpr std::string_view nobody;
        for (const auto index : listening.sites) {
            const auto& site = snapshot.sites[index];
            if (site.names.empty()) specs.push_back({nobody, index});
            for (const auto& name : site.names) specs.push_back({name, index});
        }
        std::vector<route::NameComplaint> complaints;
        listening.names = route::Names::build(specs, listening.default_site, complaints);
        for (const auto& complaint : complaints) {
            const auto& spec = specs[complaint.index];
            const std::string name(spec.text);
            auto where = place_of_name(spec.site, name);
            if (complaint.kind == route::NameComplaint::Kind::conflict) {
                const auto first = specs[complaint.first].site;
                if (spec.site == first || name.empty()) continue;
                auto& said = diagnostics().warning("conflicting-name", where, "conflicting server name \"" + name + "\" on " + listening.text + ", ignored",
                                                   "requests for it go to the first of the two servers");
                said.notes.push_back({"the server that gets them", place_of_name(first, name)});
            } else if (complaint.kind == route::NameComplaint::Kind::invalid) {
                error(where, "\"" + name + "\" is not a server name", "a \"*\" stands for whole labels at one end: *.example.com, www.*");
            } else {
                const auto at = std::min(1 + complaint.error.offset, name.size() - 1);
                if (where.length == name.size()) where = {where.source, where.offset + static_cast<std::uint32_t>(at), 1};
                error(where, "the regular expression is not valid: " + complaint.error.message);
            }
        }
        for (std::uint32_t i = 0; i < specs.size(); ++i) {
            const auto* regex = listening.names.regex_of(i);
            if (!regex || regex->names().empty()) continue;
            route::Matcher matcher{*regex, {}};
            for (const auto& name : regex->names()) matcher.groups.push_back({name.group, variables.declare(name.text)});
            listening.name_matchers.emplace_back(i, std::move(matcher));
        }
    }
}

}  // namespace sluice::compile
