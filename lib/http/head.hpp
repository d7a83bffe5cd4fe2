// The head of an HTTP/1 message: parsed into views of the bytes it came in, in the order it came in.
//
// Parsing is strict (RFC 9112 2.2, 3, 5.1; RFC 9110 5.5, 5.6.2): no obs-fold, no space before the colon, no NUL, no bare
// CR, tokens only in names and methods. One liberty, as RFC 9112 2.2 grants: a line may end in LF alone.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace sluice::http {

enum class Method : std::uint8_t { other, get, head, post, put, delete_, connect, options, trace, patch };

/// `other` for names that are none of these; methods are case-sensitive.
Method method_of(std::string_view name);

/// Safe to repeat after a failure (RFC 9110 9.2.2): GET, HEAD, PUT, DELETE, OPTIONS, TRACE.
bool is_idempotent(Method method);

/// Fields that sluice acts on; every other one is `other` and passes through.
enum class FieldId : std::uint8_t {
    other, accept_encoding, accept_ranges, authorization, cache_control, connection, content_encoding, content_length,
    content_range, content_type, date, etag, expect, expires, host, if_match, if_modified_since, if_none_match, if_range,
    if_unmodified_since, keep_alive, last_modified, location, proxy_authenticate, proxy_authorization, proxy_connection,
    range, referer, refresh, server, set_cookie, te, trailer, transfer_encoding, upgrade, user_agent, www_authenticate, x_accel /* Redirect, Expires, Limit-Rate, Buffering, Charset */, x_forwarded_for, x_forwarded_host,
    x_forwarded_proto, x_real_ip,
};

/// A bit for each FieldId.
using FieldSet = std::uint64_t;
template <class... Ids>
constexpr FieldSet set_of(Ids... ids) {
    return ((FieldSet{1} << static_cast<unsigned>(ids)) | ...);
}
constexpr bool is_in(FieldSet set, FieldId id) { return set >> static_cast<unsigned>(id) & 1; }

/// Case-insensitive; one switch on the length, no table look-up.
FieldId field_id(std::string_view name);

/// A field line. `value` has no white space around it. Both view the bytes that were parsed.
struct Field {
    std::string_view name;
    std::string_view value;
    FieldId id = FieldId::other;
};

/// The fields of a message in their order. Remembers which ids were ever put in, so that looking for what is not there,
/// the usual case, looks at nothing.
class Fields : public boost::container::small_vector<Field, 24> {
  public:
    Fields() = default;
    Fields(std::initializer_list<Field> fields) {
        for (const Field& field : fields) push_back(field);
    }
    void push_back(const Field& field) {
        const FieldSet id = set_of(field.id);
        repeated_ |= ids_ & id;
        ids_ |= id;
        small_vector::push_back(field);
    }
    void clear() {
        ids_ = repeated_ = 0;
        odd_names_ = false;
        small_vector::clear();
    }
    /// False: there is none. True: there is, or was before it was erased.
    bool may_have(FieldId id) const { return is_in(ids_, id); }
    bool may_have_any(FieldSet set) const { return ids_ & set; }
    /// Those of which there may be more than one.
    FieldSet repeated() const { return repeated_; }

    /// A name was parsed that has more in it than letters, digits and '-'; it may have been erased since.
    bool has_odd_names() const { return odd_names_; }
    void note_odd_name() { odd_names_ = true; }

  private:
    FieldSet ids_ = 0, repeated_ = 0;
    bool odd_names_ = false;
};

/// What a field's name is made of; each shape has what the one before has, and more.
enum class NameShape : std::uint8_t { plain, underscores, token, other };
NameShape shape_of_name(std::string_view name);

/// The first field with this id, or nullptr.
const Field* find(const Fields& fields, FieldId id);

/// True when `token` is a member of the comma-separated list `list`, ignoring case (RFC 9110 5.6.1).
bool list_contains(std::string_view list, std::string_view token);

/// HTTP/1.`minor`: 0 or 1. A higher minor of version 1 counts as 1 (RFC 9110 2.5).
struct RequestHead {
    Method method = Method::other;
    std::string_view method_name;
    std::string_view target;  // as sent
    int minor = 1;
    Fields fields;
    std::string_view line;  // the request line without its end, for logs
};

struct ResponseHead {
    int minor = 1;
    int status = 0;
    std::string_view reason;
    Fields fields;
};

struct HeadLimits {
    std::size_t line = 8192;    // request line or one field line, bytes: nginx's large_client_header_buffers
    std::size_t total = 32768;  // the whole head, bytes
    std::size_t fields = 1000;  // nginx's max_headers
    bool odd_names = false;     // names may hold any visible byte, as nginx reads them; whoever asks for that sorts them out
};

/// HeadOutcome::why of a head with more fields than HeadLimits::fields.
inline constexpr std::string_view too_many_fields = "more fields than allowed";

enum class HeadState : std::uint8_t { need_more, complete, failed };

/// `size`: bytes of the head with its empty line (complete). `status` and `why`: the answer owed and its reason in
/// plain words (failed). For responses `status` is 502.
struct HeadOutcome {
    HeadState state = HeadState::need_more;
    std::size_t size = 0;
    int status = 0;
    const char* why = "";
};

/// Parses the head at the start of `bytes`. On need_more call again with more bytes in the same place or another;
/// `seen` is how many bytes the previous call had (0 at first): a sender that dribbles costs linear work in all.
/// Empty lines before a request line, 64 bytes of them at most, are skipped (RFC 9112 2.2) and counted in `size`.
/// Answers: 400 malformed, 414 request line over `limits.line`, 431 a field line, the fields or the head too large,
/// 505 HTTP/2 and up or HTTP/0.9-style versions that parse as HTTP/x.y; 400 for versions that do not parse.
/// `head.fields` is cleared first; its capacity stays.
HeadOutcome parse_request_head(std::string_view bytes, std::size_t seen, const HeadLimits& limits, RequestHead& head);
HeadOutcome parse_response_head(std::string_view bytes, std::size_t seen, const HeadLimits& limits, ResponseHead& head);

/// Trailer fields after the last chunk, up to and with the empty line; the same rules (RFC 9112 7.1.2).
HeadOutcome parse_trailers(std::string_view bytes, std::size_t seen, const HeadLimits& limits, Fields& fields);

}  // namespace sluice::http
