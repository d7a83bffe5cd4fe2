// Where files are looked for.
#include <climits>
#include <cstdlib>

#include "route/file_path.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

Value read_realpath_root(Scope& scope, const Variable&) {
    const auto path = path_in_root(scope, "");
    char real[PATH_MAX];
    return ::realpath(path.path.data(), real) ? Value{scope.arena.keep(real)} : Value::absent();
}

Value read_filename(Scope& scope, const Variable&) {
    const auto path = path_of_uri(scope);
    return path ? Value{path->path} : Value::absent();
}

constexpr VariableRow table[] = {
    {"document_root", [](Scope& s, const Variable&) { return Value{document_root(s)}; },
     "The folder of this location's files: its root or alias."},
    {"realpath_root", read_realpath_root, "$document_root without symbolic links; absent if there is no such folder."},
    {"request_filename", read_filename, "The file that $uri stands for, by root or alias."},
};

}  // namespace

std::span<const VariableRow> files() { return table; }

}  // namespace sluice::route::tables
