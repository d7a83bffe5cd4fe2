// set, map, geo, split_clients, and the named groups of regular expressions.
#include "compile/compiler.hpp"

namespace sluice::compile {

namespace {

/// "name" of each "(?<name>", "(?P<name>" and "(?'name'": known before anything that reads them is compiled.
template <class Take>
void groups_in(std::string_view pattern, Take take) {
    for (auto at = pattern.find("(?"); at != pattern.npos; at = pattern.find("(?", at + 2)) {
        auto rest = pattern.substr(at + 2);
        if (rest.starts_with('P')) rest.remove_prefix(1);
        if (rest.empty() || (rest[0] != '<' && rest[0] != '\'')) continue;
        const auto end = rest.find(rest[0] == '<' ? '>' : '\'', 1);
        if (end == rest.npos || rest[1] == '=' || rest[1] == '!') continue;
        take(rest.substr(1, end - 1));
    }
}

bool defines_by_block(std::string_view name) { return name == "map" || name == "geo" || name == "split_clients"; }

template <class T, class Build>
void add(Compiler& c, const Directive& d, std::vector<std::unique_ptr<T>>& list, Build build, route::Read read) {
    auto built = build(d, c.variables, c.diagnostics());
    if (!built || !c.may_define(d.args.back())) return;
    const auto number = c.variables.declare(built->variable());
    list.push_back(std::make_unique<T>(std::move(*built)));
    auto& variable = c.variables[number];
    variable.read = read;
    variable.source = list.back().get();
    if constexpr (requires { list.back()->is_volatile(); }) variable.is_volatile = list.back()->is_volatile();
}

}  // namespace

void Compiler::declare_variables(const std::vector<Directive>& block) {
    for (const auto& d : block) {
        const auto& name = d.name.value;
        const bool first_is_target = (name == "set" || name == "auth_request_set") && !d.args.empty();
        if (first_is_target || (defines_by_block(name) && !d.args.empty())) {
            const auto& target = first_is_target ? d.args.front().value : d.args.back().value;
            if (target.starts_with('$')) variables.declare(std::string_view(target).substr(1));
        }
        groups_in(name, [&](std::string_view group) { variables.declare(group); });
        for (const auto& arg : d.args) groups_in(arg.value, [&](std::string_view group) { variables.declare(group); });
        if (d.block) declare_variables(d.block->children);
    }
}

void Compiler::compile_variables(const std::vector<Directive>& http) {
    for (const auto& d : http) {
        if (d.name.value == "map") add(*this, d, snapshot.maps, vars::build_map, route::read_map);
        if (d.name.value == "geo") add(*this, d, snapshot.geos, vars::build_geo, route::read_geo);
        if (d.name.value == "split_clients") add(*this, d, snapshot.splits, vars::build_split, route::read_split);
    }
}

}  // namespace sluice::compile
