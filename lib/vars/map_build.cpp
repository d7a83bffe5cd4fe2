// A map from its block, with all that is wrong in it.
#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>

#include "config/words.hpp"
#include "core/text.hpp"
#include "vars/map.hpp"
#include "vars/word.hpp"

namespace sluice::vars {

using config::concat;
using config::Diagnostics;
using config::Directive;
using config::in_quotes;
using config::Span;
using config::Word;

namespace {

/// How an entry's key is to be read.
struct Mask {
    enum class Kind : std::uint8_t { whole, ending, ending_and_itself, beginning, wrong };
    Kind kind = Kind::whole;
    std::string_view name;
};

/// By nginx's rules for host names in hashes.
Mask read_mask(std::string_view key) {
    using Kind = Mask::Kind;
    const auto stars = std::ranges::count(key, '*');
    if (stars > 1 || key.find("..") != key.npos || key.find('\0') != key.npos) return {Kind::wrong, key};
    if (key.size() > 1 && key.starts_with('.'))
        return {stars == 0 ? Kind::ending_and_itself : Kind::wrong, key.substr(1)};
    if (stars == 0) return {Kind::whole, key};
    if (key.size() > 2 && key.starts_with("*.")) return {Kind::ending, key.substr(2)};
    if (key.size() > 2 && key.ends_with(".*")) return {Kind::beginning, key.substr(0, key.size() - 2)};
    return {Kind::wrong, key};
}

bool is_regex(const Directive& entry) { return entry.name.value.starts_with('~'); }

constexpr std::string_view flags[] = {"hostnames", "volatile"};

}  // namespace

class MapBuilder {
  public:
    MapBuilder(const Directive& directive, Names& names, Diagnostics& diagnostics)
        : directive_(directive), names_(names), diagnostics_(diagnostics) {}

    std::optional<Map> run();

  private:
    bool head();
    void compile_regex(const Word& key);
    void entry(const Directive& entry);
    std::uint32_t value(const Word& word);
    void set_default(const Word& key, std::uint32_t value);
    void add_regex(const Word& key, std::uint32_t value);
    void add_text(const Word& key, std::uint32_t value);
    void add_mask(const Word& key, std::string_view text, std::uint32_t value);
    void add_key(NameTable& table, const Word& key, std::string_view name, Map::Key entry);
    void report_same(const Word& key, const Word& first);
    void turn_hostnames_on(const Word& word);
    void warn_of_mask();
    void report_twice(const Word& word, std::string message, Span first, std::string help);

