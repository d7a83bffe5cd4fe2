// What the parts of the lexer share: the text, and how far it is read.
#pragma once

#include <algorithm>

#include "config/lexer.hpp"
#include "config/unicode.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

/// Reads one source from its start to its end. Its parts: one file each.
class Lexer {
  public:
    Lexer(SourceId id, const Sources& sources, Diagnostics& diagnostics)
        : id_(id), source_(*sources[id].text), text_(source_.bytes()), diagnostics_(diagnostics) {}

    std::vector<Token> run() {
        if (starts_readable())
            while (skip_spaces()) next();
        push(Kind::end, text_.size(), text_.size());
        return std::move(tokens_);
    }

  private:
    using Kind = Token::Kind;
    static constexpr std::size_t npos = std::string_view::npos;
    static constexpr std::size_t longest_repair = 4096;  // bytes looked through for what a mistake may have meant

    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
    static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
    static bool is_letter(char c) { return core::lower(c) >= 'a' && core::lower(c) <= 'z'; }
    static std::string unescape(std::string_view raw);

    bool starts_readable();
    bool skip_spaces();
    void next();
    void read_bare();
    bool ends_bare(std::size_t start);
    // lexer_quotes.cpp
    void read_quoted(char quote);
    void read_unclosed(std::size_t start, char quote);
    bool read_apostrophe(std::size_t start);
    // lexer_look_alikes.cpp
    bool read_look_alike(const LookAlike& look);
    void read_look_alike_quotes(const LookAlike& look, std::size_t length);
    bool look_alike_ends_bare(std::size_t start);
    void report(const LookAlike& look, std::size_t from, std::size_t length);
    // lexer_braces.cpp
    bool skips_braces(std::size_t start);
    std::string help_for_braces(std::string_view word, bool quantifier) const;
    bool splits_brace(std::size_t start);
    bool read_json();
    bool begins_json() const;
    bool begins_text() const;
    std::size_t end_of_json() const;

    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\n'; }
    bool ends_word(std::size_t i) const { return is_space(at(i)) || at(i) == ';' || at(i) == '{' || at(i) == '}'; }
    Span span(std::size_t from, std::size_t to) const {
        return {id_, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)};
    }
    std::size_t end_of_line(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }
    void push(Kind kind, std::size_t from, std::size_t to, std::string value = {}, Quote quote = Quote::none);

    SourceId id_;
    const Text& source_;
    std::string_view text_;
    Diagnostics& diagnostics_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::uint32_t indent_ = 0;
    bool at_line_start_ = true;
    bool control_reported_ = false;
    unsigned rewinds_ = 0;
    std::size_t braced_ = npos;  // where the last word with braces in it started: told of once
    std::string invisible_;  // what to take out of the word that is being read
};

}  // namespace sluice::config
