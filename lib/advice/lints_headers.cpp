// Header fields that are inherited by a level only if it has none of its own.
#include <algorithm>

#include "advice/lint_rows.hpp"
#include "advice/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;

using Directives = std::vector<const Directive*>;

bool sets(const Directives& directives, std::string_view field) {
    return std::ranges::any_of(
        directives, [field](const Directive* d) { return !d->args.empty() && core::iequals(d->args[0].value, field); });
}

/// Those of the level around that `mine` do not set again.
Directives dropped(const Directives& mine, const Level& level, std::string_view name) {
    const Level* outer = nearest_with(level.outer, name);
    Directives out;
    if (!outer) return out;
    for (const Directive* theirs : own(*outer, name))
        if (!theirs->args.empty() && !sets(mine, theirs->args[0].value)) out.push_back(theirs);
    return out;
}

std::string names_of(const Directives& directives) {
    std::vector<std::string> names;
    for (const Directive* d : directives)
        if (std::ranges::find(names, d->args[0].value) == names.end()) names.push_back(d->args[0].value);
    return list_of(names);
}

void report_dropped(const Level& level, std::string_view name, std::string_view help, Report& report) {
    const Directives mine = own(level, name);
    if (mine.empty()) return;
    const Directives lost = dropped(mine, level, name);
    if (lost.empty()) return;
    config::Diagnostic& d =
        report.add(mine.front()->span,
                   concat({"because of this ", name, " those of the level around do not hold here: ", names_of(lost)}),
                   concat({help}));
    for (const Directive* theirs : lost) d.notes.push_back({"this one is not inherited", theirs->span});
}

void find_proxy_set_header(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::server | config::in::location))
        if (holds(*level, "proxy_pass") || holds(*level, "grpc_pass"))
            report_dropped(*level, "proxy_set_header", "repeat them here, or move this one out to the others", report);
}

void find_add_header(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::server | config::in::location | config::in::location_if))
        if (setting(*level, "add_header_inherit", "on") != "merge")
            report_dropped(*level, "add_header", "repeat them here, or move this one out to the others", report);
}

void find_upgrade(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::sites)) {
        const Directives fields = own(*level, "proxy_set_header");
        for (const Directive* d : fields)
            if (d->args.size() == 2 && core::iequals(d->args[0].value, "Upgrade") && !d->args[1].value.empty() &&
                !sets(fields, "Connection"))
                report.add(d->span, "Upgrade is passed on without Connection, so no WebSocket comes about",
                           "add proxy_set_header Connection \"upgrade\";");
    }
}

constexpr Lint table[] = {
    {.code = "SL004",
     .name = "proxy-set-header-dropped",
     .summary = "a proxy_set_header of an inner level makes those of the outer level void",
     .explanation =
         R"(A level inherits the proxy_set_header directives of the level around it only if it has none of its
own. One line in a location is enough, and the backend no longer gets Host, X-Real-IP or whatever the server sets.

Wrong: the backend behind /ws gets no X-Real-IP.
    server {
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        location /ws {
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://app;
        }
    }

Right: all that the location needs stands in it.
        location /ws {
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://app;
        }
)",
     .find = find_proxy_set_header},
    {.code = "SL005",
     .name = "upgrade-without-connection",
     .summary = "the Upgrade field is passed on, the Connection field is not",
     .explanation =
         R"(A WebSocket starts with a request that carries both "Upgrade: websocket" and "Connection: upgrade".
Both belong to one connection only, so neither is passed on unless the conf says so, and one alone means nothing.

Wrong:
    proxy_set_header Upgrade $http_upgrade;

Right:
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";

Better, where other requests come to the same location:
    map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
    ...
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
)",
     .find = find_upgrade},
    {.code = "SL006",
     .name = "add-header-dropped",
     .summary = "an add_header of an inner level makes those of the outer level void",
     .explanation = R"(A level inherits the add_header directives of the level around it only if it has none of its own.
Security fields are lost that way without anybody noticing.

Wrong: answers of /static/ carry no X-Frame-Options.
    server {
        add_header X-Frame-Options SAMEORIGIN always;
        location /static/ {
            add_header Cache-Control "public";
        }
    }

Right: repeat what the location needs too.
        location /static/ {
            add_header X-Frame-Options SAMEORIGIN always;
            add_header Cache-Control "public";
        }

Right, in newer versions: let levels add to those around them.
    add_header_inherit merge;
)",
     .find = find_add_header},
};

}  // namespace

std::span<const Lint> rows::headers() { return table; }

}  // namespace sluice::advice
