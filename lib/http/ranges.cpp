#include "http/ranges.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/text.hpp"

namespace sluice::http {

namespace {

constexpr std::string_view unit = "bytes=";
constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

/// Reads "first-last, -suffix, first-".
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool at_end_of_one() const { return at_ == text_.size() || text_[at_] == ','; }

    /// At least one digit; nullopt also beyond what a file can have.
    std::optional<std::uint64_t> number() {
        if (at_ == text_.size() || !core::is_digit(text_[at_])) return std::nullopt;
        std::uint64_t out = 0;
        for (; at_ < text_.size() && core::is_digit(text_[at_]); ++at_) {
            const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
            if (out > (largest - digit) / 10) return std::nullopt;
            out = out * 10 + digit;
        }
        return out;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// One of them; nullopt: malformed. It may be empty.
std::optional<ByteRange> read_one(Reader& in, std::uint64_t length) {
    in.skip_spaces();
    ByteRange range;
    const bool suffix = in.take('-');
    if (!suffix) {
        const auto first = in.number();
        in.skip_spaces();
        if (!first || !in.take('-')) return std::nullopt;
        range.begin = *first;
        in.skip_spaces();
        if (in.at_end_of_one()) return ByteRange{range.begin, length};
    }
    const auto last = in.number();
    in.skip_spaces();
    if (!last || !in.at_end_of_one()) return std::nullopt;
    if (suffix) return ByteRange{length - std::min(length, *last), length};
    range.end = *last >= length ? length : *last + 1;
    return range;
}

}  // namespace

RangeOutcome parse_ranges(std::string_view value, std::uint64_t length, std::uint32_t most, ByteRanges& out) {
    out.clear();
    if (most == 0 || value.size() <= unit.size() || !core::iequals(value.substr(0, unit.size()), unit))
        return RangeOutcome::whole;
    Reader in(value.substr(unit.size()));
    std::uint64_t total = 0;
    do {
        const auto range = read_one(in, length);
        if (!range) return RangeOutcome::unsatisfiable;
        if (range->begin < range->end) {
            if (range->size() > largest - total) return RangeOutcome::unsatisfiable;
            total += range->size();
            if (out.size() == most) return RangeOutcome::whole;
            out.push_back(*range);
        } else if (range->begin == 0) {
            return RangeOutcome::whole;  // of nothing: all of it
        }
    } while (in.take(','));
    if (out.empty()) return RangeOutcome::unsatisfiable;
    return total > length ? RangeOutcome::whole : RangeOutcome::some;
}

}  // namespace sluice::http
