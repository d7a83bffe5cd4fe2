// What becomes of a peer's answer: proxy_redirect, proxy_cookie_*, proxy_hide_header and their like.
#include <algorithm>

#include "compile/values.hpp"

namespace sluice::compile::tables {

namespace {

using route::CookieFlags;
using route::ProxyPass;
using route::ProxySettings;
using route::Replacement;
using route::Shared;
using vars::Template;

/// "~regex" and "~*regex", or a text that is compared. False: it is wrong, which is reported.
bool read_pattern(Compiler& c, const Word& word, bool always_caseless, Template& text, std::shared_ptr<const route::Matcher>& matcher) {
    std::string_view pattern = word.value;
    if (!pattern.starts_with('~')) {
        text = c.text(word);
        return true;
    }
    const bool caseless = pattern.starts_with("~*");
    auto made = c.matcher(word, pattern.substr(caseless ? 2 : 1), caseless || always_caseless);
    if (!made) return false;
    matcher = std::make_shared<const route::Matcher>(std::move(*made));
    return true;
}

bool read_replacement(Level& level, const Directive& d, bool always_caseless, Replacement& out) {
    if (!read_pattern(level.c, d.args[0], always_caseless, out.pattern, out.matcher)) return false;
    out.text = level.c.text(d.args[1]);
    return true;
}

void refuse_beside_off(Level& level, const Directive& d) {
    level.c.error(d.span, "\"" + d.name.value + " off\" and rules cannot stand in one block", "\"off\" takes away those from around the block; leave one of them out");
}

/// "off", which stands alone in its block; or something that is wrong, which is reported.
template <class T>
bool is_off(Level& level, const Directive& d, Shared<T>& rules) {
    const bool was_off = level.own.contains(&rules) && !rules;
    const bool has_rules = level.own.contains(&rules) && rules;
    const bool off = d.args.size() == 1 && d.args[0].value == "off";
    if (was_off || (off && has_rules)) return refuse_beside_off(level, d), true;
    if (d.args.size() > 1) return false;
    level.own.insert(&rules);
    rules = nullptr;
    if (!off)
        level.c.error(d.args[0].span, "\"" + d.name.value + "\" with one word can only be \"off\"", "name what is replaced, and what takes its place");
    return true;
}

void set_cookie_domain(Level& level, const Directive& d) {
    auto& rules = level.settings.proxy.cookie_domains;
    if (is_off(level, d, rules)) return;
    Replacement rule;
    if (!read_replacement(level, d, true, rule)) return;
    // The dot in front of a domain means nothing (RFC 6265 5.2.3).
    if (d.args[0].value.starts_with('.')) rule.pattern = level.c.text(d.args[0], std::string_view(d.args[0].value).substr(1));
    level.list(rules).push_back(std::move(rule));
}

void set_cookie_path(Level& level, const Directive& d) {
    auto& rules = level.settings.proxy.cookie_paths;
    if (is_off(level, d, rules)) return;
    Replacement rule;
    if (read_replacement(level, d, false, rule)) level.list(rules).push_back(std::move(rule));
}

void check_flag(Compiler& c, const Word& word) {
    static constexpr std::string_view known[] = {"secure",          "nosecure",     "httponly",      "nohttponly",
                                                 "samesite=strict", "samesite=lax", "samesite=none", "nosamesite"};
    const std::string_view flag = word.value;
    if (flag.find('$') != flag.npos || std::ranges::any_of(known, [&](auto k) { return core::iequals(k, flag); })) return;
    c.warning(word.span, "value", "\"" + word.value + "\" is not a flag of a cookie: it does nothing",
            "there are secure, httponly, samesite=strict, samesite=lax and samesite=none, and nosecure, nohttponly and nosamesite");
}

void set_cookie_flags(Level& level, const Directive& d) {
    auto& rules = level.settings.proxy.cookie_flags;
    if (is_off(level, d, rules)) return;
    CookieFlags rule;
    if (!read_pattern(level.c, d.args[0], true, rule.cookie, rule.matcher)) return;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        check_flag(level.c, d.args[i]);
        rule.flags.push_back(level.c.text(d.args[i]));
    }
    level.list(rules).push_back(std::move(rule));
}

/// The URL of proxy_pass, as it stands in the conf, becomes the location's text.
Replacement usual_redirect(const route::Route& route, const ProxyPass& pass) {
    if (pass.uri) return {Template::literal(pass.written), nullptr, Template::literal(route.text)};
    return {Template::literal(pass.written + "/"), nullptr, Template::literal("/")};
}

const ProxyPass* pass_of(const Level& level) { return level.route ? std::get_if<ProxyPass>(&level.route->content) : nullptr; }

void set_redirect(Level& level, const Directive& d) {
    auto& proxy = level.settings.proxy;
    const bool off = d.args.size() == 1 && d.args[0].value == "off";
    const bool first = level.own.insert(&proxy.redirect_off).second;
    if (!first && (off || proxy.redirect_off)) return refuse_beside_off(level, d);
    proxy.redirect_off = off;
    if (first) proxy.redirects = nullptr;
    if (off) return;
    Replacement rule;
    if (d.args.size() == 2) {
        if (read_replacement(level, d, false, rule)) level.list(proxy.redirects).push_back(std::move(rule));
        return;
    }
    const auto& word = d.args[0];
    if (word.value != "default")
        return level.c.error(word.span, "\"proxy_redirect\" with one word is \"default\" or \"off\"", "name what is replaced, and what takes its place");
    const auto* pass = pass_of(level);
    if (pass && pass->url)
        return level.c.error(word.span, "\"proxy_redirect default\" says nothing where \"proxy_pass\" has variables", "write both parts: proxy_redirect http://backend/ /;");
    if (!pass || pass->written.empty())
        return level.c.error(word.span, "\"proxy_redirect default\" follows the \"proxy_pass\" that it takes its texts from",
                             "leave it out: it holds without being said");
    level.list(proxy.redirects).push_back(usual_redirect(*level.route, *pass));
}

std::string lowered(std::string text) {
    std::ranges::transform(text, text.begin(), core::lower);
    return text;
}

void hide_header(Level& level, const Directive& d) { level.list(level.settings.proxy.hidden).push_back(lowered(d.args[0].value)); }
void pass_header(Level& level, const Directive& d) { level.list(level.settings.proxy.passed).push_back(lowered(d.args[0].value)); }

void ignore_headers(Level& level, const Directive& d) {
    namespace ignored = route::ignored;
    static constexpr std::pair<std::string_view, std::uint32_t> known[] = {
        {"X-Accel-Redirect", ignored::accel_redirect},
        {"X-Accel-Expires", ignored::accel_expires},
        {"X-Accel-Limit-Rate", ignored::accel_limit_rate},
        {"X-Accel-Buffering", ignored::accel_buffering},
        {"X-Accel-Charset", ignored::accel_charset},
        {"Expires", ignored::expires},
        {"Cache-Control", ignored::cache_control},
        {"Set-Cookie", ignored::set_cookie},
        {"Vary", ignored::vary},
    };
    auto& fields = level.settings.proxy.ignored_fields;
    if (level.own.insert(&fields).second) fields = 0;
    for (const auto& word : d.args)
        for (const auto& [name, bit] : known)
            if (core::iequals(name, word.value)) fields |= bit;
}

constexpr Setter table[] = {
    {"proxy_redirect", set_redirect},
    {"proxy_cookie_domain", set_cookie_domain},
    {"proxy_cookie_path", set_cookie_path},
    {"proxy_cookie_flags", set_cookie_flags},
    {"proxy_hide_header", hide_header},
    {"proxy_pass_header", pass_header},
    {"proxy_ignore_headers", ignore_headers},
};

}  // namespace

std::span<const Setter> proxy_answers() { return table; }

void finish_proxy(Level& level) {
    auto& proxy = level.settings.proxy;
    const auto* pass = pass_of(level);
    if (proxy.redirects || proxy.redirect_off || !pass || pass->url || pass->written.empty()) return;
    proxy.redirects = std::make_shared<const std::vector<Replacement>>(1, usual_redirect(*level.route, *pass));
}

}  // namespace sluice::compile::tables
