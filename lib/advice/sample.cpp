// A text that a regular expression matches: first alternatives, shortest repetitions.
#include "advice/location.hpp"
#include "core/text.hpp"

namespace sluice::advice {

namespace {

constexpr unsigned deepest = 50;
constexpr unsigned most_repeats = 40;

class Sampler {
  public:
    explicit Sampler(std::string_view regex) : rest_(regex) {}

    std::optional<std::string> all() {
        std::string out = alternatives();
        if (!rest_.empty()) known_ = false;
        return known_ ? std::optional(std::move(out)) : std::nullopt;
    }

  private:
    /// The first of several; reads over the others.
    std::string alternatives() {
        std::string first = sequence();
        while (take('|')) sequence();
        return first;
    }

    std::string sequence() {
        std::string out;
        while (known_ && !rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
            const std::string part = atom();
            for (unsigned n = repeats(); n > 0; --n) out += part;
        }
        return out;
    }

    std::string atom() {
        const char c = next();
        if (c == '^' || c == '$') return "";
        if (c == '.') return "x";
        if (c == '\\') return escape();
        if (c == '[') return one_of_class();
        if (c == '(') return group();
        return {c};
    }

    std::string escape() {
        if (rest_.empty()) return fail();
        const char c = next();
        switch (c) {
            case 'd':
                return "1";
            case 'w':
            case 'D':
            case 'S':
                return "x";
            case 's':
                return " ";
            case 'W':
                return "-";
            case 'b':
            case 'A':
            case 'z':
            case 'Z':
                return "";
            default:
                break;
        }
        const char lower = core::lower(c);
        if (core::is_digit(c) || (lower >= 'a' && lower <= 'z')) return fail();  // back references, properties…
        return {c};
    }

    std::string one_of_class() {
        const bool negated = take('^');
        std::string members;
        for (bool first = true; !rest_.empty() && (first || rest_[0] != ']'); first = false) {
            const char c = next();
            if (c == '[') return fail();
            members += c == '\\' ? escape() : std::string{c};
        }
        if (!take(']') || members.empty()) return fail();
        if (!negated) return {members[0]};
        for (const char c : {'x', '1', '-', '_'})
            if (members.find(c) == members.npos) return {c};
        return fail();
    }

    std::string group() {
        if (++depth_ > deepest) return fail();
        if (take('?')) {
            take('P');
            if (take('<')) {
                const std::size_t end = rest_.find('>');
                if (end == rest_.npos || rest_[0] == '=' || rest_[0] == '!') return fail();
                rest_.remove_prefix(end + 1);
            } else if (!take(':')) {
                return fail();
            }
        }
        std::string out = alternatives();
        --depth_;
        return take(')') ? out : fail();
    }

    /// How often the part before is needed at least.
    unsigned repeats() {
        unsigned out = 1;
        if (take('*') || take('?')) {
            out = 0;
        } else if (take('{')) {
            const std::size_t end = std::min(rest_.find_first_of(",}"), rest_.size());
            out = core::parse_number<unsigned>(rest_.substr(0, end)).value_or(most_repeats + 1);
            const std::size_t close = rest_.find('}');
            if (close == rest_.npos || out > most_repeats) return fail(), 0;
            rest_.remove_prefix(close + 1);
        } else if (!take('+')) {
            return 1;
        }
        if (!take('?')) take('+');  // lazy or possessive
        return out;
    }

    char next() {
        const char c = rest_[0];
        rest_.remove_prefix(1);
        return c;
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string fail() {
        known_ = false;
        return "";
    }

    std::string_view rest_;
    unsigned depth_ = 0;
    bool known_ = true;
};

}  // namespace

std::optional<std::string> sample_of(std::string_view regex) { return Sampler(regex).all(); }

}  // namespace sluice::advice
