#include "proxy/directions.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "route/settings.hpp"

namespace sluice::proxy {

using http::FieldId;
namespace ignored_fields = route::ignored;

Directions read_directions(const http::Fields& fields, std::uint32_t ignored) {
    Directions out;
    if (!fields.may_have(FieldId::x_accel)) return out;
    constexpr std::size_t prefix = 8;  // "X-Accel-"
    for (const auto& field : fields) {
        if (field.id != FieldId::x_accel) continue;
        const auto name = field.name.substr(prefix);
        if (core::iequals(name, "redirect")) {
            if (!out.redirect && !(ignored & ignored_fields::accel_redirect)) out.redirect = field.value;
        } else if (core::iequals(name, "limit-rate")) {
            if (!out.limit_rate && !(ignored & ignored_fields::accel_limit_rate)) out.limit_rate = core::parse_number<std::uint64_t>(field.value);
        } else if (core::iequals(name, "buffering")) {
            if (ignored & ignored_fields::accel_buffering) continue;
            if (core::iequals(field.value, "no")) out.buffering = false;
            if (core::iequals(field.value, "yes")) out.buffering = true;
        } else if (core::iequals(name, "charset")) {
            if (!(ignored & ignored_fields::accel_charset)) out.charset = field.value;
        }
    }
    return out;
}

void drop_repeated(http::Fields& fields) {
    constexpr auto single = http::set_of(FieldId::accept_ranges, FieldId::content_encoding, FieldId::content_type, FieldId::date, FieldId::etag,
                                         FieldId::expires, FieldId::last_modified, FieldId::location, FieldId::refresh, FieldId::server);
    const auto repeated = fields.repeated() & single;
    if (!repeated) return;
    http::FieldSet seen = 0;
    const auto is_again = [&](const http::Field& field) {
        if (!http::is_in(repeated, field.id)) return false;
        const bool again = http::is_in(seen, field.id);
        seen |= http::set_of(field.id);
        return again;
    };
    // From the front, in order: the test counts.
    auto keep = fields.begin();
    for (auto& field : fields)
        if (!is_again(field)) *keep++ = field;
    fields.erase(keep, fields.end());
}

}  // namespace sluice::proxy
