// sluice reference: the directives, from their rows.
#include <ostream>

#include "advice/arguments.hpp"
#include "advice/commands.hpp"
#include "advice/reference.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

constexpr Flag flags[] = {{"markdown", "", "the whole reference, as in conf/REFERENCE.md"}};
constexpr Shape shape{"reference", "[DIRECTIVE]", "says what a directive does, or lists all", flags};

}  // namespace

int reference_command(std::span<const std::string> args, const Tools&, std::ostream& out, std::ostream& err) {
    const Arguments arguments(shape, args, out, err);
    if (arguments.done()) return *arguments.done();
    const std::string& name = arguments.operand();
    if (arguments.has("markdown")) {
        if (!name.empty()) return arguments.fail("--markdown is for all directives, not for one", err);
        out << reference_markdown();
        return exit_ok;
    }
    if (name.empty()) {
        out << reference_list();
        return exit_ok;
    }
    const auto rows = config::find_rows(name);
    if (rows.empty()) {
        const std::string meant = config::did_you_mean(name, config::names_in(config::in::any));
        err << "sluice reference: there is no directive " << config::in_quotes(name) << (meant.empty() ? "" : "; ")
            << meant << '\n';
        return exit_errors;
    }
    for (const config::Row* row : rows) out << (row == rows.front() ? "" : "\n") << reference_text(*row);
    return exit_ok;
}

}  // namespace sluice::advice
