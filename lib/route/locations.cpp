#include "route/locations.hpp"

#include <algorithm>

namespace sluice::route {

/// One decision under way. The trace costs a null check where there is none.
class Locations::Search {
  public:
    Search(const Locations& in, std::string_view path, LocationChoice& out, LocationTrace* trace)
        : in_(in), path_(path), out_(out), trace_(trace) {}

    void run() {
        run_level(0);
        if (!trace_ || candidates_.empty()) return;
        const std::uint32_t last = candidates_.back();
        candidates_.pop_back();
        for (const std::uint32_t location : candidates_) note(location, Verdict::encloses, last);
        note(last, Verdict::chosen);
    }

  private:
    /// True if what was found is final: no level around needs to try its regexes.
    bool run_level(std::uint32_t level) {
        if (level == none) return false;
        const Level& here = in_.levels_[level];
        const std::size_t mark = candidates_.size();
        if (here.root != PrefixTree::none) {
            const PrefixTree::Found found = in_.tree_.find(here.root, path_, trace_ ? &passed_ : nullptr);
            if (found.equal && found.equal->exact != none) return end(here, found.equal->exact, Verdict::lost_to_exact);
            if (!found.equal && redirects(found.with_slash)) {
                out_.auto_redirect = true;
                return end(here, first_of(*found.with_slash), Verdict::lost_to_redirect);
            }
            if (found.prefix != none) {
                take(found.prefix);
                note_passed(found.prefix, Verdict::shorter);
                if (run_level(in_.nodes_[found.prefix].level))
                    return end_regexes(here, Verdict::lost_to_nested, out_.location);
                if (in_.nodes_[found.prefix].preferred)
                    return !end_regexes(here, Verdict::lost_to_preferred, found.prefix);
            }
        }
        return try_regexes(here, mark);
    }

    bool try_regexes(const Level& here, std::size_t mark) {
        for (std::size_t i = 0; i < here.patterns.size(); ++i) {
            const Pattern& pattern = here.patterns[i];
            const core::Match match = pattern.regex.match(path_, captures_);
            if (match == core::Match::limit) {
                // It might have matched: whoever comes next would get what is perhaps not his.
                out_.over_limit = pattern.location;
                note(pattern.location, Verdict::gave_up);
                return true;
            }
            if (match == core::Match::no) {
                note(pattern.location, Verdict::no_match);
                continue;
            }
            out_.hits.push_back({pattern.location, captures_});
            for (std::size_t c = mark; c < candidates_.size(); ++c)
                note(candidates_[c], Verdict::lost_to_regex, pattern.location);
            candidates_.resize(std::min(mark, candidates_.size()));
            for (std::size_t later = i + 1; later < here.patterns.size(); ++later)
                note(here.patterns[later].location, Verdict::lost_to_earlier, pattern.location);
            take(pattern.location);
            run_level(in_.nodes_[pattern.location].level);
            return true;
        }
        return false;
    }

    bool redirects(const PrefixTree::Node* node) const {
        const auto wants = [this](std::uint32_t location) {
            return location != none && in_.nodes_[location].auto_redirect;
        };
        return node && (wants(node->exact) || wants(node->prefix));
    }

    static std::uint32_t first_of(const PrefixTree::Node& node) {
        return node.exact != none ? node.exact : node.prefix;
    }

    void take(std::uint32_t location) {
        out_.location = location;
        if (trace_) candidates_.push_back(location);
    }

    bool end(const Level& here, std::uint32_t location, Verdict others) {
        take(location);
        note_passed(location, others);
        return end_regexes(here, others, location);
    }

    bool end_regexes(const Level& here, Verdict verdict, std::uint32_t by) {
        if (trace_)
            for (const Pattern& pattern : here.patterns) note(pattern.location, verdict, by);
        return true;
    }

    void note_passed(std::uint32_t winner, Verdict verdict) {
        for (const std::uint32_t location : passed_)
            if (location != winner) note(location, verdict, winner);
        passed_.clear();
    }

    void note(std::uint32_t location, Verdict verdict, std::uint32_t by = none) {
        if (trace_) trace_->steps.push_back({location, verdict, by});
    }

    const Locations& in_;
    const std::string_view path_;
    LocationChoice& out_;
    LocationTrace* const trace_;
    core::Captures captures_;
    std::vector<std::uint32_t> candidates_, passed_;  // filled for the trace only
};

void Locations::decide(std::string_view path, LocationChoice& out, LocationTrace* trace) const {
    out.clear();
    if (!levels_.empty()) Search(*this, path, out, trace).run();
}

const core::Regex* Locations::regex_of(std::uint32_t location) const {
    if (location >= nodes_.size() || nodes_[location].pattern == none) return nullptr;
    return &levels_[nodes_[location].holder].patterns[nodes_[location].pattern].regex;
}

std::string_view words_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::chosen:
            return "it serves the path";
        case Verdict::encloses:
            return "{} stands in it";
        case Verdict::shorter:
            return "its prefix is shorter than that of {}";
        case Verdict::no_match:
            return "its regex does not match";
        case Verdict::gave_up:
            return "its regex took too many steps and was given up";
        case Verdict::lost_to_regex:
            return "its prefix matches, but so does the regex of {}";
        case Verdict::lost_to_earlier:
            return "its regex was not tried: that of {} comes before it and matches";
        case Verdict::lost_to_exact:
            return "{} is for exactly this path";
        case Verdict::lost_to_preferred:
            return "its regex was not tried: {} says ^~";
        case Verdict::lost_to_nested:
            return "its regex was not tried: {}, further inside, settled it";
        case Verdict::lost_to_redirect:
            return "the path is that of {} without the last slash, which redirects";
    }
    return {};
}

}  // namespace sluice::route
