// A geo from its block, with all that is wrong in it.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "config/words.hpp"
#include "vars/geo.hpp"
#include "vars/geo_ranges.hpp"
#include "vars/geo_words.hpp"
#include "vars/word.hpp"

namespace sluice::vars {

using config::concat;
using config::Diagnostics;
using config::Directive;
using config::in_quotes;
using config::Span;
using config::Word;

namespace {

constexpr std::string_view flags[] = {"ranges", "proxy_recursive", "volatile"};

}  // namespace

class GeoBuilder {
  public:
    GeoBuilder(const Directive& directive, Names& names, Diagnostics& diagnostics)
        : directive_(directive), names_(names), diagnostics_(diagnostics) {}

    std::optional<Geo> run();

  private:
    /// What a network has, and from which entry.
    struct Given {
        std::uint32_t value = 0;
        Span place;
    };

    bool head();
    bool read_source(const Word& word);
    void entry(const Directive& entry);
    bool flag(const Directive& entry);
    void set_default(const Word& key, std::uint32_t value);
    void add(const Word& key, std::uint32_t value);
    void remove(const Word& key);
    void add_range(const Word& key, std::uint32_t value);
    /// `may_be_range`: whether the block could be one of ranges instead.
    std::optional<Network> read_network(const Word& word, bool may_be_range = true);
    std::optional<AddressRange> read_range(const Word& word);
    std::uint32_t intern(const std::string& value);
    void warn_twice(const Word& key, Span first);
    void finish();

