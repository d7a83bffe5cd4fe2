#include "route/variable_pairs.hpp"

namespace sluice::route {

namespace {

/// How often it leads to the folder above.
int ways_up(std::string_view path) {
    int out = 0;
    for (std::size_t from = 0; (from = path.find("..", from)) != path.npos; from += 2) {
        const bool begins = from == 0 || path[from - 1] == '/';
        if (begins && (from + 2 == path.size() || path[from + 2] == '/')) ++out;
    }
    return out;
}

/// What the conf itself writes with ".." is meant.
int meant_ways_up(const vars::Template& name) {
    int out = 0;
    for (const auto& part : name.parts())
        if (part.kind == vars::Part::Kind::literal) out += ways_up(part.text);
    return out;
}

bool name_of(Scope& scope, const std::string& folder, const vars::Template& name, tls::Item& out, std::string& problem) {
    const std::string_view value = scope.evaluate(name);
    out.text = value;
    if (value.empty() || value.starts_with("data:")) return true;
    if (leads_out(value, name)) {
        problem = "\"" + out.text.substr(0, out.text.find('\0')) + "\" leads out of its folder, or is no name";
        return false;
    }
    if (!value.starts_with('/')) out.text.insert(0, folder);
    return true;
}

}  // namespace

bool leads_out(std::string_view value, const vars::Template& name) {
    return value.find('\0') != value.npos || ways_up(value) > meant_ways_up(name);
}

std::optional<tls::Pair> pair_of(Scope& scope, const VariablePairs& all, const VariablePairs::Pair& pair, std::string& problem) {
    tls::Pair out;
    if (!name_of(scope, all.folder, pair.certificate, out.certificate, problem)) return std::nullopt;
    if (!name_of(scope, all.folder, pair.key, out.key, problem)) return std::nullopt;
    return out;
}

}  // namespace sluice::route
