// Conf text to tokens, by nginx's rules: words end at white space, ";" and "{"; quotes and comments count only where a
// word could start; "${" in a word opens a variable; \" \' \\ \t \r \n are translated, other backslashes stay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source.hpp"

namespace sluice::config {

enum class Quote : std::uint8_t { none, single, twofold };

struct Token {
    enum class Kind : std::uint8_t { word, semicolon, open, close, end };
    Kind kind = Kind::end;
    Quote quote = Quote::none;
    bool first_on_line = false;
    std::uint32_t indent = 0;  // of its line, in columns
    Span span;                 // with the quotes; of no length for what was put in by a repair
    std::string value;         // of a word, unescaped

    bool is(Kind k) const { return kind == k; }
};

/// Never fails: what is wrong is reported, and read as what was most likely meant. The last token is `end`.
std::vector<Token> lex(SourceId id, const Sources& sources, Diagnostics& diagnostics);

}  // namespace sluice::config
