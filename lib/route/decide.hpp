// What is to be done with a request: site, location, rewrites. Nothing here waits, sends or looks at a socket: serving,
// `sluice explain` and tests all call the same functions.
#pragma once

#include "exchange/reasons.hpp"
#include "route/scope.hpp"

namespace sluice::route {

/// How the decision came about, for people.
struct Trace {
    enum class Kind : std::uint8_t {
        site,    // one was chosen
        search,  // a location was looked for
        step,    // of the rewrite module
        check,
        turn,  // error_page and internal redirects
    };
    struct Event {
        std::string text;
        config::Span where;
        Kind kind = Kind::step;
        bool enters = false;  // the location of this place, if that is not refused at once because it is internal
    };
    /// Belongs to the event of kind `search` of the same number.
    struct Search {
        std::string uri;
        LocationTrace locations;
    };
    std::vector<Event> events;
    std::vector<Search> searches;
    NameChoice name;
    LocationTrace locations;  // of the last search

    void add(config::Span where, std::string text, Kind kind = Kind::step) {
        events.push_back({std::move(text), where, kind});
    }
};

struct Decision {
    enum class Kind : std::uint8_t {
        serve,     // Scope::route's content answers
        respond,   // with `text` as a body
        redirect,  // to `text`
        refuse,    // with the page of `status`, or its error_page: see on_error()
        close,     // without an answer (return 444)
    };
    Kind kind = Kind::serve;
    int status = 0;
    std::string_view text;
    const char* why = "";  // refuse: in plain words
    config::Span where;    // what in the conf decided
    exchange::Reason reason = exchange::Reason::none;  // refuse: if it is not that of the status
};

/// 301, 302, 303, 307, 308: those that go with a Location.
constexpr bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The first decision. The head has been read, and checked by http/framing and http/target; scope.x.target is filled in.
Decision decide(Scope& scope, Trace* trace = nullptr);

/// The site of a request whose target has been read. False: there is none for that host, the listener's default site stays.
bool find_site(Scope& scope);
/// For a request that is refused before anything is decided: its site and its $uri, as far as what was read of it tells.
void settle_refused(Scope& scope);

/// As though the client had asked for this URI (with arguments): error pages, X-Accel-Redirect, index files.
Decision redirect_within(Scope& scope, std::string_view uri, Trace* trace = nullptr);
/// The same with arguments apart: what is decoded may hold a '?'.
Decision redirect_within(Scope& scope, std::string_view uri, std::string_view args, Trace* trace);
/// X-Accel-Redirect: where a peer says that the answer is, a URI or "@name". A 404 if the URI could leave where it belongs.
Decision follow_peer(Scope& scope, std::string_view where, Trace* trace = nullptr);
/// To a location "@name".
Decision go_to_named(Scope& scope, std::string_view name, Trace* trace = nullptr);

/// What answers instead of an error of our own, or of a peer if it is intercepted: error_page. nullopt: nothing, the plain
/// page of the status is to be sent.
std::optional<Decision> on_error(Scope& scope, int status, Trace* trace = nullptr);
/// Whether on_error() would find a page.
bool has_error_page(const Scope& scope, int status);
/// Whether a peer's answer is not passed on: proxy_intercept_errors. As in nginx also where the page that it would lead to
/// has been used already; then on_error() finds nothing.
bool intercepts(const Scope& scope, int status);

/// `location` with scheme, host and port in front as absolute_redirect and its like want it.
std::string_view absolute_location(Scope& scope, std::string_view location);

/// The URI that a peer is asked for.
std::string_view peer_uri(Scope& scope, const ProxyPass& pass);

}  // namespace sluice::route
