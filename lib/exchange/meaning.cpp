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
    if (http::find_second(x.head.fields)) return {400, "client sent duplicate header line"};
    if (x.head.method == Method::connect) {
        if (x.head.target.starts_with('/') || x.head.target.find("://") != x.head.target.npos) return {405, "client sent CONNECT method"};
        // As in nginx, that ends the reading with the request line: whose site it is nobody has heard.
        x.head.fields.clear();
        x.head.target = {};
        x.target = {};
        return {400, "client sent invalid request while reading client request line: CONNECT to an authority"};
    }
    if (x.target.error) return {400, x.target.error};
    if (http::too_many_connection_options(x.head.fields)) return {400, "Connection names too many options"};
    // As in nginx, other expectations are nobody's business here (RFC 9110 10.1.1 allows to ignore them).
    if (x.head.method == Method::trace) return {405, "client sent TRACE method"};
    return {};
}

}  // namespace sluice::exchange
