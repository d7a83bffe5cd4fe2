#include "core/system_text.hpp"
#include "route/file_path.hpp"
#include "route/find_file.hpp"

namespace sluice::route {

namespace {

using Place = FileSettings::Place;

std::string_view keep(Scope& scope, const std::string& text) { return scope.arena.keep(text); }

/// With an alias, nginx takes the location's own text off a value that has variables: $uri begins with it.
std::string_view without_location(const Scope& scope, std::string_view value, bool constant) {
    const auto& files = scope.settings().files;
    if (constant || files.place != Place::alias) return value;
    const auto text = scope.uri.substr(0, files.replaced);
    if (!text.empty() && value.starts_with(text)) value.remove_prefix(text.size());
    return value;
}

/// $uri becomes the name of the file that was found. A peer is still asked for what the client wrote, as in nginx.
void take(Scope& scope, std::string_view behind_root, bool folder) {
    const auto& files = scope.settings().files;
    if (files.place == Place::root) {
        scope.uri = behind_root;
    } else if (files.place == Place::alias_of_regex) {
        if (folder) return;
        scope.uri = behind_root;
        scope.uri_behind_alias = true;
    } else {
        core::ArenaText uri(scope.arena);
        (uri += scope.uri.substr(0, files.replaced)) += behind_root;
        scope.uri = uri.view();
    }
}

/// Whether a look failed for another reason than that there is nothing.
bool is_worth_a_line(int error) {
    return error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG && error != EACCES;
}

}  // namespace

std::optional<Decision> try_files(Scope& scope, FileAnswer& told, Trace* trace) {
    if (!scope.route->try_files) return std::nullopt;
    const TryFiles& tries = *scope.route->try_files;
    if (!behind_root(scope)) {
        told.level = exchange::Level::alert;
        told.log = "\"alias\" cannot be used in a location whose URI was rewritten";
        return Decision{Decision::Kind::refuse, 500, {}, "the alias does not fit the rewritten URI", tries.where};
    }
    for (const auto& entry : tries.entries) {
        const auto value = without_location(scope, scope.evaluate(entry.path), entry.constant);
        const auto path = path_in_root(scope, value);
        if (path.leaves && !entry.constant) {
            told.log = keep(scope, "\"" + std::string(path.path) + "\" leads out of the root, and is not tried");
            continue;
        }
        const auto found = find_at(scope, path.path, false);
        const auto wanted = entry.folder ? files::Info::Kind::folder : files::Info::Kind::file;
        // As in nginx, all that is no folder is a file here.
        const bool is_it =
            found.error() == 0 && (found.is(files::Info::Kind::folder) == (wanted == files::Info::Kind::folder));
        if (found.error() != 0 && is_worth_a_line(found.error())) {
            told.level = exchange::Level::crit;
            told.log = keep(scope, core::failed(found.call(), path.path, found.error()));
        }
        if (trace)
            trace->add(tries.where, "try_files: " + std::string(path.path) + (entry.folder ? "/" : "") +
                                        (is_it ? " is there" : " is not there"));
        if (!is_it) continue;
        take(scope, path.behind_root(), entry.folder);
        return std::nullopt;
    }
    if (tries.status) return Decision{Decision::Kind::refuse, tries.status, {}, "", tries.where};
    const auto otherwise = without_location(scope, scope.evaluate(tries.otherwise), tries.otherwise_constant);
    if (otherwise.starts_with('@')) return go_to_named(scope, otherwise, trace);
    return redirect_within(scope, otherwise, trace);
}

}  // namespace sluice::route
