// Where files would be looked for.
#include <climits>
#include <cstdlib>

#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

/// nginx's default, which holds as long as no location serves files.
constexpr std::string_view folder = "html";

std::string_view root_and(Scope& scope, std::string_view rest) {
    const std::string& prefix = scope.snapshot.prefix;
    core::ArenaText out(scope.arena);
    out += prefix;
    if (!prefix.empty() && !prefix.ends_with('/')) out += "/";
    (out += folder) += rest;
    return out.view();
}

Value read_realpath_root(Scope& scope, const Variable&) {
    const auto path = root_and(scope, std::string_view("\0", 1));
    char real[PATH_MAX];
    return ::realpath(path.data(), real) ? Value{scope.arena.keep(real)} : Value::absent();
}

constexpr VariableRow table[] = {
    {"document_root", [](Scope& s, const Variable&) { return Value{root_and(s, "")}; },
     "The folder of this location's files."},
    {"realpath_root", read_realpath_root, "$document_root without symbolic links; absent if there is no such folder."},
    {"request_filename", [](Scope& s, const Variable&) { return Value{root_and(s, s.uri)}; },
     "The file that $uri stands for: $document_root and $uri."},
};

}  // namespace

std::span<const VariableRow> files() { return table; }

}  // namespace sluice::route::tables
