// Diagnostics as JSON, for editors and pipelines.
#include "config/diagnostic.hpp"
#include "config/unicode.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

void add_string(std::string& out, std::string_view s) {
    out += '"';
    while (!s.empty()) {
        const CodePoint c = first_code_point(s);
        if (!c.valid) {
            out += "\\ufffd";
        } else if (c.value < 0x20 || c.value == 0x7f) {
            constexpr std::string_view digits = "0123456789abcdef";
            (out += "\\u00") += digits[c.value >> 4];
            out += digits[c.value & 15u];
        } else {
            if (c.value == '"' || c.value == '\\') out += '\\';
            out.append(s.substr(0, c.length));
        }
        s.remove_prefix(c.length);
    }
    out += '"';
}

void add_member(std::string& out, std::string_view name, std::string_view value) {
    add_string(out += ", ", name);
    add_string(out += ": ", value);
}

void add_place(std::string& out, Span span, const Sources& sources) {
    if (!span.known()) return;
    const Position at = sources.position(span);
    add_member(out, "file", sources[span.source].path);
    out += concat({", \"line\": ", std::to_string(at.line), ", \"column\": ", std::to_string(at.column)});
    out += concat({", \"offset\": ", std::to_string(span.offset), ", \"length\": ", std::to_string(span.length)});
}

void add_diagnostic(std::string& out, const Diagnostic& d, const Sources& sources) {
    out += d.severity == Severity::error ? "{\"severity\": \"error\"" : "{\"severity\": \"warning\"";
    add_member(out, "code", d.code);
    add_member(out, "message", d.message);
    add_place(out, d.span, sources);
    if (!d.help.empty()) add_member(out, "help", d.help);
    out += ", \"notes\": [";
    for (const Note& note : d.notes) {
        if (&note != d.notes.data()) out += ", ";
        add_string(out += "{\"message\": ", note.message);
        add_place(out, note.span, sources);
        out += '}';
    }
    out += "], \"included_from\": [";
    std::string_view comma;
    if (d.span.known())
        for (const Span at : sources.include_stack(d.span)) {
            add_string((out += comma) += "{\"file\": ", sources[at.source].path);
            out += concat({", \"line\": ", std::to_string(sources.position(at).line), "}"});
            comma = ", ";
        }
    out += "]}";
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const Sources& sources) {
    std::string out = concat({"{\"errors\": ", std::to_string(diagnostics.errors()),
                              ", \"warnings\": ", std::to_string(diagnostics.warnings()), ", \"diagnostics\": ["});
    std::string_view comma = "\n";
    for (const Diagnostic& diagnostic : diagnostics.all()) {
        add_diagnostic(out += comma, diagnostic, sources);
        comma = ",\n";
    }
    return out + "]}\n";
}

}  // namespace sluice::config
