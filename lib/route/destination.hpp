// Where a proxy_pass leads.
#pragma once

#include "route/scope.hpp"

namespace sluice::route {

/// How the URI that a peer is asked for came about.
enum class UriRule : std::uint8_t {
    as_sent,      // as the client wrote it
    rewritten,    // proxy_pass has no path, but the URI has been rewritten
    replaced,     // the path of proxy_pass stands in place of the location's text
    whole,        // proxy_pass has a path, but a rewrite has left the location's text behind: the rewritten URI
    written_out,  // proxy_pass has variables and a path: that path as it is
};

/// In words, for people.
std::string_view words_of(UriRule rule);

/// Views of the conf or of the scope's arena.
struct Destination {
    std::string_view authority;  // "host:port", the name of a group, "unix:/path"; "": not an URL that can be asked
    std::string_view host;       // $proxy_host
    std::string_view uri;
    UriRule rule = UriRule::as_sent;
    bool secure = false;  // https
};

/// With variables: "http://name/uri". The URI goes as it is; without one the request's own does.
Destination find_destination(Scope& scope, const ProxyPass& pass);

}  // namespace sluice::route
