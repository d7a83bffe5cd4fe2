#include "exchange/meaning.hpp"

#include "core/text.hpp"

namespace sluice::exchange {

Refusal read_meaning(Exchange& x) {
    using http::Method;
    x.framing = http::frame_request(x.head);
    x.target = http::parse_target(x.head);
    const auto* expect = x.head.minor >= 1 ? http::find(x.head.fields, http::FieldId::expect) : nullptr;
    x.expects_continue = expect && core::iequals(expect->value, "100-continue");
    if (x.framing.error) return {x.framing.status, x.framing.error};
    if (x.target.error) return {400, x.target.error};
    if (http::too_many_connection_options(x.head.fields)) return {400, "Connection names too many options"};
    if (expect && !x.expects_continue) return {417, "an expectation other than 100-continue"};
    if (x.head.method == Method::connect || x.head.method == Method::trace)
        return {405, "CONNECT and TRACE are not for proxies"};
    return {};
}

}  // namespace sluice::exchange
