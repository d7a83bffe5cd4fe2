// Heads. Laws: the result does not depend on how the bytes are cut up; views lie within the input; a head written out
// again parses to the same; what is accepted, Boost.Beast accepts with the same parts, but for these differences:
//   1. LF alone ends a line here; in Beast only CRLF does. Compared as written out again.
//   2. HTTP/1.2 to 1.9 count as 1.1 here (RFC 9110 2.5); Beast refuses them. Compared as written out again.
//   3. Beast frames while it parses: heads whose framing is refused by frame_request are not compared.
//   4. Beast refuses a Connection or Proxy-Connection that is not a list of tokens; here it is just a value.
//   5. Beast gets the head from the request line on: it refuses empty lines before that.
#include <boost/beast/http.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "http/framing.hpp"
#include "http/head.hpp"
#include "laws.hpp"

namespace {

namespace beast = boost::beast::http;
using namespace sluice::http;
using sluice::fuzz::require;
using sluice::fuzz::within;

// Not of the number of fields, the one limit that waits for the end of the head when the head comes in parts.
const std::vector<HeadLimits> all_limits = {{}, {40, 120, 1000}, {16, 1000, 1000}, {1000, 30, 1000}};

HeadOutcome parse(std::string_view bytes, std::size_t seen, const HeadLimits& limits, RequestHead& head) {
    return parse_request_head(bytes, seen, limits, head);
}
HeadOutcome parse(std::string_view bytes, std::size_t seen, const HeadLimits& limits, ResponseHead& head) {
    return parse_response_head(bytes, seen, limits, head);
}
HeadOutcome parse(std::string_view bytes, std::size_t seen, const HeadLimits& limits, Fields& fields) {
    return parse_trailers(bytes, seen, limits, fields);
}

bool same(const HeadOutcome& a, const HeadOutcome& b) {
    return a.state == b.state && a.size == b.size && a.status == b.status;
}

/// Every prefix gives the same at once as after all shorter ones; the first that decides, decides for all longer ones.
template <class Head>
HeadOutcome parse_every_way(std::string_view bytes, const HeadLimits& limits) {
    Head head, other;
    const HeadOutcome whole = parse(bytes, 0, limits, head);
    require(whole.state != HeadState::complete || (whole.size > 0 && whole.size <= bytes.size()), "a head has a size");
    require(whole.state != HeadState::failed || (whole.status >= 400 && *whole.why),
            "a refusal has a status and a reason");
    for (std::size_t n = 1; n <= bytes.size(); ++n) {
        const std::string exact(bytes.substr(0, n));  // so that the sanitizer sees a read past its end
        const HeadOutcome dribbled = parse(exact, n - 1, limits, other);
        require(same(dribbled, parse(exact, 0, limits, head)), "a prefix gives the same at once and in bytes");
        if (dribbled.state == HeadState::need_more) continue;
        require(same(dribbled, whole), "what a prefix decides holds for the whole");
        return whole;
    }
    require(whole.state == HeadState::need_more, "no prefix decided, nor does the whole");
    return whole;
}

void require_same_fields(const Fields& a, const Fields& b) {
    require(a.size() == b.size(), "as many fields written out again");
    for (std::size_t i = 0; i < a.size(); ++i)
        require(a[i].name == b[i].name && a[i].value == b[i].value && a[i].id == b[i].id,
                "the same field written out again");
}

std::string written(const Fields& fields) {
    std::string out;
    for (const Field& field : fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
    return out + "\r\n";
}

void require_views(const Fields& fields, std::string_view bytes) {
    for (const Field& field : fields) {
        require(within(field.name, bytes) && within(field.value, bytes), "fields view the input");
        require(!field.name.empty() && field.id == field_id(field.name), "fields have names and their ids");
        const bool trimmed = field.value.empty() || (field.value.find_first_not_of(" \t") == 0 &&
                                                     field.value.find_last_not_of(" \t") + 1 == field.value.size());
        require(trimmed, "values have no white space around them");
    }
}

bool is_token_list(std::string_view value) {
    return beast::validate_list(beast::opt_token_list({value.data(), value.size()}));
}

bool is_comparable(const RequestHead& head) {
    for (const Field& field : head.fields) {
        if (field.id == FieldId::connection || field.id == FieldId::proxy_connection)
            if (!is_token_list(field.value)) return false;
    }
    return frame_request(head).error == nullptr;
}

/// Line ends and version are of the kind that both parsers know.
bool is_plain(const RequestHead& head, std::string_view bytes) {
    for (std::size_t at = 0; (at = bytes.find('\n', at)) != bytes.npos; ++at)
        if (at == 0 || bytes[at - 1] != '\r') return false;
    return head.line.ends_with("HTTP/1.0") || head.line.ends_with("HTTP/1.1");
}

void compare_with_beast(const RequestHead& head, const std::string& text) {
    beast::request_parser<beast::empty_body> parser;
    parser.header_limit(std::numeric_limits<std::uint32_t>::max());
    parser.body_limit(boost::none);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text), error);
    if (error) std::fprintf(stderr, "Beast: %s\n", error.message().c_str());
    require(!error && parser.is_header_done(), "Beast accepts it too");

