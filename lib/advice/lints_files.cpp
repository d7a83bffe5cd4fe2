// Files: alias and root.
#include <algorithm>

#include "advice/lint_rows.hpp"
#include "advice/location.hpp"
#include "advice/target.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;

struct Alias {
    Location location;
    const Directive* directive;
    const std::string& folder() const { return directive->args[0].value; }
};

std::vector<Alias> aliases_of_prefixes(const View& view) {
    std::vector<Alias> out;
    for (const Level* level : view.levels(config::in::location)) {
        const std::optional<Location> location = location_of(*level);
        const Directive* alias = first_own(*level, "alias");
        if (location && location->is_prefix() && alias && !alias->args.empty()) out.push_back({*location, alias});
    }
    return out;
}

void find_traversal(const View& view, Report& report) {
    for (const Alias& alias : aliases_of_prefixes(view)) {
        const std::string& path = alias.location.path;
        if (path.ends_with('/') || !alias.folder().ends_with('/')) continue;
        config::Diagnostic& d = report.add(
            alias.location.word->span, concat({"a request for ", path, "../ gets out of the folder ", alias.folder()}),
            concat({"write location ", path, "/"}));
        d.notes.push_back({"what follows the location's path is put behind this", alias.directive->args[0].span});
    }
}

void find_alias_slash(const View& view, Report& report) {
    for (const Alias& alias : aliases_of_prefixes(view)) {
        const std::string& path = alias.location.path;
        if (!path.ends_with('/') || alias.folder().ends_with('/') || has_variable(alias.folder())) continue;
        report.add(alias.directive->args[0].span,
                   concat({"a request for ", path, "a.png looks for the file ", alias.folder(), "a.png"}),
                   concat({"end the folder with a slash, like the location: ", alias.folder(), "/"}));
    }
}

/// Whether requests of this location are answered from files.
bool serves_files(const Level& level) {
    constexpr std::string_view others[] = {"return", "rewrite", "alias",  "root", "stub_status", "empty_gif",
                                           "if",     "deny",    "mirror", "flv",  "location"};
    return std::ranges::none_of(*level.directives, [&](const Directive& d) {
        return is_pass(d.name.value) || std::ranges::find(others, d.name.value) != std::end(others);
    });
}

void find_lonely_root(const View& view, Report& report) {
    for (const Level* site : view.levels(config::in::server)) {
        if (nearest_with(site, "root")) continue;
        const std::vector<Location> locations = locations_in(*site);
        const auto with_root = std::ranges::find_if(
            locations, [](const Location& l) { return l.is_prefix() && l.path == "/" && first_own(*l.level, "root"); });
        if (with_root == locations.end()) continue;
        const Directive* root = first_own(*with_root->level, "root");
        for (const Location& location : locations) {
            if (location.kind == Location::Kind::named || !serves_files(*location.level)) continue;
            config::Diagnostic& d =
                report.add(location.level->block->span,
                           "the files of this location come from the folder \"html\", for no root holds here",
                           "move root from location / to the server around it");
            d.notes.push_back({"this root holds for location / only", root->span});
        }
    }
}

constexpr Lint table[] = {
    {.code = "SL007",
     .name = "alias-traversal",
     .summary = "alias with a slash at its end in a location without one lets clients out of the folder",
     .explanation =
         R"(What follows the location's path is put behind the folder as it is. If the location has no slash at
its end and the folder has one, a request for /files../secret becomes /srv/files/../secret: everything beside the
folder can be fetched.

Wrong:
    location /files {
        alias /srv/files/;
    }

Right: both with a slash.
    location /files/ {
        alias /srv/files/;
    }
)",
     .find = find_traversal},
    {.code = "SL008",
     .name = "alias-slash",
     .summary = "alias without a slash at its end in a location with one glues names together",
     .explanation =
         R"(What follows the location's path is put behind the folder as it is. Without a slash at the folder's
end there is none between folder and file.

Wrong: /images/a.png looks for /srv/picturesa.png.
    location /images/ {
        alias /srv/pictures;
    }

Right:
    location /images/ {
        alias /srv/pictures/;
    }
)",
     .find = find_alias_slash},
    {.code = "SL009",
     .name = "root-in-one-location",
     .summary = "root stands in location / only, and other locations serve files too",
     .explanation = R"(Locations do not inherit from location /, only from the server around them. Where root stands in
location / alone, every other location falls back to the folder "html".

Wrong: pictures are looked for in html.
    server {
        location / {
            root /srv/www;
        }
        location ~ \.png$ {
            expires 30d;
        }
    }

Right:
    server {
        root /srv/www;
        location / {
        }
        location ~ \.png$ {
            expires 30d;
        }
    }
)",
     .needs_whole = true,
     .find = find_lonely_root},
};

}  // namespace

std::span<const Lint> rows::files() { return table; }

}  // namespace sluice::advice
