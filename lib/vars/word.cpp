#include "vars/word.hpp"

#include <algorithm>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::vars {

using config::concat;
using config::Diagnostics;
using config::in_quotes;
using config::Span;
using config::Word;

namespace {

bool is_number(std::string_view s) { return !s.empty() && std::ranges::all_of(s, core::is_digit); }

bool is_name(std::string_view s) {
    return !s.empty() && std::ranges::all_of(s, [](char c) {
        return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '_';
    });
}

bool is_capture(std::string_view s) { return s.size() == 1 && s[0] >= '1' && s[0] <= '9'; }

std::string_view without_braces(std::string_view s) {
    return s.starts_with('{') && s.ends_with('}') ? s.substr(1, s.size() - 2) : s;
}

std::string help_for_unknown(std::string_view name, const Names& names) {
    if (name == "0") return "put the regex in parentheses, and write $1";
    if (is_number(name)) return concat({"what a group of a regex caught is written without braces: $", name});
    return names.suggest(name);
}

void report(const Mistake& mistake, const Word& word, const Names& names, Diagnostics& out) {
    const Span place = inside(word, mistake.offset, mistake.length);
    switch (mistake.kind) {
        case Mistake::Kind::invalid_name:
            out.error(
                "variable", place, "invalid variable name: no letter, digit or \"_\" stands behind the \"$\"",
                mistake.length > 1
                    ? "the name stands between the braces, as in ${host}"
                    : "a plain \"$\" cannot be written; define it once, geo $dollar { default \"$\"; }, and write "
                      "${dollar}");
            break;
        case Mistake::Kind::unclosed_brace:
            out.error("variable", place, concat({"the \"}\" of \"${", mistake.name, "\" is missing"}),
                      concat({"write ${", mistake.name, "}"}));
            break;
        case Mistake::Kind::unknown_variable:
            out.error("unknown-variable", place, concat({"unknown variable ", in_quotes("$" + mistake.name)}),
                      help_for_unknown(mistake.name, names));
            break;
    }
}

}  // namespace

Span inside(const Word& word, std::size_t offset, std::size_t length) {
    const std::uint32_t quote = word.quote == config::Quote::none ? 0 : 1;
    if (word.span.length != word.value.size() + 2 * quote) return word.span;
    const std::size_t from = std::min(offset, word.value.size());
    const std::size_t size = std::min(length, word.value.size() - from);
    return {word.span.source, word.span.offset + quote + static_cast<std::uint32_t>(from),
            static_cast<std::uint32_t>(size)};
}

std::optional<Template> compile(const Word& word, Names& names, Diagnostics& diagnostics) {
    std::vector<Mistake> mistakes;
    Template out = Template::compile(word.value, names, mistakes);
    for (const Mistake& mistake : mistakes) report(mistake, word, names, diagnostics);
    if (!mistakes.empty()) return std::nullopt;
    return out;
}

std::optional<std::string> read_target(const Word& word, Diagnostics& diagnostics) {
    if (!word.value.starts_with('$')) return std::nullopt;  // the checker has said so
    std::string name = word.value.substr(1);
    if (name.empty()) {
        diagnostics.error("variable", word.span, "invalid variable name: nothing stands behind the \"$\"");
        return std::nullopt;
    }
    if (is_capture(name))
        diagnostics.warning(
            "variable", word.span,
            concat({"nothing can read this variable: ", in_quotes(word.value), " is what a regex caught"}));
    else if (!is_name(name))
        diagnostics.warning("variable", word.span, concat({"nothing can read a variable of the name ", in_quotes(name)}),
                            is_name(without_braces(name)) ? concat({"write $", without_braces(name)})
                                                          : "names are of letters, digits and \"_\"");
    return name;
}

const Word* read_value(const config::Directive& entry, std::string_view block, std::span<const std::string_view> flags,
                       Diagnostics& diagnostics) {
    const auto wrong = [&](Span place, std::string message, std::string help) {
        diagnostics.error("entry", place, std::move(message), std::move(help));
        return nullptr;
    };
    const std::string& key = entry.name.value;
    // The checker's own words where it looks at the same: each is said once.
    if (entry.block)
        return wrong(entry.name.span, concat({in_quotes(block), " holds entries, not blocks"}),
                     concat({"each is one line with \";\" at its end; if ", in_quotes(key),
                             " is a directive, a \"}\" is missing before it"}));
    if (entry.args.empty()) {
        const std::string meant = config::did_you_mean(key, flags);
        return wrong(entry.name.span, concat({in_quotes(key), " has no value"}),
                     meant.empty() ? "an entry is a key and its value; an empty value is written \"\"" : meant);
    }
    if (entry.args.size() > 1)
        return wrong(join(entry.args[1].span, entry.args.back().span),
                     concat({"an entry of ", in_quotes(block), " has one value, not ", std::to_string(entry.args.size())}),
                     "put quotes around a value with spaces");
    return &entry.args[0];
}

bool is_flag(const config::Directive& entry, std::string_view word) {
    return entry.name.value == word && entry.args.empty() && !entry.block;
}

bool is_include(const config::Directive& entry) {
    return entry.name.value == "include" && entry.args.size() == 1 && !entry.block;
}

void warn_of_dollar(const Word& value, std::string_view block, Diagnostics& diagnostics) {
    if (value.value.size() < 2 || !value.value.starts_with('$')) return;
    diagnostics.warning(
        "dollar", value.span,
        concat({in_quotes(value.value), " is plain text here: values of ", in_quotes(block), " have no variables"}),
        "to get the value of a variable, put a map behind it");
}

}  // namespace sluice::vars
