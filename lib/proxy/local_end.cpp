#include "proxy/local_end.hpp"

#include "core/log_escape.hpp"

namespace sluice::proxy {

upstream::DialOptions local_end(Serving& q) {
    const auto& binding = *q.settings().proxy.binding;
    upstream::DialOptions out;
    const auto text = q.scope.evaluate(binding.address);
    if (text.empty()) return out;
    if (const auto address = net::Address::parse_with_port(text)) {
        out.from = *address;
        out.transparent = binding.transparent;
        return out;
    }
    std::string said = "proxy_bind: \"";
    core::append_escaped(said, text);
    log_error(q, exchange::Level::error, said += "\" is no address; the connection is made from any");
    return out;
}

}  // namespace sluice::proxy
