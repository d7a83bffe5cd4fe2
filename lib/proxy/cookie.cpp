#include "proxy/cookie.hpp"

#include "core/text.hpp"

namespace sluice::proxy {

namespace {

std::string_view trim_spaces(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

constexpr std::pair<std::string_view, CookieFlagSet> words[] = {
    {"secure", cookie::secure},
    {"nosecure", cookie::no_secure},
    {"httponly", cookie::http_only},
    {"nohttponly", cookie::no_http_only},
    {"samesite=strict", cookie::strict},
    {"samesite=lax", cookie::lax},
    {"samesite=none", cookie::none},
    {"nosamesite", cookie::no_same_site},
};

/// Of several the strictest counts.
std::string_view same_site(CookieFlagSet flags) {
    if (flags & cookie::strict) return "Strict";
    if (flags & cookie::lax) return "Lax";
    return flags & cookie::none ? "None" : "";
}

}  // namespace

CookieFlagSet cookie_flag(std::string_view word) {
    for (const auto& [name, flag] : words)
        if (core::iequals(name, word)) return flag;
    return 0;
}

CookieParts::CookieParts(std::string_view value) {
    for (;;) {
        const auto end = value.find(';');
        const auto part = value.substr(0, end);
        const auto equals = part.find('=');
        Attribute& made = all_.emplace_back();
        made.name = trim_spaces(part.substr(0, equals));
        made.has_value = equals != part.npos;
        if (made.has_value) made.value = trim_spaces(part.substr(equals + 1));
        if (end == value.npos) return;
        value.remove_prefix(end + 1);
    }
}

void CookieParts::apply(CookieFlagSet flags) {
    const auto site = same_site(flags);
    bool has_secure = false, has_http_only = false, has_site = false;
    const auto keep = [](Attribute& a, bool wanted, bool unwanted, bool& has) {
        has |= wanted;
        if (!wanted && unwanted) a.dropped = true;
    };
    for (auto& a : attributes()) {
        if (core::iequals(a.name, "secure")) {
            keep(a, flags & cookie::secure, flags & cookie::no_secure, has_secure);
        } else if (core::iequals(a.name, "httponly")) {
            keep(a, flags & cookie::http_only, flags & cookie::no_http_only, has_http_only);
        } else if (core::iequals(a.name, "samesite")) {
            keep(a, !site.empty(), flags & cookie::no_same_site, has_site);
            if (!site.empty() && !core::iequals(a.value, site)) a = {"SameSite", site, true, false};
        }
    }
    if (flags & cookie::secure && !has_secure) all_.push_back({"Secure", {}, false, false});
    if (flags & cookie::http_only && !has_http_only) all_.push_back({"HttpOnly", {}, false, false});
    if (!site.empty() && !has_site) all_.push_back({"SameSite", site, true, false});
}

void CookieParts::write(core::ArenaText& out) const {
    for (const auto& a : all_) {
        if (a.dropped) continue;
        if (&a != &all_.front()) out.append("; ");
        out.append(a.name);
        if (!a.has_value) continue;
        out.push_back('=');
        out.append(a.value);
    }
}

}  // namespace sluice::proxy
