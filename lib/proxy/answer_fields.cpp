// What a peer's answer tells us to do, and its fields as the client gets them.
#include "core/text.hpp"
#include "proxy/attempt.hpp"
#include "proxy/directions.hpp"
#include "proxy/replace.hpp"
#include "route/decide.hpp"

namespace sluice::proxy {

/// False: the answer is not for the client.
bool Attempt::heed_directions() {
    auto& fields = response_.fields;
    const auto told = read_directions(fields, settings().ignored_fields);
    buffering_ = told.buffering.value_or(settings().buffers.on);
    if (told.limit_rate) q_.scope.limit_rate = told.limit_rate;
    if (route::intercepts(q_.scope, response_.status)) {
        intercepted_ = response_.status;
        // Without it the client would not learn how to prove who it is.
        if (response_.status == 401)
            for (const auto& field : fields)
                if (field.id == http::FieldId::www_authenticate) q_.scope.carry(field);
        return false;
    }
    if (told.redirect) hand_over(*told.redirect);
    return !told.redirect;
}

/// What nginx keeps of an answer that sends the exchange elsewhere.
void Attempt::hand_over(std::string_view redirect) {
    using enum http::FieldId;
    constexpr auto kept = http::set_of(accept_ranges, cache_control, content_type, expires, set_cookie);
    auto& scope = q_.scope;
    redirected_ = scope.arena.keep(redirect);
    for (auto field : response_.fields) {
        if (field.id == set_cookie) field.value = replace_cookie(scope, field.value);
        if (http::is_in(kept, field.id) || core::iequals(field.name, "content-disposition")) scope.carry(field);
    }
}

void Attempt::edit_fields() {
    using enum http::FieldId;
    auto& fields = response_.fields;
    keep_end_to_end(fields, settings());
    if (fields.may_have_any(http::set_of(location, refresh, set_cookie))) replace_fields(q_.scope, fields);
}

}  // namespace sluice::proxy
