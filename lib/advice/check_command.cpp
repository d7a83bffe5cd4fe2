// sluice check: errors, lints and words of later versions.
#include <algorithm>
#include <ostream>

#include "advice/arguments.hpp"
#include "advice/commands.hpp"
#include "advice/later.hpp"
#include "advice/lints.hpp"
#include "advice/words.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Diagnostic;
using config::Diagnostics;

constexpr Flag flags[] = {
    {"json", "", "for machines"},
    {"explain", "CODE", "what a lint means, with examples; CODE as in SL001"},
    {"prefix,p", "FOLDER", "where relative paths start; the file's folder if not given"},
};
constexpr Shape shape{"check", "FILE", "says what is wrong with a conf file, and what is right but surely not meant",
                      flags};

int explain(const Arguments& arguments, std::ostream& out, std::ostream& err) {
    const std::string& code = arguments.value("explain");
    const Lint* lint = find_lint(code);
    if (!lint) {
        std::string message = concat({"there is no lint ", config::in_quotes(code), "; there are:"});
        for (const Lint& row : lints()) message += concat({"\n  ", row.code, "  ", row.summary});
        return arguments.fail(message, err);
    }
    out << lint->code << ' ' << lint->name << ": " << lint->summary << "\n\n" << lint->explanation;
    return exit_ok;
}

/// Errors and warnings of the conf without those about later versions, and the lints.
Diagnostics findings_of(const config::Conf& conf, const View& view) {
    Diagnostics out;
    for (const Diagnostic& diagnostic : conf.diagnostics.all())
        if (diagnostic.code != "later") out.add(diagnostic);
    run_lints(view, conf.ok(), out);
    out.arrange(conf.sources);
    return out;
}

/// Lints carry their code behind the message, to ask for by --explain.
Diagnostic with_code(Diagnostic diagnostic) {
    if (find_lint(diagnostic.code)) diagnostic.message += concat({" [", diagnostic.code, "]"});
    return diagnostic;
}

void print_totals(const Diagnostics& found, const std::vector<Later>& later, std::ostream& out) {
    std::vector<std::string> parts;
    if (found.errors() != 0) parts.push_back(config::counted(found.errors(), "error"));
    if (found.warnings() != 0) parts.push_back(config::counted(found.warnings(), "warning"));
    if (!later.empty()) parts.push_back(config::counted(later.size(), "word") + " not there yet");
    out << (parts.empty() ? "nothing to complain about" : list_of(parts)) << '\n';
}

void print(const Diagnostics& found, const std::vector<Later>& later, const View& view, std::ostream& out) {
    std::size_t shown = 0;
    std::string_view code;
    for (const Diagnostic& diagnostic : found.all()) {
        if (shown++ == Diagnostics::most_shown) break;
        out << config::render(with_code(diagnostic), view.sources()) << '\n';
        if (code.empty() && find_lint(diagnostic.code)) code = diagnostic.code;
    }
    const std::size_t all = found.errors() + found.warnings();
    if (all > Diagnostics::most_shown) out << "and " << all - Diagnostics::most_shown << " more, not shown\n\n";
    for (const Later& word : later) out << view.line_of(word.first) << ": " << sentence_of(word) << '\n';
    if (!later.empty()) out << '\n';
    print_totals(found, later, out);
    if (!code.empty()) out << "sluice check --explain " << code << " tells more about that one\n";
}

void print_json(Diagnostics found, const std::vector<Later>& later, const View& view, std::ostream& out) {
    for (const Later& word : later) found.warning("later", word.first, sentence_of(word));
    found.arrange(view.sources());
    out << config::render_json(found, view.sources());
}

}  // namespace

int check_command(std::span<const std::string> args, const Tools& tools, std::ostream& out, std::ostream& err) {
    const Arguments arguments(shape, args, out, err);
    if (arguments.done()) return *arguments.done();
    if (arguments.has("explain")) return explain(arguments, out, err);
    const std::string& path = arguments.operand();
    if (path.empty()) return arguments.fail("which file? as in sluice check conf/sluice.conf", err);
    const std::string& prefix = arguments.value("prefix");
    config::Conf conf = config::parse(tools.files, path, {prefix, ""});
    config::check(conf);
    if (tools.more_checks) tools.more_checks(conf);
    const View view(conf, prefix.empty() ? std::string(config::folder_of(path)) : prefix, tools.modes);
    const Diagnostics found = findings_of(conf, view);
    if (arguments.has("json"))
        print_json(found, later_words(view), view, out);
    else
        print(found, later_words(view), view, out);
    return found.errors() == 0 ? exit_ok : exit_errors;
}

}  // namespace sluice::advice
