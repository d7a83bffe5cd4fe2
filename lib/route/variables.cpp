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
        tables::proxy(),   tables::upstream(), tables::time(),       tables::process(), tables::tls(),
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

bool is_plain(const VariableRow& row) {
    // Only those worth knowing it of: usual values of fields towards a peer and in answers.
    static constexpr std::string_view plain[] = {"authority", "connection", "host",       "http_",       "https",       "proxy_add_x_forwarded_for",
                                                 "proxy_host", "proxy_port", "remote_addr", "remote_port", "request_id", "request_method",
                                                 "request_time", "scheme", "server_addr", "server_name", "server_port", "status"};
    return std::ranges::find(plain, row.name) != std::end(plain);
}

}  // namespace sluice::route
