// Which location a request gets to, and what "if" in one does.
#include <algorithm>
#include <map>

#include "advice/lint_rows.hpp"
#include "advice/location.hpp"
#include "advice/never.hpp"
#include "advice/target.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

constexpr std::size_t most_notes = 3;

/// What is carried out in the order of the file, and does not make the "if" a location of its own that matters.
bool is_of_rewrite(const Directive& d) {
    return d.name.value == "return" || d.name.value == "rewrite" || d.name.value == "set" || d.name.value == "break";
}

/// Every request for which the condition holds is answered, or goes to another location.
bool leaves(const Level& condition) {
    return std::ranges::any_of(*condition.directives, [](const Directive& d) {
        return d.name.value == "return" ||
               (d.name.value == "rewrite" && d.args.size() == 3 && d.args[2].value != "break");
    });
}

void find_if(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::location)) {
        const Directive* try_files = first_own(*level, "try_files");
        const Level* earlier = nullptr;
        for (const Level& condition : level->inner) {
            if (condition.context != config::in::location_if || leaves(condition)) continue;
            if (try_files)
                report
                    .add(
                        condition.block->span, "where this \"if\" holds, the location's try_files is not looked at",
                        "decide by a map and use its variable in try_files, or leave the location by return or rewrite")
                    .notes.push_back({"this is skipped then", try_files->span});
            if (std::ranges::all_of(*condition.directives, is_of_rewrite)) continue;
            if (earlier)
                report
                    .add(condition.block->span, "where this \"if\" holds too, the one before it has no effect",
                         "decide by maps and use their variables outside of any \"if\"")
                    .notes.push_back(
                        {"of several that hold, only the last counts; this one is lost", earlier->block->span});
            earlier = &condition;
        }
    }
}

/// What a request meets in a location, in words that can be compared.
std::string handler_of(const Level& level) {
    for (const Directive& d : *level.directives)
        if ((is_pass(d.name.value) || d.name.value == "return" || d.name.value == "alias") && !d.args.empty())
            return concat({d.name.value, " ", d.args.back().value});
    return concat({"root ", setting(level, "root", "html")});
}

bool refuses(const Level& level) {
    const Directive* answer = first_own(level, "return");
    if (answer && !answer->args.empty() && answer->args[0].value.starts_with('4')) return true;
    const Directive* deny = first_own(level, "deny");
    return deny && !deny->args.empty() && deny->args[0].value == "all" && !first_own(level, "allow");
}

bool guards(const Level& level) {
    constexpr std::string_view words[] = {"allow", "deny", "auth_basic", "auth_request", "internal", "limit_except"};
    return std::ranges::any_of(words, [&](std::string_view word) { return first_own(level, word) != nullptr; });
}

/// A location with what tells it from others.
struct Route {
    Location location;
    std::string handler;
    bool guarded;
};

std::vector<Route> routes_in(const Level& level) {
    std::vector<Route> out;
    for (Location& location : locations_in(level)) {
        const Level& inside = *location.level;
        out.push_back({std::move(location), handler_of(inside), guards(inside)});
    }
    return out;
}

/// Whether requests for the prefix would be served in another way by the regular expression.
bool takes_from(const Route& regex, const Route& prefix) {
    if (prefix.location.kind != Location::Kind::prefix || prefix.location.path.size() < 2) return false;
    return regex.handler != prefix.handler || (prefix.guarded && !regex.guarded);
}

/// A path that both match, or "".
std::string common_path(const Location& prefix, const Location& regex) {
    const std::optional<std::string> sample = sample_of(regex.path);
    if (!sample) return "";
    std::string path = prefix.path;
    const std::string_view end = *sample;
    if (!path.ends_with('/') && !end.starts_with('/')) path += '/';
    if (path.ends_with('/') && end.starts_with('/')) path.pop_back();
    return concat({path, end.starts_with('.') ? "x" : "", end});
}

void report_shadow(const Location& regex, const std::vector<const Location*>& prefixes, Report& report) {
    const std::string example = common_path(*prefixes[0], regex);
    config::Diagnostic& d =
        report.add(regex.level->block->span,
                   concat({"this takes requests from location ", prefixes[0]->path, example.empty() ? "" : ", such as ",
                           example, ": a regular expression that matches wins over a prefix"}),
                   concat({"if they should stay there, write location ^~ ", prefixes[0]->path}));
    for (const Location* prefix : prefixes)
        if (d.notes.size() < most_notes)
            d.notes.push_back({"this prefix loses such requests", prefix->level->block->span});
    if (prefixes.size() > most_notes)
        d.notes.push_back({concat({"and so do ", std::to_string(prefixes.size() - most_notes), " more"}), {}});
}

void find_shadow(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::server | config::in::location)) {
        const std::vector<Route> routes = routes_in(*level);
        for (const Route& regex : routes) {
            const Location& location = regex.location;
            if (!location.is_regex() || !matches_below_any_prefix(location.path) || refuses(*location.level)) continue;
            std::vector<const Location*> taken;
            for (const Route& other : routes)
                if (takes_from(regex, other)) taken.push_back(&other.location);
            if (!taken.empty()) report_shadow(location, taken, report);
        }
    }
}

