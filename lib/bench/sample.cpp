#include "bench/sample.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t longest = 512, deepest = 50, most_repeats = 64;

/// One text out of a pattern. `extra`: how often more than needed something is repeated; `branch`: which alternative.
class Sampler {
  public:
    Sampler(std::string_view pattern, unsigned extra, unsigned branch) : p_(pattern), extra_(extra), branch_(branch) {}

    std::string run() {
        std::string out = alternatives(0);
        return out.substr(0, longest);
    }

  private:
    bool at_end() const { return i_ >= p_.size(); }
    char peek() const { return at_end() ? '\0' : p_[i_]; }

    /// To the end, or to the ")" of a group, which stays.
    std::string alternatives(std::size_t depth) {
        std::vector<std::string> all{""};
        while (!at_end() && peek() != ')') {
            if (peek() == '|') {
                ++i_;
                all.emplace_back();
                continue;
            }
            all.back() += repeated(depth);
            if (all.back().size() > longest) all.back().resize(longest);
        }
        return all[std::min<std::size_t>(branch_, all.size() - 1)];
    }

    std::string repeated(std::size_t depth) {
        const std::string one = atom(depth);
        std::size_t least = 1;
        bool more = false;
        if (peek() == '?' || peek() == '*') {
            least = 0;
            more = true;
            ++i_;
        } else if (peek() == '+') {
            more = true;
            ++i_;
        } else if (peek() == '{' && i_ + 1 < p_.size() && core::is_digit(p_[i_ + 1])) {
            const auto end = std::min(p_.find('}', i_), p_.size());
            const auto inside = p_.substr(i_ + 1, end - i_ - 1);
            least = core::parse_number<std::size_t>(inside.substr(0, inside.find(','))).value_or(1);
            more = inside.find(',') != inside.npos;
            i_ = std::min(end + 1, p_.size());
        }
        if (peek() == '?' || peek() == '+') ++i_;  // lazy, possessive
        std::string out;
        for (std::size_t n = std::min(least + (more ? extra_ : 0), most_repeats); n > 0 && out.size() < longest; --n)
            out += one;
        return out;
    }

    std::string atom(std::size_t depth) {
        const char c = p_[i_++];
        switch (c) {
            case '^':
            case '$':
                return "";
            case '.':
                return "x";
            case '[':
                return set();
            case '(':
                return depth > deepest ? "" : group(depth);
            case '\\':
                return escape();
            default:
                return {c};
        }
    }

    std::string group(std::size_t depth) {
        bool counts = true;
        if (peek() == '?') {
            ++i_;
            const auto rest = p_.substr(i_);
            if (rest.starts_with("=") || rest.starts_with("!") || rest.starts_with("<=") || rest.starts_with("<!"))
                counts = false;
            if (counts && (rest.starts_with("<") || rest.starts_with("P<") || rest.starts_with("'")))
                i_ = std::min(p_.find_first_of(">'", i_ + 2), p_.size()) + 1;
            else
                while (!at_end() && peek() != ':' && peek() != ')') ++i_;
            if (peek() == ':') ++i_;
        }
        i_ = std::min(i_, p_.size());
        const std::string inside = alternatives(depth + 1);
        if (!at_end()) ++i_;
        return counts ? inside : "";
    }

    std::string escape() {
        if (at_end()) return "";
        const char c = p_[i_++];
        switch (c) {
            case 'd':
                return "7";
            case 'w':
            case 'S':
            case 'D':
                return "x";
            case 'W':
                return "-";
            case 's':
                return " ";
            case 'b':
            case 'B':
            case 'A':
            case 'z':
            case 'Z':
                return "";
            default:
                return {c};
        }
    }

    /// A character of "[...]": one that is plain in a URL, if the set has it.
    std::string set() {
        const bool inverted = peek() == '^';
        if (inverted) ++i_;
        std::string members;
        for (bool first = true; !at_end() && (first || peek() != ']'); first = false) {
            char from = p_[i_++];
            if (from == '[' && peek() == ':') {
                const auto end = p_.find(":]", i_);
                const auto name = p_.substr(i_ + 1, end == p_.npos ? 0 : end - i_ - 1);
                members += name == "digit" || name == "xdigit" ? "0123456789"
                           : name == "space"                   ? " "
                           : name == "punct"                   ? "-."
                                                               : "abcdefghijklmnopqrstuvwxyz";
                i_ = end == p_.npos ? p_.size() : end + 2;
                continue;
            }
            if (from == '\\') {
                const std::string escaped = escape();
                if (escaped.empty()) continue;
                from = escaped[0];
                if (p_[i_ - 1] == 'd') members += "0123456789";
                if (p_[i_ - 1] == 'w') members += "abcdefghijklmnopqrstuvwxyz0123456789_";
            }
            if (peek() == '-' && i_ + 1 < p_.size() && p_[i_ + 1] != ']') {
                const char to = p_[i_ + 1];
                i_ += 2;
                for (int c = static_cast<unsigned char>(from); c <= static_cast<unsigned char>(to); ++c)
                    members += static_cast<char>(c);
            } else
                members += from;
        }
        if (!at_end()) ++i_;
        for (const char c : std::string_view("xa7bA-_./~0123456789abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            if ((members.find(c) != members.npos) != inverted) return {c};
        return members.empty() || inverted ? "" : std::string{members[0]};
    }

    std::string_view p_;
    std::size_t i_ = 0;
    unsigned extra_, branch_;
};

}  // namespace

std::vector<std::string> samples_of_regex(std::string_view pattern) {
    std::vector<std::string> out;
    for (const unsigned branch : {0u, 1u, 2u})
        for (const unsigned extra : {0u, 1u, 3u}) {
            std::string sample = Sampler(pattern, extra, branch).run();
            if (std::ranges::find(out, sample) == out.end()) out.push_back(std::move(sample));
        }
    return out;
}

}  // namespace sluice::bench
