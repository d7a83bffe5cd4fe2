// if ($a = b): one variable, one test of a file or one comparison; the parentheses may touch the words or not.
#include <algorithm>
#include <iterator>

#include "config/check_parts.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

constexpr std::string_view operators[] = {"=", "!=", "~", "~*", "!~", "!~*"};
constexpr std::string_view tests[] = {"-f", "!-f", "-d", "!-d", "-e", "!-e", "-x", "!-x"};
constexpr std::string_view example = "as in if ($scheme = http) { ... }";
constexpr std::string_view one_condition = "one condition in each \"if\"; to join several, put them into one variable with map";

struct Part {
    std::string_view text;
    Span place;
};
using Parts = std::vector<Part>;

bool is_in(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_joining(std::string_view word) { return word == "&&" || word == "||" || word == "and" || word == "or"; }

bool is_name_char(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '_'; }

void complain(Diagnostics& out, Span place, std::string message, std::string_view help) {
    out.error("condition", place, std::move(message), std::string(help));
}

/// The words between the parentheses.
Parts parts_of(const std::vector<Word>& args) {
    Parts out;
    for (const Word& arg : args) {
        std::string_view text = arg.value;
        const bool last = &arg == &args.back();
        if (&arg == &args.front()) text.remove_prefix(1);
        if (last && !text.empty()) text.remove_suffix(1);
        if (!text.empty() || (arg.quote != Quote::none && !last)) out.push_back({text, arg.span});
    }
    return out;
}

/// -f PATH
void check_test(const Parts& parts, Diagnostics& out) {
    if (parts.size() == 1)
        complain(out, parts[0].place, concat({in_quotes(parts[0].text), " needs a path"}), "as in if (-f $document_root/x) { ... }");
    else if (parts.size() > 2)
        complain(out, parts[2].place, concat({in_quotes(parts[2].text), " is too much: a test takes one path"}),
                 is_joining(parts[2].text) ? one_condition : "a path with spaces needs quotes");
}

/// Whether a condition may begin with that word.
bool check_variable(const Part& part, Diagnostics& out) {
    const std::string_view text = part.text;
    if (!text.starts_with('$')) {
        complain(out, part.place, concat({in_quotes(text), " is neither a variable nor a test such as -f"}), example);
        return false;
    }
    const auto name_end = std::find_if_not(text.begin() + 1, text.end(), is_name_char);
    if (name_end == text.end() && text.size() > 1) return true;
    const auto rest = text.substr(static_cast<std::size_t>(name_end - text.begin()));
    const bool glued = is_in(rest.substr(0, 1), operators) || rest.starts_with('!');
    complain(out, part.place, concat({in_quotes(text), " is not the name of a variable"}),
             glued ? "put spaces around the operator, as in if ($scheme = http) { ... }"
                   : "a condition begins with one variable, $name; others go into \"set\" first");
    return false;
}

/// For what other languages have for an operator: what it is called here; else what there is.
std::string help_for_operator(std::string_view op) {
    const std::string_view meant = op == "==" || op == "===" || op == "eq" ? "=" : op == "=~" ? "~" : op == "<>" ? "!=" : "";
    if (!meant.empty()) return concat({"write \"", meant, "\""});
    return is_joining(op) ? std::string(one_condition) : concat({"there are ", list(operators)});
}

/// Behind the variable.
void check_comparison(const Parts& parts, Diagnostics& out) {
    if (parts.size() < 2) return;
    const auto& [op, place] = parts[1];
    if (!is_in(op, operators)) return complain(out, place, concat({in_quotes(op), " is not an operator"}), help_for_operator(op));
    if (parts.size() > 3)
        complain(out, parts[3].place, concat({in_quotes(parts[3].text), " is too much: a condition is one comparison"}),
                 is_joining(parts[3].text) ? one_condition : "a value with spaces needs quotes");
}

}  // namespace

void check_condition(const Directive& d, Diagnostics& out) {
    if (d.args.empty()) return;
    if (!d.args.front().value.starts_with('(') || !d.args.back().value.ends_with(')'))
        return complain(out, d.span, "the condition of an \"if\" stands in parentheses", example);
    const Parts parts = parts_of(d.args);
    if (parts.empty()) return complain(out, d.span, "the condition is empty", example);
    if (is_in(parts[0].text, tests)) return check_test(parts, out);
    if (parts.size() == 2 && is_in(parts[1].text, operators))
        return complain(out, parts[1].place, concat({in_quotes(parts[1].text), " needs something to compare with"}), example);
    if (check_variable(parts[0], out)) check_comparison(parts, out);
}

}  // namespace sluice::config
