#include "http/framing.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "http/scan.hpp"

namespace sluice::http {
namespace {

Framing refused(int status, const char* error) { return {.error = error, .status = status}; }

/// Why a Transfer-Encoding that is not "chunked" is refused. 501 says "a coding we do not know" (RFC 9112 6.1), which
/// is true only of a well-formed list that has chunked, if at all, once and last.
Framing refused_coding(std::string_view list) {
    for (bool last = false; !last;) {
        const std::size_t comma = list.find(',');
        last = comma == std::string_view::npos;
        const std::string_view item = core::trim(list.substr(0, comma));
        const std::string_view name = core::trim(item.substr(0, item.find(';')));
        if (!scan::is_token(name)) return refused(400, "Transfer-Encoding is malformed");
        if (core::iequals(name, "chunked")) {
            if (!last) return refused(400, "chunked is not the last transfer coding, or there twice");
            if (item != name) return refused(400, "the chunked transfer coding has no parameters");
        }
        if (!last) list.remove_prefix(comma + 1);
    }
    return refused(501, "a transfer coding other than chunked");
}

[[gnu::noinline]] Framing read_framing(int minor, const Fields& fields) {
    const Field *length = nullptr, *coding = nullptr;
    for (const Field& field : fields) {
        if (field.id == FieldId::content_length) {
            if (length) return refused(400, "more than one Content-Length");
            length = &field;
        } else if (field.id == FieldId::transfer_encoding) {
            if (coding) return refused(400, "more than one Transfer-Encoding");
            coding = &field;
        }
    }
    if (coding) {
        if (length) return refused(400, "Content-Length and Transfer-Encoding together");
        if (minor == 0) return refused(400, "Transfer-Encoding in HTTP/1.0");
        if (!core::iequals(coding->value, "chunked")) return refused_coding(coding->value);
        return {.kind = BodyKind::chunked};
    }
    if (!length) return {};
    const auto value = core::parse_number<std::int64_t>(length->value);
    if (!value) return refused(400, "Content-Length is not a number from 0 to 2^63-1");
    return {.kind = BodyKind::length, .length = static_cast<std::uint64_t>(*value)};
}

/// What the fields say, with the answers owed by a server. Kind `none` when they say nothing.
Framing frame_fields(int minor, const Fields& fields) {
    if (!fields.may_have(FieldId::content_length) && !fields.may_have(FieldId::transfer_encoding)) return {};
    return read_framing(minor, fields);
}

[[gnu::noinline]] bool connection_keeps_alive(int minor, const Fields& fields) {
    bool asked = minor >= 1;
    for (const Field& field : fields) {
        if (field.id != FieldId::connection) continue;
        if (list_contains(field.value, "close")) return false;
        if (!asked) asked = list_contains(field.value, "keep-alive");
    }
    return asked;
}

}  // namespace

Framing frame_request(const RequestHead& head) { return frame_fields(head.minor, head.fields); }

Framing frame_response(const ResponseHead& head, Method request) {
    Framing framing = frame_fields(head.minor, head.fields);
    if (framing.error)
        framing.status = 502;
    else if (request == Method::head || head.status < 200 || head.status == 204 || head.status == 304)
        framing = {};
    else if (framing.kind == BodyKind::none)
        framing.kind = BodyKind::until_close;
    return framing;
}

bool keeps_alive(int minor, const Fields& fields) {
    return fields.may_have(FieldId::connection) ? connection_keeps_alive(minor, fields) : minor >= 1;
}

const Field* find_second(const Fields& fields) {
    using enum FieldId;
    constexpr FieldSet once =
        set_of(authorization, content_range, expect, if_match, if_modified_since, if_none_match, if_range, if_unmodified_since);
    const FieldSet repeated = fields.repeated() & once;
    if (!repeated) return nullptr;
    FieldSet seen = 0;
    for (const Field& field : fields) {
        if (is_in(seen & repeated, field.id)) return &field;
        seen |= set_of(field.id);
    }
    return nullptr;
}

bool too_many_connection_options(const Fields& fields) {
    constexpr std::ptrdiff_t most = 64;
    if (!fields.may_have(FieldId::connection)) return false;
    std::ptrdiff_t options = 0;
    for (const Field& field : fields)
        if (field.id == FieldId::connection) options += 1 + std::count(field.value.begin(), field.value.end(), ',');
    return options > most;
}

}  // namespace sluice::http
