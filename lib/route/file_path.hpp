// From a URI to a file: root and alias.
#pragma once

#include <optional>

#include "route/scope.hpp"

namespace sluice::route {

/// A path in the scope's arena, with a NUL behind the view.
struct FilePath {
    std::string_view path;
    std::size_t root = 0;  // bytes of it that root or alias made
    bool leaves = false;   // "..", from the request and not from the conf, leads out of the root

    std::string_view behind_root() const { return path.substr(root); }
};

/// $document_root: the folder of root or alias, with its variables.
std::string_view document_root(Scope& scope);

/// What of $uri goes behind the root; nullopt: a rewrite has left the location whose text the alias stands for.
std::optional<std::string_view> behind_root(const Scope& scope);

/// The root with `rest` behind it.
FilePath path_in_root(Scope& scope, std::string_view rest);

/// The file of $uri; nullopt as for behind_root().
std::optional<FilePath> path_of_uri(Scope& scope);

/// By the ending of $uri, or default_type; "": none.
std::string_view content_type(Scope& scope);

/// Whether a path, of which the first `root` bytes are taken for granted, gets out of them by "..", or is none at all.
bool leaves_root(std::string_view path, std::size_t root);

/// By the location's disable_symlinks.
files::Walk walk_of(Scope& scope, std::string_view path);

/// Looks at a path, by way of the location's open_file_cache if it has one. `open`: a file is opened.
files::Found find_at(Scope& scope, std::string_view path, bool open);

}  // namespace sluice::route
