#include "route/variable_pairs.hpp"

namespace sluice::route {

namespace {

/// How often a path, or the part that begins one, leads to the folder above. In a part a name that ends it is not whole.
int ways_up(std::string_view text, bool whole) {
    int out = 0;
    for (std::size_t from = 0; (from = text.find("..", from)) != text.npos; from += 2) {
        const bool begins = from == 0 || text[from - 1] == '/';
        if (begins && (from + 2 == text.size() ? whole : text[from + 2] == '/')) ++out;
    }
    return out;
}

/// What the conf itself writes with ".." is meant, where no variable comes before it.
int meant_ways_up(const vars::Template& name) {
    const auto parts = name.parts();
    return parts.empty() || parts[0].kind != vars::Part::Kind::literal ? 0 : ways_up(parts[0].text, parts.size() == 1);
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
    return value.find('\0') != value.npos || ways_up(value, true) > meant_ways_up(name);
}

std::optional<tls::Pair> pair_of(Scope& scope, const VariablePairs& all, const VariablePairs::Pair& pair, std::string& problem) {
    tls::Pair out;
    if (!name_of(scope, all.folder, pair.certificate, out.certificate, problem)) return std::nullopt;
    if (!name_of(scope, all.folder, pair.key, out.key, problem)) return std::nullopt;
    return out;
}

}  // namespace sluice::route
