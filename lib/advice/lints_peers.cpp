// Servers behind the proxy.
#include <algorithm>
#include <map>
#include <set>

#include "advice/lint_rows.hpp"
#include "advice/target.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

/// Addresses of the servers of each group.
std::map<std::string, std::vector<std::string>, std::less<>> members(const View& view) {
    std::map<std::string, std::vector<std::string>, std::less<>> out;
    for (const Level* group : view.levels(config::in::upstream)) {
        if (group->block->args.empty()) continue;
        std::vector<std::string>& addresses = out[group->block->args[0].value];
        for (const Directive* server : own(*group, "server"))
            if (!server->args.empty()) addresses.push_back(server->args[0].value);
    }
    return out;
}

void find_unverified(const View& view, Report& report) {
    const auto groups = members(view);
    std::set<std::string> said;  // by host: once for each is enough
    for (const Level* level : view.levels(config::in::location | config::in::location_if | config::in::limit_except)) {
        const Directive* pass = first_own(*level, "proxy_pass");
        if (!pass || pass->args.empty()) continue;
        const Target target = parse_target(pass->args[0].value);
        if (target.scheme != "https" || setting(*level, "proxy_ssl_verify", "off") == "on") continue;
        const auto group = groups.find(target.host);
        const bool local =
            group == groups.end()
                ? is_loopback(target.host)
                : std::ranges::all_of(group->second, [](const std::string& a) { return is_loopback(a); });
        if (local || !said.insert(target.host).second) continue;
        report.add(pass->args[0].span,
                   concat({"anybody on the way can pose as ", in_quotes(target.host), ": its certificate is not checked"}),
                   "set proxy_ssl_verify on, and proxy_ssl_trusted_certificate to the certificates to trust");
    }
}

void find_lone_peer(const View& view, Report& report) {
    for (const Level* group : view.levels(config::in::upstream)) {
        const std::vector<const Directive*> servers = own(*group, "server");
        if (servers.size() != 1 || servers[0]->args.empty() || !is_address(servers[0]->args[0].value)) continue;
        for (const config::Word& arg : servers[0]->args) {
            const bool fails = arg.value.starts_with("max_fails=") && arg.value != "max_fails=0";
            if (!fails && !arg.value.starts_with("fail_timeout=")) continue;
            report.add(
                arg.span,
                concat({in_quotes(arg.value), " has no effect in a group of one server: there is no other to turn to"}),
                "delete it, or add a second server");
            break;
        }
    }
}

constexpr Lint table[] = {
    {.code = "SL017",
     .name = "peers-not-verified",
     .summary = "requests go to backends over https, but the certificates of these are not checked",
     .explanation =
         R"(Without proxy_ssl_verify the connection to a backend is encrypted, but with whom is not known: who
can answer in its place reads and changes everything. Connections to this machine itself are left out here.

Wrong:
    location / {
        proxy_pass https://api.internal;
    }

Right:
    location / {
        proxy_pass https://api.internal;
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
        proxy_ssl_server_name on;
    }

For a group, proxy_ssl_name says which name the certificates of its servers carry.
)",
     .needs_whole = true,
     .find = find_unverified},
    {.code = "SL018",
     .name = "lone-peer-max-fails",
     .summary = "max_fails or fail_timeout in a group of one server",
     .explanation =
         R"(A server that fails too often is left out for a while, and the others take its requests. Where there
is no other, nothing would be won, so in a group of one server max_fails and fail_timeout are not looked at. Names are
left out here: one may stand for several addresses.

Wrong:
    upstream app {
        server 10.0.0.1:8080 max_fails=3 fail_timeout=30s;
    }

Right:
    upstream app {
        server 10.0.0.1:8080 max_fails=3 fail_timeout=30s;
        server 10.0.0.2:8080 max_fails=3 fail_timeout=30s;
    }
)",
     .find = find_lone_peer},
};

}  // namespace

std::span<const Lint> rows::peers() { return table; }

}  // namespace sluice::advice
