#include "vars/split.hpp"

#include <algorithm>

#include "config/words.hpp"
#include "core/text.hpp"
#include "vars/word.hpp"

namespace sluice::vars {

using config::concat;
using config::Diagnostics;
using config::Directive;
using config::in_quotes;
using config::Span;
using config::Word;

namespace {

constexpr std::uint32_t multiplier = 0x5bd1e995;

constexpr std::uint32_t whole = 10'000;  // shares are hundredths of a percent
constexpr std::uint64_t all_hashes = 0xffffffff;

std::uint32_t byte(char c) { return static_cast<unsigned char>(c); }

/// "12.5%" as 1250. Nothing if it is no percentage, or has more than two decimals.
std::optional<std::uint64_t> parse_percentage(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view decimals = text.substr(std::min(dot + 1, text.size()));
    if (text.empty() || decimals.size() > 2 || (dot == 0 && decimals.empty())) return std::nullopt;
    std::string digits = concat({text.substr(0, dot), decimals});
    digits.append(2 - decimals.size(), '0');
    const auto out = core::parse_number<std::uint32_t>(digits);
    return out ? std::optional<std::uint64_t>(*out) : std::nullopt;
}

std::string to_percentage(std::uint64_t share) {
    std::string out = std::to_string(share / 100);
    if (share % 100 != 0) {
        const std::string decimals = std::to_string(share % 100 + 100).substr(1);
        out += "." + decimals.substr(0, decimals.ends_with('0') ? 1 : 2);
    }
    return out + "%";
}

std::string help_for_percentage(std::string_view text) {
    if (parse_percentage(concat({text, "%"}))) return concat({"write ", text, "%"});
    const std::size_t comma = text.find(',');
    if (comma != text.npos) {
        const std::string meant = concat({text.substr(0, comma), ".", text.substr(comma + 1)});
        if (parse_percentage(meant)) return concat({"write ", meant});
    }
    const std::size_t dot = text.find('.');
    if (dot != text.npos && parse_percentage(concat({text.substr(0, std::min(dot + 3, text.size())), "%"})))
        return "there are at most two decimals";
    return "as in 10%, 0.5% or, for the rest, *";
}

}  // namespace

std::uint32_t murmur_hash2(std::string_view text) {
    auto hash = static_cast<std::uint32_t>(text.size());
    for (; text.size() >= 4; text.remove_prefix(4)) {
        std::uint32_t k = byte(text[0]) | byte(text[1]) << 8 | byte(text[2]) << 16 | byte(text[3]) << 24;
        k *= multiplier;
        k ^= k >> 24;
        hash = hash * multiplier ^ k * multiplier;
    }
    if (!text.empty()) {
        for (std::size_t i = 0; i < text.size(); ++i) hash ^= byte(text[i]) << 8 * i;
        hash *= multiplier;
    }
    hash ^= hash >> 13;
    hash *= multiplier;
    return hash ^ hash >> 15;
}

std::string_view Split::find(std::string_view text) const {
    const std::uint32_t hash = murmur_hash2(text);
    const auto share = std::ranges::find_if(shares_, [hash](const Share& s) { return hash < s.end; });
    return share == shares_.end() ? std::string_view{} : std::string_view(share->value);
}

class SplitBuilder {
  public:
    SplitBuilder(const Directive& directive, Names& names, Diagnostics& diagnostics)
        : directive_(directive), names_(names), diagnostics_(diagnostics) {}

    std::optional<Split> run();

  private:
    bool head();
    void entry(const Directive& entry);
    void add_share(const Word& key, const std::string& value);
    void add_rest(const Word& key, const std::string& value);

    const Directive& directive_;
    Names& names_;
    Diagnostics& diagnostics_;
    Split out_;
    std::uint64_t sum_ = 0;
    std::uint64_t end_ = 0;  // of the last share's hashes
    Span rest_;              // where "*" stands
};

std::optional<Split> SplitBuilder::run() {
    if (!directive_.block) return std::nullopt;
    const std::size_t errors = diagnostics_.errors();
    const bool has_head = head();
    for (const Directive& e : directive_.block->children) entry(e);
    if (!has_head || diagnostics_.errors() != errors) return std::nullopt;
    return std::move(out_);
}

bool SplitBuilder::head() {
    if (directive_.args.size() != 2) return false;
    std::optional<Template> source = compile(directive_.args[0], names_, diagnostics_);
    std::optional<std::string> target = read_target(directive_.args[1], diagnostics_);
    if (source) out_.source_ = std::move(*source);
    if (target) out_.variable_ = std::move(*target);
    return source && target;
}

void SplitBuilder::entry(const Directive& e) {
    if (is_include(e)) return;
    const Word* value = read_value(e, "split_clients", {}, diagnostics_);
    if (e.block) return;
    if (value) warn_of_dollar(*value, "split_clients", diagnostics_);
    const std::string text = value ? value->value : "";
    if (e.name.value == "*")
        add_rest(e.name, text);
    else
        add_share(e.name, text);
}

void SplitBuilder::add_rest(const Word& key, const std::string& value) {
    if (rest_.known()) {
        diagnostics_.warning("duplicate", key.span, "nothing is left for a second \"*\"")
            .notes.push_back({"the first one is here", rest_});
        return;
    }
    rest_ = key.span;
    out_.shares_.push_back({all_hashes + 1, value});
}

/// Bounds as nginx computes them: rounded down one by one, so that the last hashes may be left over.
void SplitBuilder::add_share(const Word& key, const std::string& value) {
    const auto share = parse_percentage(key.value);
    if (!share || *share == 0) {
        diagnostics_.error("value", key.span,
                           concat({in_quotes(key.value), share ? " is no share at all" : " is not a percentage"}),
                           share ? "delete it, or give it more" : help_for_percentage(key.value));
        return;
    }
    if (rest_.known()) {
        diagnostics_
            .error("share", key.span, concat({"nothing is left for ", in_quotes(key.value), " behind \"*\""}),
                   "put \"*\" last")
            .notes.push_back({"this one takes all that is left", rest_});
        return;
    }
    const bool was_full = sum_ > whole;
    sum_ += *share;
    if (sum_ > whole && !was_full)
        diagnostics_.error("share", key.span,
                           concat({"with this the shares add up to ", to_percentage(sum_), ", more than 100%"}),
                           "make them smaller, or give the last one \"*\" for the rest");
    end_ += *share * all_hashes / whole;
    out_.shares_.push_back({end_, value});
}

std::optional<Split> build_split(const Directive& directive, Names& names, Diagnostics& diagnostics) {
    return SplitBuilder(directive, names, diagnostics).run();
}

}  // namespace sluice::vars
