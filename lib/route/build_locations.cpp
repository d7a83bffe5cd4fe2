// Locations::build(): checks what nginx checks, and sorts locations into levels.
#include <algorithm>
#include <map>
#include <optional>

#include "route/locations.hpp"

namespace sluice::route {

class Locations::Builder {
  public:
    using Kind = LocationSpec::Kind;
    using Wrong = LocationComplaint::Kind;

    Builder(Locations& out, std::span<const LocationSpec> specs, std::vector<LocationComplaint>& complaints)
        : out_(out), specs_(specs), complaints_(complaints), refused_(specs.size()), unreachable_(specs.size()) {
        out_.levels_.emplace_back();
        entries_.emplace_back();
        out_.nodes_.resize(specs.size());
    }

    void add(std::uint32_t index) {
        const LocationSpec& spec = specs_[index];
        out_.nodes_[index].preferred = spec.kind == Kind::preferred;
        out_.nodes_[index].auto_redirect = spec.auto_redirect;
        if (const auto wrong = misplaced(spec)) return refuse({*wrong, index, spec.parent});
        switch (spec.kind) {
            case Kind::named:
                return add_named(spec, index);
            case Kind::regex:
            case Kind::regex_caseless:
                return add_regex(spec, index);
            default:
                return add_static(spec, index);
        }
    }

    void finish() {
        for (std::size_t level = 0; level < entries_.size(); ++level) {
            if (entries_[level].empty()) continue;
            std::vector<PrefixTree::Entry> entries;
            for (const auto& [text, entry] : entries_[level]) entries.push_back({text, entry.exact, entry.prefix});
            out_.levels_[level].root = out_.tree_.add(std::move(entries));
        }
    }

  private:
    struct Pair {
        std::uint32_t exact = none, prefix = none;
    };

    static bool is_regex(Kind kind) { return kind == Kind::regex || kind == Kind::regex_caseless; }

    std::optional<Wrong> misplaced(const LocationSpec& spec) const {
        if (spec.parent == LocationSpec::no_parent) return std::nullopt;
        const LocationSpec& parent = specs_[spec.parent];
        if (refused_[spec.parent]) return unreachable_[spec.parent] ? Wrong::unreachable : Wrong::parent_refused;
        if (parent.kind == Kind::exact) return Wrong::in_exact;
        if (parent.kind == Kind::named) return Wrong::in_named;
        if (spec.kind == Kind::named) return Wrong::nested_name;
        if (is_regex(spec.kind)) return std::nullopt;
        if (!spec.text.starts_with(parent.text)) return Wrong::outside;  // the text of a regex, too
        return is_regex(parent.kind) ? std::optional(Wrong::unreachable) : std::nullopt;
    }

    void refuse(LocationComplaint complaint) {
        refused_[complaint.index] = true;
        unreachable_[complaint.index] = complaint.kind == Wrong::unreachable;
        complaints_.push_back(std::move(complaint));
    }

    std::uint32_t level_in(std::uint32_t parent) {
        if (parent == LocationSpec::no_parent) return 0;
        std::uint32_t& level = out_.nodes_[parent].level;
        if (level == none) {
            level = static_cast<std::uint32_t>(out_.levels_.size());
            out_.levels_.emplace_back();
            entries_.emplace_back();
        }
        return level;
    }

    void add_named(const LocationSpec& spec, std::uint32_t index) {
        const std::uint32_t first = out_.named_.insert(spec.text, TextHash::forward(spec.text), index);
        if (first != index) refuse({Wrong::duplicate, index, first});
    }

    void add_regex(const LocationSpec& spec, std::uint32_t index) {
        core::RegexOutcome outcome = core::Regex::compile(spec.text, {spec.kind == Kind::regex_caseless});
        if (!outcome) return refuse({Wrong::regex, index, LocationSpec::no_parent, std::move(outcome.error)});
        Node& node = out_.nodes_[index];
        node.holder = level_in(spec.parent);
        auto& patterns = out_.levels_[node.holder].patterns;
        node.pattern = static_cast<std::uint32_t>(patterns.size());
        patterns.push_back({std::move(*outcome.regex), index});
    }

    void add_static(const LocationSpec& spec, std::uint32_t index) {
        Pair& pair = entries_[level_in(spec.parent)][spec.text];
        std::uint32_t& place = spec.kind == Kind::exact ? pair.exact : pair.prefix;
        if (place != none) return refuse({Wrong::duplicate, index, place});
        place = index;
    }

    Locations& out_;
    std::span<const LocationSpec> specs_;
    std::vector<LocationComplaint>& complaints_;
    std::vector<bool> refused_, unreachable_;
    std::vector<std::map<std::string_view, Pair>> entries_;  // by level
};

Locations Locations::build(std::span<const LocationSpec> specs, std::vector<LocationComplaint>& complaints) {
    Locations out;
    Builder builder(out, specs, complaints);
    for (std::size_t i = 0; i < specs.size(); ++i) builder.add(static_cast<std::uint32_t>(i));
    builder.finish();
    return out;
}

}  // namespace sluice::route
