// Where proxy_pass leads, and what a peer is told of the client.
#include "core/text.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

struct Origin {
    Value host = Value::absent();
    Value port = Value::absent();
};

/// "host" and the usual port, or "host:8080" and "8080"; "localhost" and nothing for a Unix socket.
Origin origin_of_url(std::string_view url) {
    const bool secure = core::iequals(url.substr(0, 8), "https://");
    if (!secure && !core::iequals(url.substr(0, 7), "http://")) return {};
    url.remove_prefix(secure ? 8 : 7);
    if (core::iequals(url.substr(0, 5), "unix:")) return {{"localhost"}, {""}};
    const std::string_view usual = secure ? "443" : "80";
    const auto authority = url.substr(0, url.find_first_of("/?#"));
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    const auto colon = bracket == authority.npos ? authority.npos : authority.find(':', bracket);
    const auto host = authority.substr(0, colon);
    const auto port = colon == authority.npos ? usual : authority.substr(colon + 1);
    return port == usual ? Origin{{host}, {usual}} : Origin{{authority}, {port}};
}

Origin origin(Scope& scope) {
    const auto* pass = std::get_if<ProxyPass>(&scope.route->content);
    if (!pass) return {};
    if (pass->url) return origin_of_url(scope.evaluate(*pass->url));
    return {{pass->host}, {pass->port}};
}

/// What came, with the address of who sent it to us.
Value read_add_x_forwarded_for(Scope& scope, const Variable&) {
    const auto& fields = scope.x.head.fields;
    const Value address{client_ip_value(scope).text};
    if (!fields.may_have(http::FieldId::x_forwarded_for)) return address;
    core::ArenaText all(scope.arena);
    for (const http::Field& field : fields)
        if (field.id == http::FieldId::x_forwarded_for) (all += field.value) += ", ";
    all += address.text;
    return {all.view()};
}

constexpr VariableRow table[] = {
    {"proxy_add_x_forwarded_for", read_add_x_forwarded_for,
     "The request's X-Forwarded-For with $remote_addr behind it."},
    {"proxy_host", [](Scope& s, const Variable&) { return origin(s).host; },
     "Host and port of proxy_pass, without a port that is the usual one."},
    {"proxy_port", [](Scope& s, const Variable&) { return origin(s).port; },
     "The port of proxy_pass, or the usual one."},
};

}  // namespace

std::span<const VariableRow> proxy() { return table; }

}  // namespace sluice::route::tables
