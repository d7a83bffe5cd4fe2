// The head parser: one pass, no state between calls, no allocation once `fields` has room.
#include "http/head.hpp"

#include <algorithm>
#include <cstring>

#include "core/text.hpp"
#include "http/scan.hpp"

namespace sluice::http {
namespace {

/// Bytes of empty lines skipped before a request line. Clients that are wrong about the end of a body send two.
constexpr std::ptrdiff_t max_empty_lines = 64;

/// One call of a parse function. Its steps take the position they start at and return the position after what they
/// read, or nullptr when the call is over, with `outcome` set.
class Parser {
  public:
    enum class Message : std::uint8_t { request, response };

    Parser(Message message, std::string_view bytes, const HeadLimits& limits)
        : begin(bytes.data()),
          end_(begin + std::min(bytes.size(), limits.total)),
          limits_(limits),
          message_(message),
          full_(bytes.size() >= limits.total) {}

    const char* empty_lines(const char* p);
    const char* request_line(const char* p, RequestHead& head);
    const char* status_line(const char* p, ResponseHead& head);
    const char* field_lines(const char* p, Fields& fields);
    const char* resume(std::size_t seen) const;
    HeadOutcome complete(const char* p) const {
        return {HeadState::complete, static_cast<std::size_t>(p - begin), 0, ""};
    }

    const char* const begin;
    HeadOutcome outcome;

  private:
    const char* version(const char* line, const char* p, int& minor);
    const char* rare_version(const char* line, const char* p, int& minor);
    const char* end_line(const char* line, const char* p, const char* why);
    const char* rare_line_end(const char* line, const char* p, const char* why);

    const char* odd_name_end(const char* p, Fields& fields);
    const char* starve(const char* line);
    const char* refuse(const char* line, const char* at, const char* why, int status = 400);
    const char* fail(int status, const char* why);
    const char* line_too_long();
    bool over_limit(const char* from, const char* to) const {
        return static_cast<std::size_t>(to - from) > limits_.line;
    }

