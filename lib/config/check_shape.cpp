// One directive against its row.
#include <algorithm>

#include "config/check_parts.hpp"
#include "config/pattern.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

std::string expected(const Arity& args) {
    if (args.most == 0) return "no arguments";
    if (args.most == Arity::no_end) return concat({"at least ", counted(args.least, "argument")});
    if (args.least == args.most) return counted(args.least, "argument");
    return concat({std::to_string(args.least), " to ", counted(args.most, "argument")});
}

bool is_number(std::string_view s) { return !s.empty() && std::ranges::all_of(s, core::is_digit); }

/// "30 seconds" and "10 MB": the unit became an argument of its own. Returns what was meant, or "".
std::string joined_unit(const Directive& directive, const Row& row) {
    if (!row.args.accepts(directive.args.size() - 1)) return "";
    for (std::size_t i = 0; i + 1 < directive.args.size(); ++i) {
        const std::string& number = directive.args[i].value;
        const std::string& unit = directive.args[i + 1].value;
        if (!is_number(number) || unit.empty() || core::is_digit(unit[0])) continue;
        const std::string_view pattern = pattern_of(row.values, i);
        if (pattern.find("time>") == pattern.npos && pattern.find("size>") == pattern.npos &&
            pattern.find("offset>") == pattern.npos && pattern.find("seconds>") == pattern.npos)
            continue;
        if (!check_value(pattern, number + unit, row.name)) return number + unit;
        const Complaint complaint = check_value(pattern, number + unit, row.name);
        if (complaint.help.starts_with("write ")) return complaint.help.substr(6);
    }
    return "";
}

/// The arguments that are too many; behind the directive if some are missing.
Span place_of(const Directive& directive, const Arity& args) {
    if (directive.args.size() < args.least) return directive.args.empty() ? directive.name.span : directive.span;
    return join(directive.args[args.most].span, directive.args.back().span);
}

void report_count(const Directive& directive, const Row& row, Diagnostics& diagnostics) {
    const std::size_t n = directive.args.size();
    Span place = place_of(directive, row.args);
    std::string help = concat({"as in \"", example_of(row), "\""});
    const auto equals = std::ranges::find(directive.args, "=", &Word::value);
    if (n > row.args.most && row.name == "location") {
        help = "a location has one path, with at most one of = ~ ~* ^~ before it, as in \"location = /a { ... }\"";
    } else if (n > row.args.most && equals != directive.args.end()) {
        place = equals->span;
        help = concat({"no \"=\" between name and value: ", help});
    } else if (const std::string unit = n > row.args.most ? joined_unit(directive, row) : ""; !unit.empty()) {
        help = concat({"number and unit are one word: write ", unit});
    }
    diagnostics.error("arguments", place,
                      concat({in_quotes(row.name), " takes ", expected(row.args), ", not ", std::to_string(n)}), help);
}

void check_block(const Directive& directive, const Row& row, Diagnostics& diagnostics) {
    if (row.block() && !directive.block)
        diagnostics.error(
            "block", directive.span, concat({in_quotes(row.name), " needs a block"}),
            concat({"put \"{\" in place of the \";\", and \"}\" at the end, as in \"", example_of(row), "\""}));
    if (!row.block() && directive.block)
        diagnostics.error("block", directive.block->open, concat({in_quotes(row.name), " has no block"}),
                          concat({"end it with \";\", as in \"", example_of(row), "\""}));
}

void check_windows_path(const Word& word, Diagnostics& diagnostics) {
    const std::string_view v = word.value;
    const bool drive = v.size() > 3 && v[1] == ':' && (v[2] == '\\' || v[2] == '/') && core::lower(v[0]) >= 'a' &&
                       core::lower(v[0]) <= 'z';
    if (drive)
        diagnostics.warning("windows-path", word.span, concat({in_quotes(v), " looks like a path of Windows"}),
                            "here paths start with \"/\" and have no drive; a backslash is an escape");
}

}  // namespace

void check_shape(const Directive& directive, const Row& row, Diagnostics& diagnostics) {
    check_block(directive, row, diagnostics);
    for (const Word& arg : directive.args) check_windows_path(arg, diagnostics);
    if (!row.args.accepts(directive.args.size())) return report_count(directive, row, diagnostics);
    for (std::size_t i = 0; i < directive.args.size(); ++i) {
        const std::string_view pattern = pattern_of(row.values, i);
        if (pattern.empty()) continue;
        Complaint complaint = check_value(pattern, directive.args[i].value, row.name);
        if (complaint && directive.args[i].value.ends_with(','))
            complaint.help = "no commas: only spaces between arguments";
        if (complaint)
            diagnostics.error("value", directive.args[i].span, std::move(complaint.message), std::move(complaint.help));
    }
}

}  // namespace sluice::config
