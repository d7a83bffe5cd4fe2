#include "advice/reference.hpp"

#include <algorithm>
#include <set>

#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Row;
using config::Support;

std::string_view support_text(Support support) {
    switch (support) {
        case Support::here:
            return "supported";
        case Support::without_effect:
            return "accepted without effect";
        case Support::later:
            return "not yet";
        case Support::never:
            break;
    }
    return "never";
}

/// The parts of a pattern that say how many arguments of which kind there are: "<flag>" is what a user writes as
/// on|off.
std::string argument_text(std::string_view pattern) {
    struct Kind {
        std::string_view written, shown;
    };
    constexpr Kind kinds[] = {
        {"<flag>", "on|off"},  {"<number>", "NUMBER"}, {"<size>", "SIZE"},          {"<offset>", "SIZE"},
        {"<time>", "TIME"},    {"<seconds>", "TIME"},  {"<any>", "VALUE"},          {"<listen>", "ADDRESS[:PORT]|PORT"},
        {"<peer>", "ADDRESS"}, {"<url>", "URL"},       {"<variable>", "$VARIABLE"},
    };
    std::string out(pattern);
    for (const Kind& kind : kinds)
        for (std::size_t at = out.find(kind.written); at != out.npos; at = out.find(kind.written, at))
            out.replace(at, kind.written.size(), kind.shown);
    for (std::size_t open = out.find('<'); open != out.npos; open = out.find('<', open)) {  // <1-65535>
        const std::size_t close = std::min(out.find('>', open), out.size() - 1);
        out.replace(open, close - open + 1, "NUMBER");
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end != 0) out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// "keepalive_timeout TIME [TIME];"
std::string syntax_of(const Row& row) {
    std::vector<std::string_view> patterns = split(row.values);
    const bool repeats = !patterns.empty() && patterns.back() == "...";
    if (repeats) patterns.pop_back();
    std::string out(row.name);
    const std::size_t shown = std::max<std::size_t>(patterns.size(), row.args.least);
    for (std::size_t i = 0; i < shown && row.args.accepts(std::max<std::size_t>(i + 1, row.args.least)); ++i) {
        const std::string text = i < patterns.size()            ? argument_text(patterns[i])
                                 : patterns.empty() || !repeats ? "VALUE"
                                                                : argument_text(patterns.back());
        const bool optional = i >= row.args.least;
        out += concat({optional ? " [" : " ", text, optional ? "]" : ""});
    }
    if (row.args.most == config::Arity::no_end) out += " ...";
    for (std::size_t i = shown; row.args.most != config::Arity::no_end && i < row.args.most; ++i) out += " [VALUE]";
    return out + (row.block() ? " { ... }" : ";");
}

std::vector<const Row*> all_rows() {
    std::vector<const Row*> out;
    std::set<std::string_view> seen;
    for (const std::string_view name : config::names_in(config::in::any))
        if (seen.insert(name).second)
            for (const Row* row : config::find_rows(name)) out.push_back(row);
    return out;
}

/// "server", or where a name has several rows, "server (in upstream)".
std::string heading_of(const Row& row) {
    if (config::find_rows(row.name).size() == 1) return std::string(row.name);
    return concat({row.name, " (", config::describe(row.contexts), ")"});
}

std::string status_of(const Row& row) {
    return concat({support_text(row.support), row.reason.empty() ? "" : ": ", row.reason});
}

/// Text that must not be taken for Markdown.
std::string code(std::string_view text) { return concat({"`", text, "`"}); }

std::string markdown_of(const Row& row) {
    std::string out = concat({"## ", heading_of(row), "\n\n", row.doc, "\n\n"});
    out += concat({"* syntax: ", code(syntax_of(row)), "\n"});
    if (!row.standard.empty()) out += concat({"* default: ", code(row.standard), "\n"});
    if (!row.example.empty()) out += concat({"* example: ", code(config::example_of(row)), "\n"});
    out += concat({"* allowed ", config::describe(row.contexts), row.repeats ? ", also several times" : "", "\n"});
    if (!row.since.empty()) out += concat({"* in nginx since ", row.since, "\n"});
    return out + concat({"* ", status_of(row), "\n\n"});
}

}  // namespace

std::string reference_text(const Row& row) {
    std::string out = concat({syntax_of(row), "\n\n  ", row.doc, "\n\n"});
    if (!row.standard.empty()) out += concat({"  default:  ", row.standard, "\n"});
    if (!row.example.empty()) out += concat({"  example:  ", config::example_of(row), "\n"});
    out += concat({"  allowed:  ", config::describe(row.contexts), row.repeats ? ", also several times" : "", "\n"});
    if (!row.since.empty()) out += concat({"  in nginx: since ", row.since, "\n"});
    return out + concat({"  sluice:   ", status_of(row), "\n"});
}

std::string reference_list() {
    std::string out;
    for (const Row* row : all_rows()) {
        std::string name(row->name);
        name.resize(std::max<std::size_t>(name.size(), 32), ' ');
        out += concat({name, " ", row->doc, row->support == Support::here ? "" : " (",
                       row->support == Support::here ? "" : support_text(row->support),
                       row->support == Support::here ? "" : ")", "\n"});
    }
    return out;
}

std::string reference_markdown() {
    std::string out = "# Directives\n\nMade by `sluice reference --markdown`: change the rows, not this file.\n\n";
    std::size_t count[4] = {};
    for (const Row* row : all_rows()) ++count[static_cast<std::size_t>(row->support)];
    for (const Support support : {Support::here, Support::without_effect, Support::later, Support::never})
        out +=
            concat({"* ", support_text(support), ": ", std::to_string(count[static_cast<std::size_t>(support)]), "\n"});
    out += "\n";
    for (const Row* row : all_rows()) out += markdown_of(*row);
    out.pop_back();
    return out;
}

}  // namespace sluice::advice
