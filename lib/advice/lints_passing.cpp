// proxy_pass: which path a backend gets, and whether its name can be looked up.
#include <algorithm>

#include "advice/lint_rows.hpp"
#include "advice/location.hpp"
#include "advice/target.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

std::string without_slash(std::string path) {
    if (path.ends_with('/')) path.pop_back();
    return path;
}

std::string with_slash(std::string path) { return path.ends_with('/') ? path : path + '/'; }

/// What "rewrite ... break" has written is passed on as it is, whatever path the URL has.
bool rewrites_for_good(const Level& level) {
    return std::ranges::any_of(own(level, "rewrite"), [](const Directive* d) { return d->args.size() > 2 && d->args[2].value == "break"; });
}

/// The location's path is replaced by the proxy_pass's, letter by letter.
void find_slash(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::location)) {
        const std::optional<Location> location = location_of(*level);
        const Directive* pass = first_own(*level, "proxy_pass");
        if (!location || !location->is_prefix() || !pass || pass->args.empty()) continue;
        const config::Word& url = pass->args[0];
        const Target target = parse_target(url.value);
        if (target.scheme.empty() || rewrites_for_good(*level)) continue;
        if (target.path.empty() || has_variable(url.value) || target.path.find('?') != std::string::npos) continue;
        const bool open = !location->path.ends_with('/');
        const bool closed = target.path.ends_with('/');
        if (open != closed) continue;
        const std::string base = without_slash(location->path);
        const std::string request = base + "/users";
        const std::string got = target.path + request.substr(location->path.size());
        const std::string meant = without_slash(target.path) + "/users";
        config::Diagnostic& d = report.add(
            url.span, concat({"a request for ", request, " gets to the backend as ", got, ", not as ", meant}));
        d.help = open ? concat({"write location ", with_slash(location->path), " (it still answers ", location->path,
                                ", with a redirect)"})
                      : concat({"end the URL with a slash: ", url.value, "/"});
        d.notes.push_back(
            {"the location's path is cut off here, and the URL's path put in its place", location->word->span});
    }
}

/// With variables in it the URL is taken as it is: nothing of the request's path is added.
void find_fixed_path(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::location)) {
        const std::optional<Location> location = location_of(*level);
        const Directive* pass = first_own(*level, "proxy_pass");
        if (!location || location->kind == Location::Kind::exact || !pass || pass->args.empty()) continue;
        if (first_own(*level, "internal") || first_own(*level, "rewrite")) continue;
        const config::Word& url = pass->args[0];
        const Target target = parse_target(url.value);
        if (!has_variable(target.host) || target.path.empty() || has_variable(target.path)) continue;
        const std::string host = concat({target.scheme, "://", target.host});
        const bool replaces = location->kind == Location::Kind::prefix && target.path == "/" && location->path != "/";
        report.add(url.span,
                   concat({"every request here gets to the backend as ", target.path, ", whatever its path is"}),
                   replaces ? concat({"to pass the path on, leave out the slash: ", host, "; to cut off ",
                                      location->path, ", change it by rewrite before"})
                            : concat({"to pass the path on: ", host,
                                      target.path == "/" ? "" : without_slash(target.path) + "$request_uri"}));
    }
}

struct Names {
    const std::set<std::string, std::less<>>& groups;
    bool is_known(std::string_view host) const { return groups.contains(host) || is_address(host) || host.empty(); }
};

/// What has to be looked up while running: a name, or "" if nothing, or the text itself if its values are unknown.
std::string looked_up(const std::string& url, const Variables& variables, const Names& names) {
    const std::string host = parse_target(url).host;
    const auto values = variables.values_of(host);
    if (!values) return host;
    for (const std::string& value : *values)
        if (const std::string name = parse_target(value).host; !names.is_known(name)) return name;
    return "";
}

void find_no_resolver(const View& view, Report& report) {
    const Variables variables(view);
    const auto groups = group_names(view);
    for (const Level* level : view.levels(config::in::location | config::in::location_if | config::in::limit_except)) {
        for (const Directive* pass : own(*level, "proxy_pass")) {
            if (pass->args.empty() || !has_variable(pass->args[0].value) || nearest_with(level, "resolver")) continue;
            const config::Word& url = pass->args[0];
            const std::string name = looked_up(url.value, variables, {groups});
            if (name.empty()) continue;
            report.add(
                url.span,
                concat({in_quotes(name),
                        " is looked up for each request, because the URL has a variable, but there is no resolver"}),
                "name a DNS server, as in resolver 127.0.0.53; or make the name an upstream");
        }
    }
}

constexpr Lint table[] = {
    {.code = "SL001",
     .name = "proxy-pass-slash",
     .summary = "proxy_pass and its location do not both end with a slash",
     .explanation = R"(If the URL of proxy_pass has a path, even if only "/", that path takes the place of the
location's path, letter by letter. When one of the two ends with a slash and the other does not, the slash
between the parts comes twice or not at all.

Wrong: /api/users becomes //users, and /apixyz is passed on too.
    location /api {
        proxy_pass http://backend/;
    }

Wrong: /api/users becomes /v1users.
    location /api/ {
        proxy_pass http://backend/v1;
    }

Right: both end with a slash; /api/users becomes /users. A request for /api is answered with a redirect to /api/.
    location /api/ {
        proxy_pass http://backend/;
    }

Right too: no path at all, so /api/users stays /api/users.
    location /api {
        proxy_pass http://backend;
    }
)",
     .find = find_slash},
    {.code = "SL002",
     .name = "proxy-pass-fixed-path",
     .summary = "proxy_pass with a variable in its host sends every request to one path",
     .explanation = R"(A URL with variables is passed on as it stands: its path is not put in the place of the
location's path, it is the whole path. With "/" at its end every request arrives at the backend as "/".

Wrong: /api/users arrives as /.
    location /api/ {
        proxy_pass http://$backend/;
    }

Right: without a path, the request's own is passed on.
    location /api/ {
        proxy_pass http://$backend;
    }

Right: with a part of the path cut off.
    location /api/ {
        rewrite ^/api/(.*)$ /$1 break;
        proxy_pass http://$backend;
    }
)",
     .find = find_fixed_path},
    {.code = "SL003",
     .name = "proxy-pass-no-resolver",
     .summary = "proxy_pass with variables needs names looked up while running, and there is no resolver",
     .explanation = R"(Names in a URL without variables are looked up once, at the start. With a variable anywhere in
the URL the name is known only when a request comes, and then a DNS server has to be asked: without "resolver" such a
request is answered with 502. Addresses and names of upstream groups need no look-up.

Wrong:
    location / {
        proxy_pass http://$tenant.internal:8080;
    }

Right:
    resolver 127.0.0.53 valid=30s;
    location / {
        proxy_pass http://$tenant.internal:8080;
    }

Right: every value is a group.
    map $cookie_beta $pool { default stable; 1 canary; }
    upstream stable { server 10.0.0.1:8080; }
    upstream canary { server 10.0.0.2:8080; }
    ...
    location / {
        proxy_pass http://$pool;
    }
)",
     .needs_whole = true,
     .find = find_no_resolver},
};

}  // namespace

std::span<const Lint> rows::passing() { return table; }

}  // namespace sluice::advice