    const auto& message = parser.get();
    require(std::string_view(message.method_string().data(), message.method_string().size()) == head.method_name,
            "Beast's method");
    require(std::string_view(message.target().data(), message.target().size()) == head.target, "Beast's target");
    require(message.version() == 10u + static_cast<unsigned>(head.minor), "Beast's version");
    std::size_t count = 0;
    for (const auto& field : message) {
        (void)field;
        ++count;
    }
    require(count == head.fields.size(), "Beast's number of fields");
    for (const Field& field : head.fields) {
        // Beast keeps fields of one name together, so each is looked for among those of its name.
        const auto range = message.equal_range({field.name.data(), field.name.size()});
        bool found = false;
        for (auto i = range.first; i != range.second; ++i)
            found = found || std::string_view(i->value().data(), i->value().size()) == field.value;
        require(found, "Beast's field");
    }
}

void feed_request(std::string_view bytes) {
    RequestHead head, again;
    const HeadOutcome outcome = parse_request_head(bytes, 0, {}, head);
    if (outcome.state != HeadState::complete) return;
    require(within(head.line, bytes) && within(head.target, head.line) && within(head.method_name, head.line), "views");
    require(!head.target.empty() && !head.method_name.empty() && (head.minor == 0 || head.minor == 1), "parts");
    require_views(head.fields, bytes);

    const std::string text = std::string(head.method_name) + " " + std::string(head.target) + " HTTP/1." +
                             std::to_string(head.minor) + "\r\n" + written(head.fields);
    const HeadOutcome second = parse_request_head(text, 0, {100000, 100000, 100000}, again);
    require(second.state == HeadState::complete && second.size == text.size(), "a head written out again is a head");
    require(again.method == head.method && again.target == head.target && again.minor == head.minor, "the same line");
    require_same_fields(head.fields, again.fields);
    if (!is_comparable(head)) return;
    compare_with_beast(head, text);
    const std::string raw(head.line.data(), bytes.data() + outcome.size);
    if (is_plain(head, raw)) compare_with_beast(head, raw);
}

void feed_response(std::string_view bytes) {
    ResponseHead head, again;
    const HeadOutcome outcome = parse_response_head(bytes, 0, {}, head);
    if (outcome.state != HeadState::complete) return;
    require(head.status >= 100 && head.status <= 999 && within(head.reason, bytes), "parts of a status line");
    require_views(head.fields, bytes);
    const std::string text = "HTTP/1." + std::to_string(head.minor) + " " + std::to_string(head.status) + " " +
                             std::string(head.reason) + "\r\n" + written(head.fields);
    const HeadOutcome second = parse_response_head(text, 0, {100000, 100000, 100000}, again);
    require(second.state == HeadState::complete && second.size == text.size(), "a head written out again is a head");
    require(again.status == head.status && again.reason == head.reason && again.minor == head.minor, "the same line");
    require_same_fields(head.fields, again.fields);
    for (const Method method : {Method::get, Method::head, Method::connect}) frame_response(head, method);
    keeps_alive(head.minor, head.fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const HeadLimits& limits : all_limits) {
        parse_every_way<RequestHead>(text, limits);
        parse_every_way<ResponseHead>(text, limits);
        parse_every_way<Fields>(text, limits);
    }
    feed_request(text);
    feed_response(text);
    return 0;
}
