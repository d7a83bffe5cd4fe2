// What is wrong with a conf, where, and the way out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/source.hpp"

namespace sluice::config {

enum class Severity : std::uint8_t { error, warning };

struct Note {
    std::string message;
    Span span;  // may be unknown
};

struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;  // stable, for machines: "unknown-directive"
    std::string message;
    Span span;
    std::vector<Note> notes;
    std::string help;  // what to do; "" if the message says it
};

/// Collects; at the end gives them in the order of the files.
class Diagnostics {
  public:
    static constexpr std::size_t most_shown = 100;

    Diagnostic& add(Diagnostic diagnostic);
    Diagnostic& error(std::string code, Span span, std::string message, std::string help = "");
    Diagnostic& warning(std::string code, Span span, std::string message, std::string help = "");

    /// Takes back what was said of a place: something else says it better.
    void forget(std::string_view code, Span span);
    void forget(std::string_view code);

    /// Sorted by place, and each said once: a file that is included twice has its mistakes once.
    void arrange(const Sources& sources);

    const std::vector<Diagnostic>& all() const { return all_; }
    std::size_t errors() const { return count(Severity::error); }
    std::size_t warnings() const { return count(Severity::warning); }
    /// No more are kept, only counted: not worth thinking about a help text.
    bool full() const { return all_.size() >= most_kept; }

  private:
    static constexpr std::size_t most_kept = 1000;  // a file of garbage must not cost more than a file

    std::size_t count(Severity severity) const;

    std::vector<Diagnostic> all_;
    std::size_t dropped_[2] = {};  // by severity
};

/// As text for people: place, message, the line with a caret, notes, help; then how many were left out.
std::string render(const Diagnostics& diagnostics, const Sources& sources);
std::string render(const Diagnostic& diagnostic, const Sources& sources);

/// {"errors": N, "warnings": N, "diagnostics": [...]}, all that were kept.
std::string render_json(const Diagnostics& diagnostics, const Sources& sources);

}  // namespace sluice::config
