// proxy_pass and its like.
#include <algorithm>

#include "compile/values.hpp"

namespace sluice::compile::tables {

namespace {

using route::ProxyPass;
using route::ProxySettings;
using route::Settings;
using Kind = route::LocationSpec::Kind;

/// "host:port/uri" or "unix:/path:/uri" into authority and URI.
std::pair<std::string_view, std::optional<std::string>> split_url(std::string_view rest) {
    if (rest.starts_with("unix:")) {
        const auto end = rest.find(':', 5);
        if (end == rest.npos) return {rest, std::nullopt};
        if (end + 1 == rest.size()) return {rest.substr(0, end), std::nullopt};
        return {rest.substr(0, end), std::string(rest.substr(end + 1))};
    }
    const auto end = rest.find_first_of("/?");
    if (end == rest.npos) return {rest, std::nullopt};
    return {rest.substr(0, end), std::string(rest[end] == '?' ? "/" : "") + std::string(rest.substr(end))};
}

void set_proxy_pass(Level& level, const Directive& d) {
    if (!level.route) return;
    auto& c = level.c;
    const auto& word = d.args[0];
    ProxyPass pass;
    pass.where = d.span;
    if (word.value.find('$') != std::string::npos) {
        pass.url = c.text(word);
        level.route->content = std::move(pass);
        return;
    }
    std::string_view rest = word.value;
    pass.secure = core::iequals(rest.substr(0, 8), "https://");
    rest.remove_prefix(std::min<std::size_t>(pass.secure ? 8 : 7, rest.size()));
    auto [authority, uri] = split_url(rest);
    const bool has_no_text = level.route->kind == Kind::regex || level.route->kind == Kind::regex_caseless || level.route->kind == Kind::named ||
                             level.context == config::in::location_if || level.context == config::in::limit_except;
    if (uri && has_no_text)
        return c.error(word.span, "\"proxy_pass\" cannot have a URI here: there is no prefix that it could take the place of",
                       "leave out \"" + *uri + "\", or write a location without a regular expression, name, \"if\" or \"limit_except\"");
    const auto group = c.group_of(word, authority, pass.secure ? 443 : 80);
    if (!group) return;
    pass.group = *group;
    pass.host = authority.starts_with("unix:") ? "localhost" : std::string(authority);
    const auto colon = authority.rfind(':');
    if (!authority.starts_with("unix:"))
        pass.port = colon == authority.npos || authority.ends_with(']') ? (pass.secure ? "443" : "80") : std::string(authority.substr(colon + 1));
    pass.uri = std::move(uri);
    pass.written = word.value;
    level.route->content = std::move(pass);
}

void set_header(Level& level, const Directive& d) {
    auto& proxy = level.settings.proxy;
    auto& headers = level.list(proxy.headers);
    const auto id = http::field_id(d.args[0].value);
    if (headers.empty()) proxy.set_ids = 0;
    proxy.set_ids |= http::set_of(id);
    auto value = level.c.text(d.args[1]);
    const bool plain = level.c.is_plain(value);
    headers.push_back({d.args[0].value, id, std::move(value), plain});
}

void set_method(Level& level, const Directive& d) {
    level.settings.proxy.method = level.c.text(d.args[0]);
    level.settings.proxy.has_method = true;
}

void set_version(Level& level, const Directive& d) {
    if (d.args[0].value == "2") return level.c.missing(d.args[0].span, "HTTP/2 towards backends is not in sluice yet");
    level.settings.proxy.http_minor = d.args[0].value == "1.0" ? 0 : 1;
}

void set_body(Level& level, const Directive& d) {
    level.settings.proxy.body = level.c.text(d.args[0]);
    level.settings.proxy.has_body = true;
}

void set_next_upstream(Level& level, const Directive& d) {
    namespace when = route::next_upstream;
    static constexpr std::pair<std::string_view, std::uint32_t> known[] = {
        {"error", when::error},       {"timeout", when::timeout},   {"invalid_header", when::invalid_header}, {"non_idempotent", when::non_idempotent},
        {"http_403", when::http_403}, {"http_404", when::http_404}, {"http_429", when::http_429},             {"http_500", when::http_500},
        {"http_502", when::http_502}, {"http_503", when::http_503}, {"http_504", when::http_504},             {"off", when::off},
    };
    auto& conditions = level.settings.proxy.retry_on;
    if (level.own.insert(&conditions).second) conditions = 0;
    for (const auto& word : d.args)
        for (const auto& [name, bit] : known)
            if (name == word.value) conditions |= bit;
}

void set_bind(Level& level, const Directive& d) {
    auto& binding = level.settings.proxy.binding;
    const auto& word = d.args[0];
    if (d.args.size() == 1 && word.value == "off") {
        binding = nullptr;
        return;
    }
    route::LocalBinding made;
    made.address = level.c.text(word);
    if (made.address.is_constant() && !net::Address::parse_with_port(word.value))
        return level.c.error(word.span, "\"" + word.value + "\" is not an address to bind to", "as in proxy_bind 192.0.2.1; or proxy_bind $remote_addr transparent;");
    if (d.args.size() == 2) {
        if (d.args[1].value != "transparent")
            return level.c.error(d.args[1].span, "\"" + d.args[1].value + "\" is not a parameter of proxy_bind", "there is \"transparent\"");
        made.transparent = true;
        level.c.snapshot.main.needs_raw_sockets = true;
    }
    binding = std::make_shared<const route::LocalBinding>(std::move(made));
}

void set_limit_rate(Level& level, const Directive& d) {
    auto& proxy = level.settings.proxy;
    const auto& word = d.args[0];
    proxy.limit_rate = level.c.text(word);
    proxy.has_limit_rate = true;
    if (!proxy.limit_rate.is_constant()) return;
    // Reckoned once, so that what is left to be read at run time are plain numbers, or what variables give.
    const auto bytes = config::parse_size(word.value).value;
    proxy.limit_rate = vars::Template::literal(std::to_string(bytes));
    proxy.has_limit_rate = bytes != 0;
}

constexpr Setter table[] = {
    {"proxy_pass", set_proxy_pass},
    {"proxy_set_header", set_header},
    {"proxy_method", set_method},
    {"proxy_http_version", set_version},
    {"proxy_connect_timeout", set<&Settings::proxy, &ProxySettings::connect_timeout>},
    {"proxy_send_timeout", set<&Settings::proxy, &ProxySettings::send_timeout>},
    {"proxy_read_timeout", set<&Settings::proxy, &ProxySettings::read_timeout>},
    {"proxy_tunnel_timeout", set<&Settings::proxy, &ProxySettings::tunnel_timeout>},
    {"proxy_pass_request_headers", set<&Settings::proxy, &ProxySettings::pass_headers>},
    {"proxy_pass_request_body", set<&Settings::proxy, &ProxySettings::pass_body>},
    {"proxy_next_upstream_tries", set<&Settings::proxy, &ProxySettings::tries>},
    {"proxy_next_upstream_timeout", set<&Settings::proxy, &ProxySettings::retry_for>},
    {"proxy_intercept_errors", set<&Settings::proxy, &ProxySettings::intercept_errors>},
    {"proxy_set_body", set_body},
    {"proxy_next_upstream", set_next_upstream},
    {"proxy_bind", set_bind},
    {"proxy_socket_keepalive", set<&Settings::proxy, &ProxySettings::socket_keepalive>},
    {"proxy_ignore_client_abort", set<&Settings::proxy, &ProxySettings::ignore_client_abort>},
    {"proxy_limit_rate", set_limit_rate},
};

}  // namespace

std::span<const Setter> proxy() { return table; }

}  // namespace sluice::compile::tables
