#include "advice/listen.hpp"

#include "config/values.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {
constexpr unsigned most_ports = 1000;  // of a range that are looked at
}

std::vector<std::string> addresses_of(const config::Directive& listen) {
    std::vector<std::string> out;
    if (listen.args.empty()) return out;
    const auto parsed = config::parse_listen_address(listen.args[0].value);
    if (!parsed.ok()) return out;
    const config::AddressText& a = parsed.value;
    if (a.family == config::AddressText::Family::unix_path) return {"unix:" + a.host};
    const std::string host = a.host.empty() || a.host == "*" || a.host == "0.0.0.0" ? "*" : a.host;
    for (unsigned port = a.port; port <= a.last_port && port - a.port < most_ports; ++port)
        out.push_back(config::concat({host, ":", std::to_string(port)}));
    return out;
}

}  // namespace sluice::advice