/// A "return" of the whole site comes before its locations are looked at.
void find_behind_return(const View& view, Report& report) {
    for (const Level* site : view.levels(config::in::server)) {
        const Directive* answer = first_own(*site, "return");
        if (!answer) continue;
        for (const Location& location : locations_in(*site)) {
            if (location.kind == Location::Kind::named) continue;
            report
                .add(location.level->block->span,
                     "no request gets to this location: the site answers before with return",
                     "put the return into location / { ... }")
                .notes.push_back({"this answers every request of the site", answer->span});
        }
    }
}

/// The first of each; nullptr so far.
struct Earlier {
    const Location* everything = nullptr;
    std::map<std::string_view, const Location*> by_path, by_path_any_case;

    /// An earlier one that matches all that `later` does.
    const Location* covers(const Location& later) const {
        if (everything) return everything;
        for (const auto* table :
             {&by_path_any_case, later.kind == Location::Kind::regex ? &by_path : &by_path_any_case})
            if (const auto found = table->find(later.path); found != table->end()) return found->second;
        return nullptr;
    }

    void add(const Location& location) {
        if (!everything && matches_everything(location.path)) everything = &location;
        (location.kind == Location::Kind::regex ? by_path : by_path_any_case).emplace(location.path, &location);
    }
};

void find_behind_regex(const Level& level, Report& report) {
    const std::vector<Location> locations = locations_in(level);
    Earlier earlier;
    for (const Location& location : locations) {
        if (!location.is_regex()) continue;
        if (const Location* first = earlier.covers(location))
            report
                .add(location.level->block->span,
                     "no request gets to this location: regular expressions are tried in order, and one before takes "
                     "all",
                     "put it before that one")
                .notes.push_back({"this matches everything that the later one does", first->level->block->span});
        earlier.add(location);
    }
}

void find_never(const View& view, Report& report) {
    find_behind_return(view, report);
    for (const Level* level : view.levels(config::in::server | config::in::location)) {
        find_behind_regex(*level, report);
        const bool merges = setting(*level, "merge_slashes", "on") == "on";
        for (const Location& location : locations_in(*level))
            if (const config::Complaint c = why_never(location, merges))
                report.add(location.word->span, c.message, c.help);
    }
}

constexpr Lint table[] = {
    {.code = "SL010",
     .name = "if-in-location",
     .summary = "an \"if\" in a location that switches off more than it shows",
     .explanation = R"(An "if" in a location is a location of its own, which inherits most, but not all, of the one
around it. A request for which it holds is served by the inner one: try_files of the outer one is not looked at. And
if several hold, only the last of them serves the request; what the others set is lost. Only return and rewrite ...
last are without surprises in it.

Wrong: with the cookie, try_files is skipped.
    location / {
        try_files $uri /index.html;
        if ($cookie_beta) {
            add_header X-Beta 1;
        }
    }

Right: a map decides, and an empty field is not sent.
    map $cookie_beta $beta { default ""; ~. 1; }
    ...
    location / {
        try_files $uri /index.html;
        add_header X-Beta $beta;
    }

Right: the "if" leaves the location.
    location / {
        if ($request_method = TRACE) { return 405; }
        try_files $uri /index.html;
    }
)",
     .find = find_if},
    {.code = "SL011",
     .name = "regex-shadows-prefix",
     .summary = "a location with a regular expression takes requests from a location with a prefix",
     .explanation = R"(The longest matching prefix is found first, but then the regular expressions of the site are
tried, and the first that matches wins; the prefix counts only if none does. A location for "all pictures" so takes
the pictures of an application too, and a location for "all .php" takes those under a folder that has a password.

Wrong: /api/report.svg is looked for among the files.
    location /api/ {
        proxy_pass http://app;
    }
    location ~ \.(css|js|svg)$ {
        root /srv/www;
    }

Right: "^~" says that no regular expression is tried where this prefix is the longest.
    location ^~ /api/ {
        proxy_pass http://app;
    }
)",
     .find = find_shadow},
    {.code = "SL012",
     .name = "location-never-matches",
     .summary = "a location that no request gets to",
     .explanation = R"text(Locations are compared with the path of a request after it was made plain: without the part
from "?" on, with %20 and the like decoded, without "." and ".." and doubled slashes; it always starts with "/". A
prefix or exact location is compared letter by letter: "*", "(a|b)" and "$" have a meaning only behind "~". Regular
expressions are tried in the order of the file, and a return of the site comes before all locations.

Wrong:
    location /search?q= { ... }
    location /api/* { ... }
    location /my%20files/ { ... }
    location api/ { ... }

Right:
    location = /search { ... }        with $arg_q for the value
    location /api/ { ... }
    location "/my files/" { ... }
    location /api/ { ... }

Wrong: the certificate's check is redirected like everything else.
    server {
        return 301 https://example.com$request_uri;
        location /.well-known/acme-challenge/ { root /srv/acme; }
    }

Right:
    server {
        location / { return 301 https://example.com$request_uri; }
        location /.well-known/acme-challenge/ { root /srv/acme; }
    }
)text",
     .find = find_never},
};

}  // namespace

std::span<const Lint> rows::locations() { return table; }

}  // namespace sluice::advice
