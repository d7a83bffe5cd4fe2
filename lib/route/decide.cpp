#include "route/decide.hpp"

#include <algorithm>
#include <utility>

#include "http/target.hpp"
#include "route/checks.hpp"
#include "route/odd_names.hpp"
#include "route/run_script.hpp"
#include "route/tls_rules.hpp"
#include "route/uri.hpp"

namespace sluice::route {

namespace {

using Kind = Decision::Kind;

Decision refuse(int status, const char* why, config::Span where = {}, exchange::Reason reason = exchange::Reason::none) {
    return {Kind::refuse, status, {}, why, where, reason};
}

/// Groups of a regex server_name.
void take_name_groups(Scope& scope, std::uint32_t name, const core::Captures& captures) {
    for (const auto& [number, matcher] : scope.listening.name_matchers)
        if (number == name) scope.set_groups(matcher, scope.host, captures);
}

/// A regex took too many steps: it might have matched.
Decision give_up(Scope& scope, std::string_view regex, config::Span where) {
    scope.gave_up = regex;
    return refuse(500, "", where, exchange::Reason::pattern_limit);
}

/// The refusal if there is none; the default site stays then.
std::optional<Decision> choose_site(Scope& scope, Trace* trace) {
    std::string storage;
    const auto host = normalise_host(scope.x.target.host, storage);
    if (!host.valid) return refuse(400, "the host cannot be one");
    scope.host = storage.empty() ? host.name : scope.arena.keep(host.name);
    core::Captures captures;
    const auto choice = scope.listening.names.decide(scope.host, captures);
    if (choice.over_limit != NameChoice::none)
        return give_up(scope, scope.listening.names.regex_of(choice.over_limit)->pattern(), scope.site->where);
    scope.site = &scope.snapshot.sites[choice.site];
    scope.route = &scope.site->root;
    if (choice.kind == NameKind::regex) {
        scope.take_captures(scope.host, captures);
        take_name_groups(scope, choice.name, captures);
    }
    if (trace) trace->name = choice;
    return std::nullopt;
}

/// The target as the client wrote it becomes $uri and $args.
const char* take_target(Scope& scope) {
    const auto& target = scope.x.target;
    if (target.form == http::TargetForm::asterisk || target.path == "*") {
        scope.uri = "*";
        return nullptr;
    }
    std::string storage;
    // As in nginx, the listener's default site decides: the path is read before the host is known.
    const bool merge = scope.snapshot.sites[scope.listening.default_site].merge_slashes;
    const auto uri = normalise_uri(target.path, merge, storage);
    if (uri.error) return uri.error;
    scope.uri = uri.changed ? scope.arena.keep(uri.path) : uri.path;
    scope.args = uri.args;
    scope.quoted = uri.quoted;
    scope.plus = uri.plus;
    return nullptr;
}

Decision redirect_to_folder(Scope& scope, const Route& route) {
    core::ArenaText out(scope.arena);
    std::string escaped;
    escape(route.text, Escape::uri, escaped);
    out.append(escaped);
    if (!scope.args.empty()) {
        out.push_back('?');
        out.append(scope.args);
    }
    return {Kind::redirect, 301, out.view(), "the location's text ends in a slash", route.where};
}

void apply_limit_except(Scope& scope, Trace* trace) {
    const auto& limit = scope.route->limit_except;
    if (!limit) return;
    const auto& allowed = limit->methods;
    const bool listed = std::find(allowed.begin(), allowed.end(), scope.x.head.method_name) != allowed.end();
    if (trace)
        trace->add(limit->route->where, "limit_except: " + std::string(scope.x.head.method_name) + (listed ? " is" : " is not") + " among its methods",
                   Trace::Kind::check);
    if (!listed) scope.route = limit->route;
}

/// Sets scope.route. False: `decision` is made.
bool find_location(Scope& scope, Decision& decision, Trace* trace) {
    auto& choice = scope.tools.choice;
    choice.clear();
    if (trace) trace->locations.steps.clear();
    scope.site->locations.decide(scope.uri, choice, trace ? &trace->locations : nullptr);
    if (choice.over_limit != LocationChoice::none) {
        const auto& given_up = scope.site->routes[choice.over_limit];
        decision = give_up(scope, given_up.text, given_up.where);
        return false;
    }
    for (const auto& hit : choice.hits) {
        scope.take_captures(scope.uri, hit.captures);
        if (const auto* matcher = scope.site->routes[hit.location].matcher) scope.set_groups(*matcher, scope.uri, hit.captures);
    }
    scope.route = choice.location == LocationChoice::none ? &scope.site->root : &scope.site->routes[choice.location];
    const Route& route = *scope.route;
    if (trace) {
        trace->searches.push_back({std::string(scope.uri), trace->locations});
        trace->add(route.where, "\"" + std::string(scope.uri) + "\" belongs to " + route.title, Trace::Kind::search);
    }
    if (route.internal && !scope.internal) {
        decision = refuse(404, "the location is internal", route.where);
        return false;
    }
    if (trace) trace->events.back().enters = true;
    apply_limit_except(scope, trace);
    const auto limit = scope.settings().client.max_body;
    if (limit && scope.x.framing.kind == http::BodyKind::length && scope.x.framing.length > limit && !scope.x.body_is_taken) {
        decision = refuse(413, "client intended to send too large body", route.where);
        return false;
    }
    if (choice.auto_redirect) {
        decision = redirect_to_folder(scope, route);
        return false;
    }
    return true;
}

/// From a location that is found: its script, and where that leads.
Decision run_location(Scope& scope, Trace* trace) {
    for (;;) {
        Decision decision;
        // The site's own script has run already, and does not again where no location is found.
        const bool has_own = scope.route != &scope.site->root;
        switch (has_own ? run_script(scope.route->script, scope, decision, trace) : Flow::on) {
            case Flow::decided: return decision;
            case Flow::on:
            case Flow::stop:
                find_real_client(scope, trace);
                if (!pass_checks(scope, decision, trace)) return decision;
                return {Kind::serve, 0, {}, "", scope.route->where};
            case Flow::search:
                if (--scope.cycles_left == 0) return refuse(500, "rewrite or internal redirection cycle", scope.route->where, exchange::Reason::redirect_cycle);
                if (!find_location(scope, decision, trace)) return decision;
        }
    }
}

Decision run_site(Scope& scope, Trace* trace) {
    Decision decision;
    scope.route = &scope.site->root;
    scope.uri_behind_alias = false;
    scope.at_location = true;  // until a "rewrite ... break", also one of the site
    if (run_script(scope.site->root.script, scope, decision, trace) == Flow::decided) return decision;
    if (!find_location(scope, decision, trace)) return decision;
    return run_location(scope, trace);
}

bool may_turn(Scope& scope) { return --scope.cycles_left > 0; }

/// nginx's own statuses (a head too large, wrong certificates) are 400 to the client.
int told_as(int status) { return status >= 494 && status <= 497 ? 400 : status; }

const ErrorPage* find_error_page(const Scope& scope, int status) {
    const auto& pages = scope.settings().error_pages;
    if (!pages) return nullptr;
    for (const auto& page : *pages)
        if (std::find(page.statuses.begin(), page.statuses.end(), status) != page.statuses.end()) return &page;
    return nullptr;
}

}  // namespace

Decision decide(Scope& scope, Trace* trace) {
    if (auto refusal = choose_site(scope, trace)) return *refusal;
    if (trace) trace->add(scope.site->where, "host \"" + std::string(scope.host) + "\" meets the server of this place", Trace::Kind::site);
    if (scope.x.head.fields.has_odd_names())
        if (const char* wrong = sort_out_odd_names(scope)) return refuse(400, wrong);
    if (const char* wrong = take_target(scope)) return refuse(400, wrong);
    if (scope.listening.secure)
        if (const auto refusal = check_tls(scope)) return refuse(refusal->status, refusal->why, scope.site->where, refusal->reason);
    find_real_client(scope, trace);
    return run_site(scope, trace);
}

bool find_site(Scope& scope) { return !choose_site(scope, nullptr); }

void settle_refused(Scope& scope) {
    if (scope.x.head.target.empty()) return;
    // That there is no Host does not hide the host of an absolute target.
    const int minor = std::exchange(scope.x.head.minor, 0);
    scope.x.target = http::parse_target(scope.x.head);
    scope.x.head.minor = minor;
    // The default site holds if the host is missing or wrong; what else is wrong does not hide it.
    if (!scope.x.target.host.empty()) choose_site(scope, nullptr);
    if (!scope.x.target.path.empty()) [[maybe_unused]] auto ignored = take_target(scope);
}

namespace {

/// What answers within is asked with GET, but for a HEAD.
void ask_with_get(Scope& scope) {
    auto& head = scope.x.head;
    if (head.method == http::Method::head) return;
    head.method = http::Method::get;
    head.method_name = "GET";
}

}  // namespace

Decision redirect_within(Scope& scope, std::string_view uri, Trace* trace) {
    const auto mark = uri.find('?');
    return redirect_within(scope, uri.substr(0, mark), mark == uri.npos ? std::string_view{} : uri.substr(mark + 1), trace);
}

Decision redirect_within(Scope& scope, std::string_view uri, std::string_view args, Trace* trace) {
    if (!may_turn(scope)) return refuse(500, "rewrite or internal redirection cycle", scope.route->where, exchange::Reason::redirect_cycle);
    scope.uri = uri;
    scope.args = args;
    scope.uri_is_as_sent = false;
    scope.internal = true;
    if (trace)
        trace->add(scope.route->where, "internal redirect to \"" + std::string(uri) + (args.empty() ? "" : "?") + std::string(args) + '"',
                   Trace::Kind::turn);
    return run_site(scope, trace);
}

Decision follow_peer(Scope& scope, std::string_view where, Trace* trace) {
    if (where.starts_with('@')) return go_to_named(scope, where, trace);
    std::string storage;
    const auto uri = read_inner_uri(where, storage);
    if (!uri.safe) return refuse(404, "the peer's X-Accel-Redirect is not a URI that is safe", scope.route->where);
    ask_with_get(scope);
    return redirect_within(scope, scope.arena.keep(uri.path), uri.args, trace);
}

Decision go_to_named(Scope& scope, std::string_view name, Trace* trace) {
    if (!may_turn(scope)) return refuse(500, "rewrite or internal redirection cycle", scope.route->where, exchange::Reason::redirect_cycle);
    const auto number = scope.site->locations.find_named(name);
    if (number == LocationChoice::none) return refuse(500, "could not find named location", scope.route->where, exchange::Reason::no_named_location);
    scope.internal = true;
    scope.uri_behind_alias = false;
    scope.route = &scope.site->routes[number];
    if (trace) {
        trace->add(scope.route->where, "goes to " + scope.route->title, Trace::Kind::turn);
        trace->events.back().enters = true;
    }
    apply_limit_except(scope, trace);
    return run_location(scope, trace);
}

bool has_error_page(const Scope& scope, int status) { return !scope.error_page_used && find_error_page(scope, status); }

bool intercepts(const Scope& scope, int status) {
    return scope.settings().proxy.intercept_errors && status >= 300 && find_error_page(scope, status);
}

std::optional<Decision> on_error(Scope& scope, int status, Trace* trace) {
    const auto* page = scope.error_page_used ? nullptr : find_error_page(scope, status);
    scope.error_status = 0;  // of a page that has failed itself
    if (!page || scope.cycles_left == 0) return std::nullopt;
    if (trace) trace->add(page->where, "error_page for " + std::to_string(status), Trace::Kind::turn);
    scope.error_page_used = !scope.settings().recursive_error_pages;
    if (page->answer != ErrorPage::own_status) scope.error_status = page->answer == ErrorPage::same_status ? told_as(status) : page->answer;
    const auto target = scope.evaluate(page->target);
    if (target.starts_with('@')) return go_to_named(scope, target, trace);
    if (target.starts_with('/')) {
        ask_with_get(scope);
        return redirect_within(scope, target, trace);
    }
    scope.error_status = 0;
    return Decision{Kind::redirect, is_redirect(page->answer) ? page->answer : 302, target, "error_page", page->where};
}

std::string_view absolute_location(Scope& scope, std::string_view given) {
    const auto& settings = scope.settings();
    const auto location = escape(given, Escape::line, scope.arena);  // $uri may hold a decoded line end
    if (!location.starts_with('/') || !settings.absolute_redirect) return location;
    core::ArenaText out(scope.arena);
    out.append(scope.x.secure ? "https://" : "http://");
    if (settings.server_name_in_redirect && !scope.site->name.empty())
        out.append(scope.site->name);
    else if (!scope.host.empty())
        out.append(scope.host);
    else
        out.append(scope.x.local->ip());
    const auto port = scope.x.local->port();
    if (settings.port_in_redirect && port != 0 && port != (scope.x.secure ? 443 : 80)) {
        out.push_back(':');
        out.append(std::to_string(port));
    }
    out.append(location);
    return out.view();
}

std::string_view peer_uri(Scope& scope, const ProxyPass& pass) {
    if (!pass.uri && scope.uri_is_as_sent) return scope.x.target.path;
    core::ArenaText out(scope.arena);
    auto rest = scope.uri;
    if (pass.uri && scope.at_location) {
        out.append(*pass.uri);
        rest.remove_prefix(std::min(rest.size(), scope.route->text.size()));
    }
    // What has not been decoded needs no escaping, as in nginx.
    if (scope.quoted || scope.internal) {
        std::string escaped;
        escape(rest, Escape::uri, escaped);
        out.append(escaped);
    } else {
        out.append(rest);
    }
    if (!scope.args.empty()) {
        out.push_back('?');
        out.append(scope.args);
    }
    return out.view();
}

}  // namespace sluice::route
