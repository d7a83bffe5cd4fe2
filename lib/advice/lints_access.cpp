// Who may come: rules without effect, and whose word on the client's address is taken.
#include <arpa/inet.h>

#include <array>
#include <map>
#include <optional>

#include "advice/lint_rows.hpp"
#include "advice/listen.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

/// The first `prefix` bits of an address, the others 0; compared as a whole.
struct Prefix {
    bool v6 = false;
    std::array<unsigned char, 16> bytes{};
    unsigned bits = 0;

    auto operator<=>(const Prefix&) const = default;

    Prefix cut(unsigned to) const {
        Prefix out = *this;
        out.bits = to;
        for (unsigned bit = to; bit < 128; ++bit) out.bytes[bit / 8] &= static_cast<unsigned char>(~(0x80u >> bit % 8));
        return out;
    }
};

std::optional<Prefix> read_prefix(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string address(text.substr(0, slash));
    Prefix out;
    out.v6 = address.find(':') != address.npos;
    if (inet_pton(out.v6 ? AF_INET6 : AF_INET, address.c_str(), out.bytes.data()) != 1) return std::nullopt;
    const unsigned most = out.v6 ? 128 : 32;
    const auto bits = slash == text.size() ? std::optional(most) : core::parse_number<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > most) return std::nullopt;
    return out.cut(*bits);
}

/// The rules of one level, so far.
class Rules {
  public:
    /// The rule that has taken all clients of this one; else it is noted itself.
    const Directive* add(const Directive& rule) {
        const std::string& who = rule.args[0].value;
        if (all_) return all_;
        if (who == "all") return all_ = &rule, nullptr;
        if (who == "unix:") return std::exchange(unix_, unix_ ? unix_ : &rule);
        const auto prefix = read_prefix(who);
        if (!prefix) return nullptr;
        for (unsigned bits = 0; bits <= prefix->bits; ++bits)
            if (const auto known = known_.find(prefix->cut(bits)); known != known_.end()) return known->second;
        known_.emplace(*prefix, &rule);
        return nullptr;
    }

  private:
    const Directive* all_ = nullptr;
    const Directive* unix_ = nullptr;
    std::map<Prefix, const Directive*> known_;
};

void find_unreached(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::sites | config::in::limit_except)) {
        Rules rules;
        for (const Directive& d : *level->directives) {
            if ((d.name.value != "allow" && d.name.value != "deny") || d.args.size() != 1) continue;
            const Directive* taker = rules.add(d);
            if (!taker) continue;
            const bool same = taker->name.value == d.name.value;
            auto& said = report.add(d.span, concat({in_quotes(concat({d.name.value, " ", d.args[0].value})), " is never asked: ",
                                                    in_quotes(concat({taker->name.value, " ", taker->args[0].value})), " before it takes its clients"}),
                                    same ? "take the line out" : "put it before that line");
            said.notes.push_back({"that line is here", taker->span});
        }
    }
}

bool wants_header(const Directive& listen) {
    return std::ranges::any_of(listen.args, [](const config::Word& word) { return word.value == "proxy_protocol"; });
}

void find_mixed(const View& view, Report& report) {
    std::map<std::string, const Directive*> with;  // the first line of an address that wants it
    const auto sites = view.levels(config::in::server);
    for (const Level* site : sites)
        for (const Directive* listen : own(*site, "listen"))
            if (wants_header(*listen))
                for (const auto& address : addresses_of(*listen)) with.emplace(address, listen);
    for (const Level* site : sites)
        for (const Directive* listen : own(*site, "listen")) {
            if (wants_header(*listen)) continue;
            for (const auto& address : addresses_of(*listen)) {
                const auto known = with.find(address);
                if (known == with.end()) continue;
                auto& said = report.add(listen->span, "clients of this address are not served without a PROXY header: another line wants one for all of them",
                                        "write proxy_protocol in both lines, or take another port for clients that come by themselves");
                said.notes.push_back({"that line is here", known->second->span});
                break;
            }
        }
}

void find_spelling(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::sites))
        for (const Directive* d : own(*level, "real_ip_header")) {
            if (d->args.size() != 1) continue;
            const std::string& name = d->args[0].value;
            for (const std::string_view meant : {"X-Forwarded-For", "proxy_protocol"})
                if (name != meant && core::iequals(name, meant))
                    report.add(d->args[0].span,
                               meant == "proxy_protocol" ? "this is a header field, which a client can send, and not the PROXY protocol"
                                                         : "spelled like this, only the first line of that name counts, which a client can send itself",
                               concat({"write ", meant}));
        }
}

void find_no_header(const View& view, Report& report) {
    bool any = false;
    for (const Level* site : view.levels(config::in::server))
        for (const Directive* listen : own(*site, "listen")) any = any || wants_header(*listen);
    if (any) return;
    for (const Level* level : view.levels(config::in::sites))
        for (const Directive* d : own(*level, "real_ip_header"))
            if (d->args.size() == 1 && d->args[0].value == "proxy_protocol")
                report.add(d->args[0].span, "no client's address is ever found: no \"listen\" reads the PROXY protocol", "write listen 80 proxy_protocol;");
}

constexpr Lint table[] = {
    {.code = "SL023",
     .name = "rule-never-asked",
     .summary = "an allow or deny behind one that takes all its clients",
     .explanation = R"(Rules are tried in order, and the first that matches decides. What stands behind "all", or behind
a network that holds its own, is never asked.

Wrong: everybody is let in.
    allow all;
    deny 192.0.2.66;

Right:
    deny 192.0.2.66;
    allow all;
)",
     .find = find_unreached},
    {.code = "SL024",
     .name = "proxy-protocol-mixed",
     .summary = "an address that wants the PROXY protocol in one site and not in another",
     .explanation = R"(Which site a request is for is known when it has been read; whether a PROXY header comes before it
is a matter of the address. So one line with proxy_protocol holds for all sites of that address, and clients that come
without the header are turned away.

Wrong: clients of b are turned away as well.
    server { listen 80 proxy_protocol; server_name a; }
    server { listen 80; server_name b; }

Right: a port for the balancer, one for the others.
    server { listen 8080 proxy_protocol; listen 80; server_name a b; }
)",
     .find = find_mixed},
    {.code = "SL025",
     .name = "real-ip-header-spelling",
     .summary = "real_ip_header with a name that means something only when it is spelled otherwise",
     .explanation =
         R"(X-Forwarded-For, spelled like this, is one list over all lines of that name, read from its end, where the
trusted proxies have written. Under any other name, also x-forwarded-for, the first line counts: a client that sends one
itself chooses its address, if the proxy adds a line and does not lengthen the one that is there.

Wrong:
    real_ip_header x-forwarded-for;

Right:
    real_ip_header X-Forwarded-For;
)",
     .find = find_spelling},
    {.code = "SL026",
     .name = "real-ip-without-proxy-protocol",
     .summary = "real_ip_header proxy_protocol, and nobody reads the PROXY protocol",
     .explanation = R"(The PROXY protocol is read where listen says so. Without that the address of each client stays
that of the proxy in front.

Wrong:
    listen 80;
    set_real_ip_from 10.0.0.0/8;
    real_ip_header proxy_protocol;

Right:
    listen 80 proxy_protocol;
    set_real_ip_from 10.0.0.0/8;
    real_ip_header proxy_protocol;
)",
     .needs_whole = true,
     .find = find_no_header},
};

}  // namespace

std::span<const Lint> rows::access() { return table; }

}  // namespace sluice::advice
