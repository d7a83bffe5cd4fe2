// sluice reason: what a reason code means and what to do about it.
#include <ostream>
#include <vector>

#include "core/text.hpp"
#include "explain/command.hpp"
#include "explain/reasons_page.hpp"

namespace sluice::explain {

namespace {
constexpr int ok = 0, unknown = 1, usage_error = 2;
constexpr std::string_view usage =
    "usage: sluice reason [CODE] [--markdown]\n"
    "Says why an answer of sluice is an error, and what to do about it. CODE stands at the end of the error page, in the\n"
    "logs and in Proxy-Status; a status (502) lists those that lead to it, and without CODE all are listed.\n"
    "  --markdown  the whole catalogue, as in conf/REASONS.md\n";
}  // namespace

int reason_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
    std::string code;
    for (const auto& word : args) {
        if (word == "-h" || word == "--help") return out << usage, ok;
        if (word == "--markdown") return out << reasons_markdown(), ok;
        if (word.starts_with('-')) return err << "sluice reason: unknown flag " << word << '\n' << usage, usage_error;
        if (!code.empty()) return err << "sluice reason: one code at a time\n" << usage, usage_error;
        code = word;
    }
    if (code.empty()) return out << reason_list(), ok;
    std::vector<std::string_view> names;
    bool found = false;
    for (const auto& reason : exchange::reason_rows()) {
        names.push_back(reason.name);
        if (reason.name != code && std::to_string(reason.status) != code) continue;
        out << (found ? "\n" : "") << reason_text(reason);
        found = true;
    }
    if (found) return ok;
    const auto meant = core::nearest(code, names.data(), names.data() + names.size());
    err << "sluice reason: there is no reason \"" << code << '"';
    if (!meant.empty()) err << "; did you mean " << meant << '?';
    err << "\nsluice reason lists them all\n";
    return unknown;
}

}  // namespace sluice::explain