    const Directive& directive_;
    Names& names_;
    Diagnostics& diagnostics_;
    Map out_;
    std::vector<const Word*> words_;                   // beside out_.keys_
    std::vector<std::optional<core::Regex>> regexes_;  // of all regex entries, in order; nothing if wrong
    std::size_t next_regex_ = 0;
    std::map<std::pair<bool, std::string>, Span> seen_regexes_;
    std::unordered_map<std::string, std::uint32_t> values_;
    Span default_place_;
    Span mask_before_hostnames_;
};

std::optional<Map> MapBuilder::run() {
    if (!directive_.block) return std::nullopt;
    const std::size_t errors = diagnostics_.errors();
    const bool has_head = head();
    const std::vector<Directive>& entries = directive_.block->children;
    // Regexes first: a value may name a group of a regex further down.
    for (const Directive& e : entries)
        if (is_regex(e)) compile_regex(e.name);
    for (const Directive& e : entries) entry(e);
    if (!out_.hostnames_ && mask_before_hostnames_.known()) warn_of_mask();
    if (!has_head || diagnostics_.errors() != errors) return std::nullopt;
    return std::move(out_);
}

bool MapBuilder::head() {
    if (directive_.args.size() != 2) return false;
    std::optional<Template> source = compile(directive_.args[0], names_, diagnostics_);
    std::optional<std::string> target = read_target(directive_.args[1], diagnostics_);
    if (source) out_.source_ = std::move(*source);
    if (target) out_.variable_ = std::move(*target);
    return source && target;
}

void MapBuilder::compile_regex(const Word& key) {
    const bool caseless = key.value.starts_with("~*");
    const std::size_t skip = caseless ? 2 : 1;
    core::RegexOutcome outcome = core::Regex::compile(std::string_view(key.value).substr(skip), {caseless});
    if (!outcome)
        diagnostics_.error("regex", inside(key, skip + outcome.error.offset, 1),
                           concat({"this regex is wrong: ", outcome.error.message}));
    else
        for (const core::Regex::Name& name : outcome.regex->names()) names_.index_of_group(name.text);
    regexes_.push_back(std::move(outcome.regex));
}

void MapBuilder::entry(const Directive& e) {
    if (is_include(e)) return;
    if (is_flag(e, "hostnames")) return turn_hostnames_on(e.name);
    if (is_flag(e, "volatile")) {
        out_.volatile_ = true;
        return;
    }
    const std::size_t regex = next_regex_;
    if (is_regex(e)) ++next_regex_;
    const Word* word = read_value(e, "map", flags, diagnostics_);
    if (e.args.empty() && core::nearest(e.name.value, std::begin(flags), std::end(flags)) == "hostnames")
        out_.hostnames_ = true;                           // misspelt: what follows is read as it was meant
    const std::uint32_t index = word ? value(*word) : 0;  // without one too: the key may be wrong as well
    if (is_regex(e)) {
        if (regexes_[regex]) add_regex(e.name, index);
    } else if (e.name.value == "default") {
        set_default(e.name, index);
    } else if (!e.block) {
        add_text(e.name, index);
    }
}

/// An index into the map's values; any, if the word is wrong.
std::uint32_t MapBuilder::value(const Word& word) {
    if (word.value.empty()) return 0;
    if (const auto known = values_.find(word.value); known != values_.end()) return known->second;
    std::optional<Template> compiled = compile(word, names_, diagnostics_);
    if (!compiled) return 0;
    const auto index = static_cast<std::uint32_t>(out_.values_.size());
    out_.values_.push_back(std::move(*compiled));
    values_.emplace(word.value, index);
    return index;
}

void MapBuilder::report_twice(const Word& word, std::string message, Span first, std::string help) {
    diagnostics_.error("duplicate", word.span, std::move(message), std::move(help))
        .notes.push_back({"the first one is here", first});
}

void MapBuilder::set_default(const Word& key, std::uint32_t value) {
    if (default_place_.known())
        return report_twice(key, "this map has a second \"default\"", default_place_, "keep one");
    default_place_ = key.span;
    out_.default_ = value;
}

void MapBuilder::add_regex(const Word& key, std::uint32_t value) {
    core::Regex& regex = *regexes_[next_regex_ - 1];
    const auto [first, is_new] = seen_regexes_.try_emplace({regex.caseless(), regex.pattern()}, key.span);
    if (!is_new)
        diagnostics_.warning("duplicate", key.span, "this regex never gets its turn: the same one stands further up")
            .notes.push_back({"the first one is here", first->second});
    Map::Pattern pattern{std::move(regex), {}, value};
    for (const core::Regex::Name& name : pattern.regex.names())
        pattern.groups.push_back({name.group, names_.index_of_group(name.text)});
    out_.patterns_.push_back(std::move(pattern));
}

void MapBuilder::turn_hostnames_on(const Word& word) {
    out_.hostnames_ = true;
    if (!mask_before_hostnames_.known()) return;
    diagnostics_
        .warning("hostnames", word.span, "\"hostnames\" has no effect on the entries above it",
                 "put it before the first entry")
        .notes.push_back({"this one is compared as it is written", mask_before_hostnames_});
    mask_before_hostnames_ = {};
}

void MapBuilder::warn_of_mask() {
    diagnostics_.warning(
        "hostnames", mask_before_hostnames_, "this \"*\" stands for itself, not for any name",
        "for masks of host names put \"hostnames;\" before the first entry; a regex starts with \"~\"");
}

void MapBuilder::add_text(const Word& key, std::uint32_t value) {
    std::string_view text = key.value;
    if (text.starts_with('\\')) text.remove_prefix(1);
    if (out_.hostnames_) return add_mask(key, text, value);
    if (!mask_before_hostnames_.known() && (text.starts_with("*.") || text.ends_with(".*")))
        mask_before_hostnames_ = key.span;
    add_key(out_.whole_, key, text, {value, false});
}

void MapBuilder::add_mask(const Word& key, std::string_view text, std::uint32_t value) {
    const Mask mask = read_mask(text);
    switch (mask.kind) {
        case Mask::Kind::whole:
            return add_key(out_.whole_, key, mask.name, {value, false});
        case Mask::Kind::ending:
            return add_key(out_.endings_, key, mask.name, {value, false});
        case Mask::Kind::ending_and_itself:
            return add_key(out_.endings_, key, mask.name, {value, true});
        case Mask::Kind::beginning:
            return add_key(out_.beginnings_, key, mask.name, {value, false});
        case Mask::Kind::wrong:
            break;
    }
    diagnostics_.error("value", key.span, concat({in_quotes(text), " is neither a host name nor a mask"}),
                       "a mask has one \"*\", at its start or its end, with a dot: *.example.com or www.example.*");
}

/// Under "x" stand the names "x" and ".x" or "*.x", which are two different ones only if the second is "*.x".
void MapBuilder::add_key(NameTable& table, const Word& key, std::string_view name, Map::Key entry) {
    const auto number = static_cast<std::uint32_t>(out_.keys_.size());
    std::uint32_t first = table.add(name, number);
    if (first == NameTable::none && &table == &out_.whole_ && !out_.endings_.empty()) {
        const std::uint32_t ending = out_.endings_.find(name);
        if (ending != NameTable::none && out_.keys_[ending].names_itself) first = ending;
    } else if (first == NameTable::none && entry.names_itself) {
        first = out_.whole_.find(name);
    }
    out_.keys_.push_back(entry);
    words_.push_back(&key);
    if (first != NameTable::none) report_same(key, *words_[first]);
}

void MapBuilder::report_same(const Word& key, const Word& first) {
    if (key.value == first.value)
        return report_twice(key, concat({in_quotes(key.value), " stands here a second time"}), first.span,
                            "only one value can follow from a key; delete one");
    const bool by_case = core::iequals(key.value, first.value);
    report_twice(key, concat({in_quotes(key.value), " is the same key as ", in_quotes(first.value)}), first.span,
                 by_case ? "upper and lower case are the same; delete one"
                         : "\".x\" stands for \"x\" and for \"*.x\"; delete one");
}

std::optional<Map> build_map(const Directive& directive, Names& names, Diagnostics& diagnostics) {
    return MapBuilder(directive, names, diagnostics).run();
}

}  // namespace sluice::vars
