// Lints: confs that are right by the rules and most likely not what was meant. Each is a row with a code that stays.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "advice/view.hpp"
#include "config/diagnostic.hpp"

namespace sluice::advice {

/// Takes what one lint finds.
class Report {
  public:
    Report(std::string_view code, config::Diagnostics& out) : code_(code), out_(out) {}

    config::Diagnostic& add(config::Span span, std::string message, std::string help = "") {
        return out_.warning(std::string(code_), span, std::move(message), std::move(help));
    }

  private:
    std::string_view code_;
    config::Diagnostics& out_;
};

struct Lint {
    std::string_view code;         // "SL001"; never given to another lint
    std::string_view name;         // "proxy-pass-slash"
    std::string_view summary;      // one line
    std::string_view explanation;  // paragraphs, with a wrong and a right example
    /// Looks at what is not there: run only if the conf has no errors, for what is missing may be what was misspelled.
    bool needs_whole = false;
    void (*find)(const View&, Report&) = nullptr;
};

/// All, by code.
std::span<const Lint> lints();

/// By code or name, in any case; nullptr if there is none.
const Lint* find_lint(std::string_view code_or_name);

/// Adds what all lints find. `whole` says that the conf has no errors.
void run_lints(const View& view, bool whole, config::Diagnostics& out);

}  // namespace sluice::advice
