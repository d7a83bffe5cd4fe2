#include "route/file_path.hpp"
#include "route/escape.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::route {

namespace {

using Place = FileSettings::Place;

FilePath join(Scope& scope, std::string_view root, std::string_view rest) {
    char* const out = scope.arena.allocate(root.size() + rest.size() + 1);
    if (!root.empty()) std::memcpy(out, root.data(), root.size());
    if (!rest.empty()) std::memcpy(out + root.size(), rest.data(), rest.size());
    out[root.size() + rest.size()] = '\0';
    return {{out, root.size() + rest.size()}, root.size(), false};
}

/// Whether ".." is a segment.
bool has_dots(std::string_view path) {
    for (auto at = path.find(".."); at != path.npos; at = path.find("..", at + 1)) {
        const bool begins = at == 0 || path[at - 1] == '/';
        if (begins && (at + 2 == path.size() || path[at + 2] == '/')) return true;
    }
    return false;
}

/// The conf itself says "..".
bool has_dots(const vars::Template& root) {
    return std::ranges::any_of(root.parts(),
                               [](const vars::Part& part) { return has_dots(std::string_view(part.text)); });
}

}  // namespace

std::string_view document_root(Scope& scope) {
    const auto& root = scope.settings().files.root;
    const auto text = scope.evaluate(root);
    if (text.starts_with('/') || root.is_constant()) return text;
    core::ArenaText out(scope.arena);
    (out += scope.snapshot.prefix) += text;
    return out.view();
}

std::optional<std::string_view> behind_root(const Scope& scope) {
    const auto& files = scope.settings().files;
    if (files.place == Place::root) return scope.uri;
    if (!scope.at_location) return std::nullopt;
    if (files.place == Place::alias_of_regex) return scope.uri_behind_alias ? scope.uri : std::string_view{};
    return scope.uri.substr(std::min<std::size_t>(files.replaced, scope.uri.size()));
}

FilePath path_in_root(Scope& scope, std::string_view rest) {
    auto out = join(scope, document_root(scope), rest);
    const auto& root = scope.settings().files.root;
    out.leaves = leaves_root(out.path, out.root) ||
                 (!root.is_constant() && !has_dots(root) && has_dots(out.path.substr(0, out.root)));
    return out;
}

std::optional<FilePath> path_of_uri(Scope& scope) {
    const auto rest = behind_root(scope);
    if (!rest) return std::nullopt;
    return path_in_root(scope, *rest);
}

std::string_view content_type(Scope& scope) {
    // What a peer said of an answer that it left to us.
    if (scope.carried)
        if (const auto* told = http::find(*scope.carried, http::FieldId::content_type)) return told->value;
    const auto& types = scope.settings().files.types;
    const auto type = types ? types->of_ending(ending_of(scope.uri)) : std::string_view{};
    return type.empty() ? escape(scope.settings().default_type, Escape::line, scope.arena) : type;
}

bool leaves_root(std::string_view path, std::size_t root) {
    if (path.find('\0') != path.npos) return true;
    std::size_t at = root;
    if (root > 0 && path[root - 1] != '/') {
        // The root's last segment goes on in the rest, as with alias /srv/a and "b/c" behind it.
        const auto start = path.rfind('/', root - 1) + 1;
        at = std::min(path.find('/', root), path.size());
        if (at > root && path.substr(start, at - start) == "..") return true;
    }
    int depth = 0;
    while (at < path.size()) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto segment = path.substr(at, end - at);
        if (segment == "..") {
            if (--depth < 0) return true;
        } else if (!segment.empty() && segment != ".") {
            ++depth;
        }
        at = end + 1;
    }
    return false;
}

files::Walk walk_of(Scope& scope, std::string_view path) {
    const auto& files = scope.settings().files;
    if (files.links == files::LinkRule::any) return {};
    const auto trusted = scope.evaluate(files.trusted);
    if (trusted.empty() || !path.starts_with(trusted)) return {files.links, 0};
    if (trusted.size() == path.size()) return {};
    if (path[trusted.size()] == '/') return {files.links, trusted.size()};
    return {files.links, trusted.ends_with('/') ? trusted.size() - 1 : 0};
}

files::Found find_at(Scope& scope, std::string_view path, bool open) {
    const auto& files = scope.settings().files;
    const auto walk = walk_of(scope, path);
    if (files.cache < scope.file_caches.size()) {
        const files::CacheUse use{files.cache_valid, files.cache_min_uses, files.cache_errors};
        return scope.file_caches[files.cache]->open(path, walk, use, scope.tools.clock.now());
    }
    return files::Found(open ? files::open_file(path.data(), walk) : files::look_at(path.data(), walk));
}

}  // namespace sluice::route