    const char* const end_;
    const HeadLimits& limits_;
    const Message message_;
    const bool full_;  // no more bytes will be looked at
    bool first_line_ = false;
};

[[gnu::cold]] const char* Parser::fail(int status, const char* why) {
    outcome = {HeadState::failed, 0, message_ == Message::request ? status : 502, why};
    return nullptr;
}

[[gnu::cold]] const char* Parser::line_too_long() {
    return first_line_ ? fail(414, "the first line is longer than allowed")
                       : fail(431, "a field line is longer than allowed");
}

/// The bytes end within `line`: wait for more, unless a limit is passed already.
[[gnu::cold]] const char* Parser::starve(const char* line) {
    const bool with_cr = end_ != line && end_[-1] == '\r';
    if (over_limit(line, end_ - with_cr)) return line_too_long();
    if (full_) return first_line_ ? line_too_long() : fail(431, "the head is larger than allowed");
    outcome = {};
    return nullptr;
}

/// `at` breaks the rules. A line that is over the limit before it comes to `at` is refused for that, so that the answer
/// does not depend on how the bytes were cut up on their way; nor does it when they end between CR and LF.
[[gnu::cold]] const char* Parser::refuse(const char* line, const char* at, const char* why, int status) {
    if (*at == '\r' && at + 1 == end_) return starve(line);
    const bool ends_line = *at == '\n' || (*at == '\r' && at[1] == '\n');
    if (over_limit(line, ends_line ? at : at + 1)) return line_too_long();
    return fail(status, why);
}

/// The end of `line` is due at `p`: CRLF, or LF alone (RFC 9112 2.2). `why` tells what is wrong with any other byte.
[[gnu::always_inline]] inline const char* Parser::end_line(const char* line, const char* p, const char* why) {
    if (end_ - p >= 2 && scan::same<2>(p, "\r\n") && !over_limit(line, p)) return p + 2;
    return rare_line_end(line, p, why);
}

[[gnu::noinline]] const char* Parser::rare_line_end(const char* line, const char* p, const char* why) {
    const char* lf = p;
    if (lf != end_ && *lf == '\r') ++lf;
    if (lf == end_) return starve(line);
    if (*lf != '\n') return refuse(line, p, lf == p ? why : "a carriage return without a line feed");
    if (over_limit(line, p)) return line_too_long();
    return lf + 1;
}

const char* Parser::empty_lines(const char* p) {
    while (p != end_ && (*p == '\r' || *p == '\n')) {
        p = end_line(p, p, "");
        if (!p) return nullptr;
        if (p - begin > max_empty_lines) return fail(400, "too many empty lines before the request");
    }
    return p;
}

/// RFC 9112 2.3: eight bytes, case counts.
inline const char* Parser::version(const char* line, const char* p, int& minor) {
    if (end_ - p < 8) return rare_version(line, p, minor);
    if (scan::same<8>(p, "HTTP/1.1"))
        minor = 1;
    else if (scan::same<8>(p, "HTTP/1.0"))
        minor = 0;
    else
        return rare_version(line, p, minor);
    return p + 8;
}

[[gnu::cold]] const char* Parser::rare_version(const char* line, const char* p, int& minor) {
    constexpr std::string_view shape = "HTTP/9.9";
    const char* const start = p;
    for (const char expected : shape) {
        if (p == end_) return starve(line);
        if (expected == '9' ? !core::is_digit(*p) : *p != expected) return refuse(line, p, "not an HTTP version");
        ++p;
    }
    if (start[5] != '1') return refuse(line, p - 1, "an HTTP version other than 1.0 and 1.1", 505);
    minor = std::min(start[7] - '0', 1);
    return p;
}

}  // namespace

// Every method is compared with `name` in one or two words, none by a call.
Method method_of(std::string_view name) {
    const char* const p = name.data();
    switch (name.size()) {
        case 3:
            return scan::same<3>(p, "GET") ? Method::get : scan::same<3>(p, "PUT") ? Method::put : Method::other;
        case 4:
            return scan::same<4>(p, "POST") ? Method::post : scan::same<4>(p, "HEAD") ? Method::head : Method::other;
        case 5:
            return scan::same<5>(p, "PATCH")   ? Method::patch
                   : scan::same<5>(p, "TRACE") ? Method::trace
                                               : Method::other;
        case 6:
            return scan::same<6>(p, "DELETE") ? Method::delete_ : Method::other;
        case 7:
            return scan::same<7>(p, "OPTIONS")   ? Method::options
                   : scan::same<7>(p, "CONNECT") ? Method::connect
                                                 : Method::other;
        default:
            return Method::other;
    }
}

namespace {

constexpr char tls_record = 0x16;  // what a TLS client begins with: a record of a handshake

/// RFC 9112 3: method SP request-target SP HTTP-version, with exactly those two spaces.
const char* Parser::request_line(const char* p, RequestHead& head) {
    first_line_ = true;
    const char* const line = p;
    p = scan::token_end(begin, p, end_);
    if (p == end_) return starve(line);
    if (p == line && *p == tls_record) return refuse(line, p, "this is TLS, and the port is for plain HTTP: is \"ssl\" missing in listen?");
    if (p == line) return refuse(line, p, "a request begins with a method, and this byte cannot be in one");
    if (*p != ' ') return refuse(line, p, "a method is followed by a single space");
    head.method_name = {line, static_cast<std::size_t>(p - line)};
    head.method = method_of(head.method_name);

    const char* const target = ++p;
    p = scan::target_end(begin, p, end_);
    if (p == end_) return starve(line);
    if (*p == '\r' || *p == '\n') return refuse(line, p, "the request line has no HTTP version");
    if (*p != ' ') return refuse(line, p, "a control character in the request target");
    if (p == target) return refuse(line, p, "a method is followed by a single space");
    head.target = {target, static_cast<std::size_t>(p - target)};

    p = version(line, p + 1, head.minor);
    if (!p) return nullptr;
    head.line = {line, static_cast<std::size_t>(p - line)};
    p = end_line(line, p, "the request line goes on after the HTTP version");
    first_line_ = false;
    return p;
}

/// RFC 9112 4. Without a reason phrase the space before it may be missing too, as some servers send it.
const char* Parser::status_line(const char* p, ResponseHead& head) {
    first_line_ = true;
    const char* const line = p;
    p = version(line, p, head.minor);
    if (!p) return nullptr;
    if (p == end_) return starve(line);
    if (*p++ != ' ') return refuse(line, p - 1, "the HTTP version is followed by a single space");
    head.status = 0;
    for (int i = 0; i < 3; ++i, ++p) {
        if (p == end_) return starve(line);
        if (!core::is_digit(*p)) return refuse(line, p, "a status code has three digits");
        head.status = head.status * 10 + (*p - '0');
    }
    if (head.status < 100) return refuse(line, p - 1, "a status code is at least 100");
    head.reason = {};
    if (p != end_ && *p == ' ') {
        const char* const reason = ++p;
        p = scan::value_end(begin, p, end_);
        head.reason = {reason, static_cast<std::size_t>(p - reason)};
        p = end_line(line, p, "a control character in the reason phrase");
    } else {
        p = end_line(line, p, "a status code has three digits and a space after them");
    }
    first_line_ = false;
    return p;
}

/// Why the byte that ended a name, at its first byte or later, should not be there.
[[gnu::cold]] const char* bad_name(char c, bool at_start) {
    const bool blank = scan::is_blank(c);
    if (at_start && blank) return "a field line begins with white space: fields folded over several lines are refused";
    if (at_start && c == ':') return "a field without a name";
    if (blank) return "white space between a field's name and its colon";
    if (c == '\r' || c == '\n') return "a field line without a colon";
    return "a field's name holds a byte that is not allowed there";
}

/// The rest of a name, from a byte on that few names have.
[[gnu::cold]] const char* Parser::odd_name_end(const char* p, Fields& fields) {
    const char* const stop = scan::end_in(limits_.odd_names ? scan::odd_name_table : scan::token_table, p, end_);
    if (stop != p) fields.note_odd_name();
    return stop;
}

/// Field lines up to and with the empty line (RFC 9112 5). Written for the line that is in order: what else it may be
/// is asked only when it is not.
const char* Parser::field_lines(const char* p, Fields& fields) {
    for (;;) {
        const char* const line = p;
        const char* colon = scan::plain_end(begin, line, end_);
        if (colon == end_) return starve(line);
        if (*colon != ':') {
            if (colon == line && (*line == '\r' || *line == '\n')) return end_line(line, line, "");
            colon = odd_name_end(colon, fields);
            if (colon == end_) return starve(line);
        }
        if (*colon != ':' || colon == line) return refuse(line, colon, bad_name(*colon, colon == line));
        const char* value = colon + 1;
        const char* value_end = scan::value_end(begin, value, end_);
        p = end_line(line, value_end, "a control character in a field's value");
        if (!p) return nullptr;
        if (*value == ' ') ++value;              // as nearly everybody writes it
        while (scan::is_blank(*value)) ++value;  // as far as the end of the line
        while (value_end != value && scan::is_blank(value_end[-1])) --value_end;

        if (fields.size() == limits_.fields) return fail(431, too_many_fields.data());
        const std::string_view name{line, static_cast<std::size_t>(colon - line)};
        fields.push_back({name, {value, static_cast<std::size_t>(value_end - value)}, field_id(name)});
    }
}

/// Where to look again when the call before had `seen` bytes: at the field line that was unfinished then, or at
/// `begin`. So a line is looked at until its end has come (10 bytes per ns, and no longer than the limit), and the
/// whole head once more when its own end has; what fails, fails with the very byte that is wrong.
const char* Parser::resume(std::size_t seen) const {
    if (begin + seen > end_) return begin;
    const void* const lf = ::memrchr(begin, '\n', seen);
    const char* const line = lf ? static_cast<const char*>(lf) + 1 : begin;
    const char* first = begin;
    while (first != line && (*first == '\r' || *first == '\n')) ++first;
    return first == line ? begin : line;
}

/// Runs `first_line` and the fields; or, in vain until the head is complete, as much of the fields as is new.
template <class FirstLine>
HeadOutcome parse(Parser& parser, std::size_t seen, Fields& fields, FirstLine first_line) {
    fields.clear();
    if (const char* const from = seen == 0 ? parser.begin : parser.resume(seen); from != parser.begin) {
        if (!parser.field_lines(from, fields)) return parser.outcome;
        fields.clear();
    }
    const char* p = first_line(parser.begin);
    if (p) p = parser.field_lines(p, fields);
    return p ? parser.complete(p) : parser.outcome;
}

}  // namespace

HeadOutcome parse_request_head(std::string_view bytes, std::size_t seen, const HeadLimits& limits, RequestHead& head) {
    Parser parser(Parser::Message::request, bytes, limits);
    return parse(parser, seen, head.fields, [&](const char* p) {
        p = parser.empty_lines(p);
        return p ? parser.request_line(p, head) : nullptr;
    });
}

HeadOutcome parse_response_head(std::string_view bytes, std::size_t seen, const HeadLimits& limits,
                                ResponseHead& head) {
    Parser parser(Parser::Message::response, bytes, limits);
    return parse(parser, seen, head.fields, [&](const char* p) { return parser.status_line(p, head); });
}

HeadOutcome parse_trailers(std::string_view bytes, std::size_t seen, const HeadLimits& limits, Fields& fields) {
    Parser parser(Parser::Message::request, bytes, limits);
    return parse(parser, seen, fields, [](const char* p) { return p; });
}

}  // namespace sluice::http
