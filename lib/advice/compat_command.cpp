// sluice compat: which words of a conf sluice has, and which it does without.
#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "advice/arguments.hpp"
#include "advice/commands.hpp"
#include "advice/view.hpp"
#include "advice/words.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::counted;
using config::Row;
using config::Support;

constexpr Flag flags[] = {{"prefix,p", "FOLDER", "where relative paths start; the file's folder if not given"}};
constexpr Shape shape{"compat", "FILE", "says which directives of a conf file sluice has", flags};

constexpr std::size_t most_places = 5;

enum class Group : std::uint8_t { supported, without_effect, later, never, misplaced, unknown };

struct Title {
    Group group;
    std::string_view heading;
    std::string_view in_total;
};
constexpr Title titles[] = {
    {Group::supported, "supported", "supported"},
    {Group::without_effect, "accepted without effect, and why nothing is lost", "without effect"},
    {Group::later, "not yet", "not yet"},
    {Group::never, "never, and what to do instead", "never"},
    {Group::misplaced, "known, but not where it stands", "misplaced"},
    {Group::unknown, "unknown", "unknown"},
};

struct Use {
    std::string_view reason;
    std::vector<config::Span> places;
};
/// By name. One name may be in two groups: a word of http need not be one of stream.
using Uses = std::map<std::string, Use, std::less<>>;
using Table = std::map<Group, Uses>;

Group group_of(const Row* row, const config::Directive& directive) {
    if (!row) return config::find_rows(directive.name.value).empty() ? Group::unknown : Group::misplaced;
    switch (support_of(*row, directive)) {
        case Support::here:
            return Group::supported;
        case Support::without_effect:
            return Group::without_effect;
        case Support::later:
            return Group::later;
        case Support::never:
            break;
    }
    return Group::never;
}

Table uses_of(const View& view) {
    Table out;
    each_directive(view.top(), [&](const config::Directive& d, const Level& level) {
        if (level.context & (config::in::entries | config::in::opaque) || d.name.value.empty()) return;
        const Row* row = config::find_row(d.name.value, level.context);
        Use& use = out[group_of(row, d)][d.name.value];
        if (row) use.reason = reason_of(*row, d);
        use.places.push_back(d.name.span);
    });
    return out;
}

/// "lines 3 and 8"; if the conf has several files, "a.conf:3 and 8, b.conf:1".
std::string places_of(const Use& use, const View& view) {
    std::map<std::string, std::set<std::uint32_t>> lines;  // by file
    for (const config::Span place : use.places)
        lines[view.sources()[place.source].path].insert(view.sources().position(place).line);
    const bool one_file = view.sources().size() == 1;
    std::vector<std::string> parts;
    for (const auto& [path, numbers] : lines) {
        std::vector<std::string> shown;
        for (const std::uint32_t number : numbers)
            if (shown.size() < most_places) shown.push_back(std::to_string(number));
        if (numbers.size() > most_places) shown.push_back(std::to_string(numbers.size() - most_places) + " more");
        if (one_file) return concat({numbers.size() == 1 ? "line " : "lines ", list_of(shown)});
        parts.push_back(concat({path, ":", list_of(shown)}));
        if (parts.size() == most_places && lines.size() > most_places) {
            parts.push_back(config::counted(lines.size() - most_places, "more file"));
            break;
        }
    }
    return list_of(parts, ",");
}

std::string column(std::string_view text, std::size_t width) {
    std::string out(text);
    out.resize(std::max(out.size(), width), ' ');
    return out;
}

void print_group(const Title& title, const Uses& uses, const View& view, std::ostream& out) {
    std::size_t width = 0;
    for (const auto& [name, use] : uses) width = std::max(width, name.size());
    out << title.heading << ":\n";
    for (const auto& [name, use] : uses) {
        const std::string count = std::to_string(use.places.size());
        out << "  " << column(name, width) << ' ' << std::string(count.size() < 5 ? 5 - count.size() : 0, ' ') << count
            << "  " << places_of(use, view) << '\n';
        if (!use.reason.empty()) out << std::string(width + 10, ' ') << use.reason << '\n';
    }
    out << '\n';
}

void print(const Table& table, const std::vector<std::string>& values, const View& view, std::ostream& out) {
    std::size_t words = 0;
    std::vector<std::string> totals;
    for (const Title& title : titles) {
        const auto uses = table.find(title.group);
        if (uses == table.end()) continue;
        print_group(title, uses->second, view, out);
        words += uses->second.size();
        totals.push_back(concat({std::to_string(uses->second.size()), " ", title.in_total}));
    }
    if (!values.empty()) {
        out << "parameters and values not yet:\n";
        for (const std::string& value : values) out << "  " << value << '\n';
        out << '\n';
        totals.push_back(concat({counted(values.size(), "parameter"), " not yet"}));
    }
    out << counted(words, "directive") << (totals.empty() ? "" : ": ") << list_of(totals) << '\n';
}

/// Values and parameters that only compiling looks at, of directives that are there: "listen 443 quic".
std::vector<std::string> later_values(const Tools& tools, const std::string& path, const std::string& prefix) {
    std::vector<std::string> out;
    if (!tools.more_checks) return out;
    config::Conf conf = config::parse(tools.files, path, {prefix, ""});
    config::check(conf);
    tools.more_checks(conf);
    const View view(conf, prefix, tools.modes);
    for (const config::Diagnostic& d : conf.diagnostics.all())
        if (d.code == "not-yet") out.push_back(concat({view.line_of(d.span), ": ", d.message}));
    return out;
}

/// A file that could not be read, and its like, or that is no conf at all.
bool print_unreadable(const config::Conf& conf, std::ostream& err) {
    bool any = false;
    for (const config::Diagnostic& d : conf.diagnostics.all()) {
        if (d.severity != config::Severity::error) continue;
        err << config::render(d, conf.sources);
        any = true;
    }
    return any;
}

}  // namespace

int compat_command(std::span<const std::string> args, const Tools& tools, std::ostream& out, std::ostream& err) {
    const Arguments arguments(shape, args, out, err);
    if (arguments.done()) return *arguments.done();
    const std::string& path = arguments.operand();
    if (path.empty()) return arguments.fail("which file? as in sluice compat /etc/nginx/nginx.conf", err);
    const config::Conf conf = config::parse(tools.files, path, {arguments.value("prefix"), ""});
    const bool broken = print_unreadable(conf, err);
    const View view(conf, arguments.value("prefix"), tools.modes);
    const Table table = uses_of(view);
    print(table, later_values(tools, path, arguments.value("prefix")), view, out);
    const bool refused =
        table.contains(Group::never) || table.contains(Group::unknown) || table.contains(Group::misplaced);
    return broken || refused ? exit_errors : exit_ok;
}

}  // namespace sluice::advice
