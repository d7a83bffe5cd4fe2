#include "config/sound.hpp"

#include <algorithm>

namespace sluice::config {

namespace {

/// The parser has put in what was missing, and what follows is read as it was meant.
constexpr std::string_view mended_by_parser = "missing-semicolon";

/// Told by the check of the tree, not by reading the text.
constexpr std::string_view told_of_tree[] = {"arguments", "block", "condition", "duplicate", "entry", "misplaced", "never",
                                             "unknown-directive", "value", "variable", mended_by_parser};

constexpr std::string_view named_by_others[] = {"upstream", "map", "geo", "split_clients", "log_format", "server", "http", "location"};

class Sieve {
  public:
    explicit Sieve(const Conf& conf) {
        for (const auto& d : conf.diagnostics.all())
            if (d.severity == Severity::error) wrong_.push_back(d.span);
    }

    std::vector<Directive> run(const std::vector<Directive>& list) {
        std::vector<Directive> out;
        for (const auto& d : list) {
            if (is_wrong(d)) {
                lost_names_ |= names_something(d.name.value);
                continue;
            }
            auto& kept = out.emplace_back(d);
            if (d.block) kept.block->children = run(d.block->children);
        }
        return out;
    }

    bool lost_names() const { return lost_names_; }

  private:
    bool is_wrong(const Directive& d) const {
        return std::ranges::any_of(wrong_, [&](Span s) { return s.source == d.span.source && s.offset <= d.span.end() && s.end() >= d.span.offset; });
    }

    static bool names_something(std::string_view name) {
        return std::ranges::find(named_by_others, name) != std::end(named_by_others) || name.ends_with("_zone") || name.ends_with("_path");
    }

    std::vector<Span> wrong_;
    bool lost_names_ = false;
};

}  // namespace

std::optional<SoundPart> sound_part(const Conf& conf) {
    const bool only_tree = std::ranges::all_of(conf.diagnostics.all(), [](const Diagnostic& d) {
        return d.severity != Severity::error || (d.span.known() && std::ranges::find(told_of_tree, d.code) != std::end(told_of_tree));
    });
    if (!only_tree || conf.diagnostics.full()) return std::nullopt;
    Sieve sieve(conf);
    SoundPart out{sieve.run(conf.directives), false};
    out.lost_names = sieve.lost_names();
    return out;
}

}  // namespace sluice::config
