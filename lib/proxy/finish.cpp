#include "proxy/finish.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "http/date.hpp"
#include "route/escape.hpp"
#include "route/expires.hpp"

namespace sluice::proxy {

using exchange::Answer;
using http::Field;
using http::FieldId;
using http::Fields;
using route::AddHeader;

namespace {

/// Where expires, add_header and add_trailer work without "always".
bool is_fine(int status) {
    static constexpr int fine[] = {200, 201, 204, 206, 301, 302, 303, 304, 307, 308};
    return std::find(std::begin(fine), std::end(fine), status) != std::end(fine);
}

Field* find_field(Fields& fields, std::string_view name) {
    const auto at =
        std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return core::iequals(f.name, name); });
    return at == fields.end() ? nullptr : &*at;
}

void erase_fields(Fields& fields, std::string_view name) {
    fields.erase(
        std::remove_if(fields.begin(), fields.end(), [&](const Field& f) { return core::iequals(f.name, name); }),
        fields.end());
}

/// The first field of that name gets the value, others go. "": all go.
void set_field(Fields& fields, std::string_view name, std::string_view value) {
    Field* const known = find_field(fields, name);
    if (!known) {
        if (!value.empty()) fields.push_back({name, value, http::field_id(name)});
        return;
    }
    if (value.empty()) return erase_fields(fields, name);
    known->value = value;
    const auto rest = fields.begin() + (known - fields.data()) + 1;
    fields.erase(std::remove_if(rest, fields.end(), [&](const Field& f) { return core::iequals(f.name, name); }),
                 fields.end());
}

std::optional<std::int64_t> read_modified(Fields& fields) {
    const Field* field = find_field(fields, "last-modified");
    return field ? http::parse_date(field->value) : std::nullopt;
}

/// nullopt: off, or a value that is none, as in nginx.
std::optional<route::Expires> expires_now(route::Scope& scope) {
    using Kind = route::Expires::Kind;
    const auto& answer = scope.settings().answer;
    if (!answer.expires_varies) return answer.expires.kind == Kind::off ? std::nullopt : std::optional(answer.expires);
    const char* why = "";
    const auto parsed =
        route::parse_expires(scope.evaluate(answer.expires_text), answer.expires.kind == Kind::modified, why);
    return parsed && parsed->kind != Kind::off ? parsed : std::nullopt;
}

void set_expires(route::Scope& scope, Fields& fields, const route::Expires& expires,
                 std::optional<std::int64_t> modified) {
    if (!modified && expires.kind == route::Expires::Kind::modified) modified = read_modified(fields);
    const auto fresh = route::freshness(expires, scope.x.record.when.seconds(), modified);
    const auto date = http::format_date(fresh.expires);
    std::string_view control = "no-cache";
    if (fresh.max_age >= 0) {
        core::ArenaText text(scope.arena);
        (text += "max-age=") += std::to_string(fresh.max_age);
        control = text.view();
    }
    set_field(fields, "Expires", scope.arena.keep({date.data(), date.size()}));
    set_field(fields, "Cache-Control", control);
}

void add_carried(const Fields& carried, Answer& answer) {
    const bool has_body = answer.status != 204 && answer.status != 304;
    const bool has_type = http::find(*answer.fields, FieldId::content_type);
    for (const auto& field : carried)
        if (field.id != FieldId::content_type || (has_body && !has_type)) answer.fields->push_back(field);
}

std::string_view value_of(route::Scope& scope, const AddHeader& header) {
    return route::escape(scope.evaluate(header.value), route::Escape::line, scope.arena);
}

bool has_any(const route::Shared<AddHeader>& list, int status) {
    return list &&
           std::any_of(list->begin(), list->end(), [&](const AddHeader& h) { return h.always || is_fine(status); });
}

}  // namespace

void finish_answer(route::Scope& scope, Answer& answer, std::optional<std::int64_t> modified) {
    if (scope.error_status && answer.status != 101) {
        answer.status = std::exchange(scope.error_status, 0);
        answer.reason = {};
    }
    scope.x.record.status = answer.status;  // for $status among the values
    if (scope.carried) add_carried(*scope.carried, answer);
    const auto& settings = scope.settings().answer;
    if ((settings.expires_varies || settings.expires.kind != route::Expires::Kind::off) && is_fine(answer.status))
        if (const auto expires = expires_now(scope)) set_expires(scope, *answer.fields, *expires, modified);
    answer.trails = has_any(settings.trailers, answer.status);
    if (!settings.headers) return;
    // $sent_http_… among the values: what the answer has so far.
    scope.sent_fields = answer.fields;
    if (answer.has_length) scope.x.record.answer_length = answer.length;
    for (const auto& header : *settings.headers) {
        if (!header.always && !is_fine(answer.status)) continue;
        const auto value = value_of(scope, header);
        if (header.kind != AddHeader::Kind::added)
            set_field(*answer.fields, header.name, value);
        else if (!value.empty())
            answer.fields->push_back({header.name, value, http::field_id(header.name)});
    }
    scope.sent_fields = nullptr;
}

void add_trailers(route::Scope& scope, int status, Fields& trailers) {
    for (const auto& trailer : *scope.settings().answer.trailers) {
        if (!trailer.always && !is_fine(status)) continue;
        const auto value = value_of(scope, trailer);
        if (!value.empty()) trailers.push_back({trailer.name, value, http::field_id(trailer.name)});
    }
}

}  // namespace sluice::proxy
