#include <string>

#include "balance/balancer.hpp"
#include "core/text.hpp"
#include "server/option_parts.hpp"

namespace sluice::server {

namespace {

constexpr std::string_view before_balancers = R"(sluice: a reverse proxy and load balancer for HTTP/1.1

Usage: sluice --backend ADDRESS [--backend ADDRESS]... [flags]
       sluice --demo
       sluice -c FILE [-t] [-p PREFIX] [-s reload|quit|...]   from an nginx conf
       sluice check|compat|explain|reference --help           ask about a conf
       sluice reason CODE                                     what a code means
       sluice bench URL                                       load on a server

Examples:
  See it work, with three small origins of its own, on port 8080:
    sluice --demo
  Pass what comes in on port 8080 to an application on port 3000:
    sluice --backend 127.0.0.1:3000
  Share the work of port 80 between two servers, two thirds for the first:
    sluice --listen 80 --backend 'app1:8000;weight=2' --backend app2:8000
  Go to the less busy one, keep a spare, and log every request on the screen:
    sluice --balance least_conn --access-log - --backend app1:8000 \
           --backend app2:8000 --backend 'spare:8000;backup'

Traffic:
  --listen ADDRESS     where clients connect; may be repeated (default: 8080)
  --backend ADDRESS    where requests go; may be repeated; takes parameters
  --balance NAME       how a backend is picked for a request:
)";

constexpr std::string_view after_balancers = R"(
Addresses:
  8080                 a port; --listen: of every address of this machine,
                       --backend: of 127.0.0.1
  host:8080            a name or an IPv4 address
  [::1]:8080           an IPv6 address
  unix:/run/app.sock   a Unix domain socket

Parameters of a backend, in quotes because of the ";":
  'ADDRESS;weight=2;max_fails=3;fail_timeout=10s;backup'
  weight=NUMBER        its share beside the others (default: 1)
  max_fails=NUMBER     failures within fail_timeout that take it out of use;
                       0: never (default: 1)
  fail_timeout=TIME    for how long, before it is tried again (default: 10s)
  backup               used only while all others are out of use

Program:
  --threads NUMBER     1 to 512 (default: one per core)
  --access-log PATH    a file, "-" for standard output, or "off" (default: off)
  --demo               run three origins, send a dozen requests, keep running
  --once               with --demo: end after the requests
  -h, --help           this text
  -v, --version        the version

Ctrl-C or SIGTERM stops at once, SIGQUIT when what is under way is finished.
)";

}  // namespace

std::string help_text() {
    std::string out(before_balancers);
    for (const balance::Balancer& balancer : balance::balancers()) {
        std::string line = join({"    ", balancer.name});
        line.resize(std::max<std::size_t>(23, line.size() + 2), ' ');
        out += join({line, balancer.summary, &balancer == balance::balancers().data() ? " (default)\n" : "\n"});
    }
    out += after_balancers;
    return out;
}

std::string in_quotes(std::string_view value) {
    constexpr std::size_t longest = 200;
    constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : value.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f)
            out += c;
        else
            out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    }
    return out += value.size() > longest ? "\"..." : "\"";
}

std::string join(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) out += part;
    return out;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
    const std::string_view near = core::nearest(word, names.data(), names.data() + names.size());
    if (!near.empty()) return join({"did you mean ", near, "?"});
    std::string out = "there are ";
    for (std::size_t i = 0; i < names.size(); ++i)
        out += join({i == 0 ? "" : i + 1 == names.size() ? " and " : ", ", names[i]});
    return out;
}

}  // namespace sluice::server
