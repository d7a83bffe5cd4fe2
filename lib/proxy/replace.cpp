#include "proxy/replace.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "proxy/cookie.hpp"
#include "route/decide.hpp"
#include "route/escape.hpp"

namespace sluice::proxy {

using http::FieldId;
using route::Replacement;

namespace {

/// What of `rest` a rule takes the place of.
struct Piece {
    std::size_t begin, size;
};

std::optional<Piece> find_piece(route::Scope& scope, const Replacement& rule, std::string_view rest, Compared compared) {
    if (rule.matcher) {
        if (!scope.match(*rule.matcher, rest)) return std::nullopt;
        return Piece{0, rest.size()};
    }
    const auto text = scope.evaluate(rule.pattern);
    if (compared == Compared::front) {
        if (!rest.starts_with(text)) return std::nullopt;
        return Piece{0, text.size()};
    }
    const std::size_t dot = rest.starts_with('.');
    if (!core::iequals(rest.substr(dot), text)) return std::nullopt;
    return Piece{dot, text.size()};
}

/// Where the URL begins in "5; url=http://…".
std::size_t url_of_refresh(std::string_view value) {
    constexpr std::string_view mark = "url=";
    const auto same = [](char a, char b) { return core::lower(a) == b; };
    const auto found = std::search(value.begin(), value.end(), mark.begin(), mark.end(), same);
    return found == value.end() ? std::string_view::npos : static_cast<std::size_t>(found - value.begin()) + mark.size();
}

}  // namespace

std::optional<std::string_view> replace(route::Scope& scope, const std::vector<Replacement>& rules, std::string_view value, std::size_t from,
                                        Compared compared) {
    const auto rest = value.substr(from);
    for (const auto& rule : rules) {
        const auto piece = find_piece(scope, rule, rest, compared);
        if (!piece) continue;
        const auto text = scope.evaluate(rule.text);
        core::ArenaText out(scope.arena);
        out.append(value.substr(0, from + piece->begin));
        out.append(text);
        out.append(rest.substr(piece->begin + piece->size));
        return route::escape(out.view(), route::Escape::line, scope.arena);
    }
    return std::nullopt;
}

void replace_redirects(route::Scope& scope, http::Fields& fields) {
    const auto& rules = scope.settings().proxy.redirects;
    if (!rules) return;
    for (auto& field : fields) {
        if (field.id == FieldId::location) {
            if (const auto made = replace(scope, *rules, field.value, 0, Compared::front)) field.value = route::absolute_location(scope, *made);
        } else if (field.id == FieldId::refresh) {
            const auto from = url_of_refresh(field.value);
            if (from == std::string_view::npos) continue;
            if (const auto made = replace(scope, *rules, field.value, from, Compared::front)) field.value = *made;
        }
    }
}

std::string_view replace_cookie(route::Scope& scope, std::string_view value) {
    const auto& proxy = scope.settings().proxy;
    CookieParts parts(value);
    // Without "name=value" it is no cookie.
    if (!parts.is_cookie()) return value;
    bool changed = false;
    for (auto& attribute : parts.attributes()) {
        const auto* rules = core::iequals(attribute.name, "domain") ? &proxy.cookie_domains : core::iequals(attribute.name, "path") ? &proxy.cookie_paths : nullptr;
        if (!rules || !*rules || !attribute.has_value) continue;
        const auto made = replace(scope, **rules, attribute.value, 0, rules == &proxy.cookie_domains ? Compared::domain : Compared::front);
        if (!made) continue;
        attribute.value = *made;
        changed = true;
    }
    if (proxy.cookie_flags) {
        for (const auto& rule : *proxy.cookie_flags) {
            const bool fits = rule.matcher ? scope.match(*rule.matcher, parts.name()) : core::iequals(scope.evaluate(rule.cookie), parts.name());
            if (!fits) continue;
            CookieFlagSet flags = 0;
            for (const auto& word : rule.flags) flags |= cookie_flag(scope.evaluate(word));
            if (flags) {
                parts.apply(flags);
                changed = true;
            }
            break;
        }
    }
    if (!changed) return value;
    core::ArenaText out(scope.arena);
    parts.write(out);
    return out.view();
}

void replace_fields(route::Scope& scope, http::Fields& fields) {
    const auto& proxy = scope.settings().proxy;
    replace_redirects(scope, fields);
    if (!proxy.cookie_domains && !proxy.cookie_paths && !proxy.cookie_flags) return;
    for (auto& field : fields)
        if (field.id == FieldId::set_cookie) field.value = replace_cookie(scope, field.value);
}

}  // namespace sluice::proxy
