// The list of all variables, and how one is found by its name.
#include <algorithm>
#include <array>
#include <vector>

#include "core/text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route {

namespace {

/// Names and families, each sorted by name.
struct Index {
    std::vector<const VariableRow*> names, families;

    Index() {
        for (const auto table : variable_tables())
            for (const VariableRow& row : table) (row.name.ends_with('_') ? families : names).push_back(&row);
        for (auto* rows : {&names, &families})
            std::ranges::sort(*rows, {}, [](const VariableRow* row) { return row->name; });
    }
};

const VariableRow* find_family(const std::vector<const VariableRow*>& families, std::string_view name) {
    const VariableRow* longest = nullptr;
    for (const VariableRow* row : families)
        if (name.starts_with(row->name) && (!longest || row->name.size() > longest->name.size())) longest = row;
    return longest;
}

}  // namespace

std::span<const std::span<const VariableRow>> variable_tables() {
    static const std::array all = {
        tables::request(), tables::files(),    tables::connection(), tables::proxy_protocol(), tables::answer(),
        tables::proxy(),   tables::upstream(), tables::time(),       tables::process(),
    };
    return all;
}

const VariableRow* find_variable(std::string_view name) {
    static const Index index;
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), core::lower);
    const auto row = std::ranges::lower_bound(index.names, std::string_view(lower), {},
                                              [](const VariableRow* r) { return r->name; });
    if (row != index.names.end() && (*row)->name == lower) return *row;
    return find_family(index.families, lower);
}

}  // namespace sluice::route
