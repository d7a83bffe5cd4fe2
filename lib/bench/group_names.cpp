#include "bench/group_names.hpp"

#include <algorithm>

namespace sluice::bench {

namespace {

using config::Directive;

constexpr unsigned deepest = 8;

bool makes_variable(const Directive& d) {
    const std::string& name = d.name.value;
    return (name == "map" || name == "geo" || name == "split_clients") && d.block && !d.args.empty();
}

/// "$name" of each "(?<name>", "(?P<name>" and "(?'name'".
void add_groups_of_regex(std::string_view pattern, std::set<std::string>& out) {
    for (auto at = pattern.find("(?"); at != pattern.npos; at = pattern.find("(?", at + 2)) {
        auto rest = pattern.substr(at + 2);
        if (rest.starts_with('P')) rest.remove_prefix(1);
        if (!rest.starts_with('<') && !rest.starts_with('\'')) continue;
        const auto end = rest.find_first_of(">'", 1);
        if (end != rest.npos) out.insert('$' + std::string(rest.substr(1, end - 1)));
    }
}

void add_written(const std::vector<Directive>& block, std::set<std::string>& out) {
    for (const Directive& d : block) {
        const std::string& name = d.name.value;
        if ((name == "set" || name.ends_with("_set")) && !d.args.empty()) out.insert(d.args[0].value);
        add_groups_of_regex(name, out);
        for (const auto& word : d.args) add_groups_of_regex(word.value, out);
        if (d.block) add_written(d.block->children, out);
    }
}

}  // namespace

GroupNames::GroupNames(const config::Conf& conf) : conf_(conf) {
    const auto http =
        std::ranges::find_if(conf_.directives, [](const Directive& d) { return d.name.value == "http" && d.block; });
    if (http == conf_.directives.end()) return;
    http_ = &*http;
    for (const Directive& d : http_->block->children)
        if (d.name.value == "upstream" && !d.args.empty()) groups_.insert(d.args[0].value);
    add_written(http_->block->children, written_);
}

bool GroupNames::come_of(std::string_view variable, unsigned depth) const {
    if (!http_ || depth > deepest || !variable.starts_with('$') || written_.contains(std::string(variable)))
        return false;
    bool found = false;
    for (const Directive& d : http_->block->children) {
        if (!makes_variable(d) || d.args.back().value != variable) continue;
        found = true;
        for (const Directive& entry : d.block->children)
            if (entry.name.value != "include" && !entry.args.empty() && !has(entry.args[0].value) &&
                !come_of(entry.args[0].value, depth + 1))
                return false;
    }
    return found;
}

}  // namespace sluice::bench
