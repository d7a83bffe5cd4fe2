#include "route/destination.hpp"

#include "core/text.hpp"
#include "route/decide.hpp"
#include "route/escape.hpp"

namespace sluice::route {

namespace {

UriRule rule_of(const Scope& scope, const ProxyPass& pass) {
    if (pass.uri) return scope.at_location ? UriRule::replaced : UriRule::whole;
    return scope.uri_is_as_sent ? UriRule::as_sent : UriRule::rewritten;
}

}  // namespace

std::string_view words_of(UriRule rule) {
    switch (rule) {
        case UriRule::as_sent:
            return "proxy_pass has no path: the URI as the client wrote it";
        case UriRule::rewritten:
            return "proxy_pass has no path: the rewritten URI";
        case UriRule::replaced:
            return "the path of proxy_pass takes the place of the location's text";
        case UriRule::whole:
            return "rewritten with \"break\": the path of proxy_pass does not count";
        case UriRule::written_out:
            return "proxy_pass has variables and a path: that path as it is";
    }
    return {};
}

namespace {

Destination read_destination(Scope& scope, const ProxyPass& pass) {
    if (!pass.url) return {pass.host, pass.host, peer_uri(scope, pass), rule_of(scope, pass), pass.secure};
    auto rest = scope.evaluate(*pass.url);
    const bool secure = core::iequals(rest.substr(0, 8), "https://");
    if (!secure && !core::iequals(rest.substr(0, 7), "http://")) return {};
    rest.remove_prefix(secure ? 8 : 7);
    const bool is_unix = rest.starts_with("unix:");
    const auto end = is_unix ? rest.find(':', 5) : rest.find_first_of("/?");
    Destination out;
    out.secure = secure;
    out.authority = rest.substr(0, end);
    out.host = is_unix ? "localhost" : out.authority;
    if (end == rest.npos || (is_unix && end + 1 == rest.size())) {
        out.uri = peer_uri(scope, pass);
        out.rule = rule_of(scope, pass);
        return out;
    }
    out.rule = UriRule::written_out;
    if (rest[end] == '?')
        out.uri = scope.arena.keep("/" + std::string(rest.substr(end)));
    else
        out.uri = rest.substr(rest[end] == ':' ? end + 1 : end);
    return out;
}

}  // namespace

Destination find_destination(Scope& scope, const ProxyPass& pass) {
    auto out = read_destination(scope, pass);
    // What variables put there has been decoded: nginx would let a "%0D%0A" end the request line.
    if (out.rule != UriRule::as_sent) out.uri = escape(out.uri, Escape::word, scope.arena);
    return out;
}

}  // namespace sluice::route
