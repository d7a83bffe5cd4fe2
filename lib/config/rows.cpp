// The one list of modules, and look-ups in it.
#include "config/rows.hpp"

#include <algorithm>
#include <array>

#include "config/tree.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

const std::array all_tables = {
    rows::process(), rows::events(),      rows::http(),      rows::connections(), rows::upstream(),
    rows::proxy(),   rows::proxy_cache(), rows::proxy_ssl(), rows::rewrite(),     rows::variables(),
    rows::log(),     rows::access(),      rows::headers(),   rows::content(),     rows::compression(),
    rows::ssl(),     rows::http2(),       rows::stream(),    rows::others(),
};

struct ByName {
    bool operator()(const Row* a, const Row* b) const { return a->name < b->name; }
    bool operator()(const Row* a, std::string_view b) const { return a->name < b; }
    bool operator()(std::string_view a, const Row* b) const { return a < b->name; }
};

const std::vector<const Row*>& index() {
    static const std::vector<const Row*> sorted = [] {
        std::vector<const Row*> out;
        for (const std::span<const Row> table : all_tables)
            for (const Row& row : table) out.push_back(&row);
        std::ranges::stable_sort(out, ByName{});
        return out;
    }();
    return sorted;
}

constexpr std::string_view context_names[in::count] = {
    "outside of all blocks",
    "events",
    "http",
    "server",
    "location",
    "upstream",
    "\"if\" in server",
    "\"if\" in location",
    "limit_except",
    "stream",
    "server in stream",
    "upstream in stream",
    "a list",
    "mail",
};

}  // namespace

std::span<const std::span<const Row>> tables() { return all_tables; }

std::span<const Row* const> find_rows(std::string_view name) {
    const auto [first, last] = std::equal_range(index().begin(), index().end(), name, ByName{});
    return {first, last};
}

const Row* find_row(std::string_view name, Contexts context) {
    for (const Row* row : find_rows(name))
        if (row->contexts & context) return row;
    return nullptr;
}

std::vector<std::string_view> names_in(Contexts context) {
    std::vector<std::string_view> out;
    for (const Row* row : index())
        if ((row->contexts & context) && (out.empty() || out.back() != row->name)) out.push_back(row->name);
    return out;
}

Support support_of(const Row& row, const Directive& directive) {
    const bool off = directive.args.size() == 1 && directive.args[0].value == "off" && row.standard == "off";
    return off && row.support == Support::later ? Support::without_effect : row.support;
}

std::string_view reason_of(const Row& row, const Directive& directive) {
    return support_of(row, directive) == row.support ? row.reason : "it is off without the directive, too";
}

std::string known_since(const Row& row) {
    return row.since.empty() ? std::string("nginx has it from its first years on") : "nginx has it since " + std::string(row.since);
}

std::string describe(Contexts contexts) {
    std::vector<std::string_view> names;
    for (unsigned i = 1; i < in::count; ++i)
        if (contexts & (1u << i)) names.push_back(context_names[i]);
    const std::string inside = names.empty() ? "" : "in " + list(names);
    if (!(contexts & in::main)) return inside;
    return concat({context_names[0], inside.empty() ? "" : " and ", inside});
}

std::string example_of(const Row& row) {
    const std::string_view args = row.example.empty() ? row.standard : row.example;
    return concat({row.name, args.empty() || row.args.most == 0 ? "" : " ", row.args.most == 0 ? "" : args,
                   row.block() ? " { ... }" : ";"});
}

}  // namespace sluice::config