    const Directive& directive_;
    Names& names_;
    Diagnostics& diagnostics_;
    Geo out_;
    std::unordered_map<std::string, std::uint32_t> values_;
    std::map<Network, Given> networks_;
    GeoRanges ranges_;
    std::vector<Network> proxies_;
    std::optional<Given> default_;
    bool has_entries_ = false;
};

std::optional<Geo> GeoBuilder::run() {
    if (!directive_.block) return std::nullopt;
    const std::size_t errors = diagnostics_.errors();
    const bool has_head = head();
    const std::vector<Directive>& entries = directive_.block->children;
    // Known from the start, so that "ranges" in the wrong place is one mistake and not hundreds.
    out_.ranges_ = std::ranges::any_of(entries, [](const Directive& e) { return is_flag(e, "ranges"); });
    for (const Directive& e : entries) entry(e);
    if (!has_head || diagnostics_.errors() != errors) return std::nullopt;
    finish();
    return std::move(out_);
}

bool GeoBuilder::head() {
    const std::vector<Word>& args = directive_.args;
    if (args.empty() || args.size() > 2) return false;
    const bool has_source = args.size() == 1 || read_source(args[0]);
    std::optional<std::string> target = read_target(args.back(), diagnostics_);
    if (target) out_.variable_ = std::move(*target);
    return has_source && target;
}

bool GeoBuilder::read_source(const Word& word) {
    const std::optional<Template> source = compile(word, names_, diagnostics_);
    if (!source) return false;
    if (source->parts().size() != 1 || source->parts()[0].kind != Part::Kind::variable) {
        diagnostics_.error("variable", word.span, concat({in_quotes(word.value), " is not a variable"}),
                           "the first one is the variable that holds the address: geo $remote_addr $result { ... }");
        return false;
    }
    out_.source_ = source->parts()[0].index;
    return true;
}

bool GeoBuilder::flag(const Directive& e) {
    if (is_flag(e, "ranges")) {
        if (has_entries_)
            diagnostics_.error("misplaced", e.name.span, "\"ranges\" stands behind entries",
                               "put it before the first one");
        return true;
    }
    bool* const on = is_flag(e, "proxy_recursive") ? &out_.proxy_recursive_
                     : is_flag(e, "volatile")      ? &out_.volatile_
                                                   : nullptr;
    if (on) *on = true;
    return on != nullptr;
}

void GeoBuilder::entry(const Directive& e) {
    if (is_include(e) || flag(e)) return;
    const Word* value = read_value(e, "geo", flags, diagnostics_);
    if (!value) return;
    const std::string& key = e.name.value;
    if (key == "proxy") {
        if (const auto network = read_network(*value, false)) proxies_.push_back(*network);
        return;
    }
    has_entries_ = true;
    if (key == "delete") return remove(*value);
    warn_of_dollar(*value, "geo", diagnostics_);
    const std::uint32_t number = intern(value->value);
    if (key == "default")
        set_default(e.name, number);
    else if (out_.ranges_)
        add_range(e.name, number);
    else
        add(e.name, number);
}

std::uint32_t GeoBuilder::intern(const std::string& value) {
    if (value.empty()) return 0;
    const auto [known, is_new] = values_.try_emplace(value, static_cast<std::uint32_t>(out_.values_.size()));
    if (is_new) out_.values_.push_back(value);
    return known->second;
}

void GeoBuilder::warn_twice(const Word& key, Span first) {
    diagnostics_
        .warning("duplicate", key.span,
                 concat({in_quotes(key.value), " stands here a second time, and replaces the first"}))
        .notes.push_back({"the first one is here", first});
}

void GeoBuilder::set_default(const Word& key, std::uint32_t value) {
    if (default_) warn_twice(key, default_->place);
    default_ = Given{value, key.span};
    if (out_.ranges_) return;
    // As nginx: it is the network that holds all others, and replaces "0.0.0.0/0".
    Network all;
    networks_[all] = *default_;
    all.base.size = 16;
    networks_[all] = *default_;
}

std::optional<Network> GeoBuilder::read_network(const Word& word, bool may_be_range) {
    const auto parsed = parse_network(word.value);
    if (!parsed) {
        diagnostics_.error("value", word.span, concat({in_quotes(word.value), " is not an address or a network"}),
                           help_for_network(word.value, may_be_range));
        return std::nullopt;
    }
    if (parsed->low_bits)
        diagnostics_.warning("low-bits", word.span, concat({"the low bits of ", in_quotes(word.value), " do not count"}),
                             concat({"write ", to_string(parsed->network)}));
    return parsed->network;
}

void GeoBuilder::add(const Word& key, std::uint32_t value) {
    const auto network = read_network(key);
    if (!network) return;
    if (network->prefix >= 96 && network->base.is_mapped())
        diagnostics_.warning("never", key.span, "IPv4 clients are looked up by their IPv4 address: this never matches",
                             concat({"write ", to_string(Network{network->base.unmapped(),
                                                                 static_cast<std::uint8_t>(network->prefix - 96)})}));
    const auto [known, is_new] = networks_.try_emplace(*network, Given{value, key.span});
    if (is_new) return;
    warn_twice(key, known->second.place);
    known->second = {value, key.span};
}

std::optional<AddressRange> GeoBuilder::read_range(const Word& word) {
    const auto range = parse_range(word.value);
    if (range && range->first <= range->last) return range;
    if (range)
        diagnostics_.error("value", word.span, concat({"the range ", in_quotes(word.value), " ends before it starts"}),
                           concat({"write ", to_text(range->last, range->first)}));
    else
        diagnostics_.error("value", word.span, concat({in_quotes(word.value), " is not a range of addresses"}),
                           help_for_range(word.value));
    return std::nullopt;
}

void GeoBuilder::add_range(const Word& key, std::uint32_t value) {
    const auto range = read_range(key);
    if (!range) return;
    const GeoRanges::Added added = ranges_.add(range->first, range->last, value, key.span);
    if (added.conflict) {
        const GeoRanges::Piece& other = *added.conflict;
        diagnostics_
            .error("range", key.span,
                   concat({in_quotes(key.value), " overlaps ", in_quotes(to_text(other.first, other.last))}),
                   "a range may lie within one further up, but not reach over its end: write the wider one first")
            .notes.push_back({"which is from here", other.place});
    } else if (added.replaced) {
        warn_twice(key, added.replaced->place);
    }
}

void GeoBuilder::remove(const Word& key) {
    const auto missing = [&](std::string_view kind) {
        diagnostics_.warning("delete", key.span, concat({"there is no ", kind, " ", in_quotes(key.value), " to delete"}),
                             "\"delete\" takes back an entry further up that is just the same");
    };
    if (out_.ranges_) {
        const auto range = read_range(key);
        if (range && !ranges_.remove(range->first, range->last)) missing("range");
    } else {
        const auto network = read_network(key);
        if (network && networks_.erase(*network) == 0) missing("network");
    }
}

void GeoBuilder::finish() {
    out_.default_ = default_ ? default_->value : 0;
    std::vector<Intervals<std::uint32_t>::Range> v4 = ranges_.take();
    std::vector<Intervals<Wide>::Range> v6;
    for (const auto& [network, given] : networks_)
        if (network.base.is_v4())
            v4.push_back({first_of_v4(network), last_of_v4(network), given.value});
        else
            v6.push_back({to_wide(network.base), last_of_v6(network), given.value});
    out_.v4_ = Intervals<std::uint32_t>(std::move(v4), out_.ranges_ ? out_.default_ : 0);
    out_.v6_ = Intervals<Wide>(std::move(v6), 0);
    out_.proxies_ = Networks(std::move(proxies_));
}

std::optional<Geo> build_geo(const Directive& directive, Names& names, Diagnostics& diagnostics) {
    return GeoBuilder(directive, names, diagnostics).run();
}

}  // namespace sluice::vars
