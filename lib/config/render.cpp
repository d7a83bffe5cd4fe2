// Diagnostics as text, the way compilers show them.
#include <algorithm>

#include "config/diagnostic.hpp"
#include "config/unicode.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

constexpr std::size_t tab_width = 4;
constexpr std::size_t widest_line = 120;  // of source text; what is longer is cut around the caret
constexpr std::size_t kept_before_caret = 60;

/// A line as it is shown: tabs opened, what cannot be shown replaced, and which columns the marked bytes take.
struct Shown {
    std::string text;
    std::size_t from = 0;
    std::size_t to = 0;
};

void show_one(std::string& out, std::size_t& column, std::string_view line, const CodePoint& c) {
    if (c.value == '\t') {
        const std::size_t step = tab_width - column % tab_width;
        out.append(step, ' ');
        column += step;
    } else if (!c.valid || c.value < 0x20 || c.value == 0x7f) {
        out += '?';
        ++column;
    } else {
        out.append(line.substr(0, c.length));
        column += display_width(c.value);
    }
}

/// `begin` and `end` are bytes of `line`; a long line is cut before it is measured.
Shown show(std::string_view line, std::size_t begin, std::size_t end) {
    Shown out;
    std::size_t at = 0;
    std::size_t column = 0;
    if (line.size() > widest_line && begin > kept_before_caret) {
        at = begin - kept_before_caret;
        while (at < begin && (static_cast<unsigned char>(line[at]) & 0xc0u) == 0x80u) ++at;
        out.text = "...";
        column = 3;
    }
    bool marked = false;
    const std::size_t first = at;
    while (at < line.size() && at - first < widest_line) {
        if (at >= begin && !marked) {
            out.from = column;
            marked = true;
        }
        const CodePoint c = first_code_point(line.substr(at));
        show_one(out.text, column, line.substr(at), c);
        at += c.length;
        if (at <= end) out.to = column;
    }
    if (!marked) out.from = column;
    if (at < line.size()) out.text += "...";
    return out;
}

/// The line of `span`, and a caret with an underline below it.
void add_excerpt(std::string& out, Span span, const Sources& sources) {
    const Text& text = *sources[span.source].text;
    const std::uint32_t number = text.line_of(span.offset);
    const std::string_view line = text.line(number);
    const std::size_t begin = std::min<std::size_t>(span.offset - text.line_start(number), line.size());
    const std::size_t end = std::min<std::size_t>(begin + span.length, line.size());
    const Shown shown = show(line, begin, end);
    const std::string label = std::to_string(number);
    const std::string margin(std::max<std::size_t>(label.size(), 4), ' ');
    std::string marks = "^";
    if (shown.to > shown.from + 1) marks.append(shown.to - shown.from - 1, '~');
    out += margin.substr(label.size()) + label + " | " + shown.text + "\n";
    out += margin + " | " + std::string(shown.from, ' ') + marks + "\n";
}

void add_include_stack(std::string& out, Span span, const Sources& sources) {
    for (const Span at : sources.include_stack(span))
        out +=
            concat({"included from ", sources[at.source].path, ":", std::to_string(sources.position(at).line), "\n"});
}

void add_note(std::string& out, const Note& note, const Sources& sources) {
    if (!note.span.known()) {
        out += concat({"note: ", note.message, "\n"});
        return;
    }
    out += concat({sources.where(note.span), ": note: ", note.message, "\n"});
    add_excerpt(out, note.span, sources);
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const Sources& sources) {
    std::string out;
    const std::string_view kind = diagnostic.severity == Severity::error ? "error: " : "warning: ";
    if (diagnostic.span.known()) {
        add_include_stack(out, diagnostic.span, sources);
        out += concat({sources.where(diagnostic.span), ": "});
    }
    out += concat({kind, diagnostic.message, "\n"});
    if (diagnostic.span.known()) add_excerpt(out, diagnostic.span, sources);
    for (const Note& note : diagnostic.notes) add_note(out, note, sources);
    if (!diagnostic.help.empty()) out += concat({"help: ", diagnostic.help, "\n"});
    return out;
}

std::string render(const Diagnostics& diagnostics, const Sources& sources) {
    std::string out;
    std::size_t shown = 0;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
        if (shown++ == Diagnostics::most_shown) break;
        out += render(diagnostic, sources);
    }
    const std::size_t all = diagnostics.errors() + diagnostics.warnings();
    if (all > Diagnostics::most_shown)
        out += concat({"and ", std::to_string(all - Diagnostics::most_shown), " more, not shown\n"});
    const std::size_t errors = diagnostics.errors();
    const std::size_t warnings = diagnostics.warnings();
    if (errors != 0) out += counted(errors, "error");
    if (errors != 0 && warnings != 0) out += ", ";
    if (warnings != 0) out += counted(warnings, "warning");
    return out.empty() ? out : out + "\n";
}

}  // namespace sluice::config
