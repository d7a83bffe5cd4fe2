// Braces that were not to open or close a block: in a regex, a path, JSON, or behind a word without its ";".
#include "config/lexer_parts.hpp"
#include "config/row.hpp"

namespace sluice::config {

namespace {

/// The first word of the directive that is being read.
std::string_view first_word(const std::vector<Token>& tokens) {
    auto first = tokens.rbegin();
    while (first != tokens.rend() && first->is(Token::Kind::word)) ++first;
    return first == tokens.rbegin() ? std::string_view{} : std::string_view(std::prev(first)->value);
}

/// "/a/{id}/b" as a regex.
std::string with_wildcards(std::string_view path) {
    std::string out = "^";
    for (std::size_t open; (open = path.find('{')) != std::string_view::npos && path.find('}', open) != std::string_view::npos;) {
        out += concat({path.substr(0, open), "[^/]+"});
        path.remove_prefix(path.find('}', open) + 1);
    }
    return out + std::string(path) + '$';
}

}  // namespace

std::string Lexer::help_for_braces(std::string_view word, bool quantifier) const {
    if (diagnostics_.full()) return "";
    if (quantifier) return concat({"a regex with braces needs quotes: \"", word, "\""});
    if (first_word(tokens_) == "location" && word.starts_with('/'))
        return concat({"a path has no placeholders: write location ~ ", with_wildcards(word), " { ... }, or location ",
                       word.substr(0, word.find('{')), " for all that begins so"});
    return concat({"a word with braces needs quotes: \"", word, "\""});
}

/// \d{2,4} and /a/{id} without quotes: nginx takes the brace for a block. Says so, and reads on to the word's end.
bool Lexer::skips_braces(std::size_t start) {
    const auto is_inner = [](char c) { return core::is_digit(c) || is_letter(c) || c == '_' || c == ',' || c == '-'; };
    std::size_t end = at_ + 1;
    while (is_inner(at(end))) ++end;
    if (at(end) != '}' || end == at_ + 1 || at_ == start) return false;
    std::size_t word_end = end;
    while (!is_space(at(word_end)) && at(word_end) != ';') ++word_end;
    const std::string_view word = text_.substr(start, word_end - start);
    const bool quantifier = text_.substr(at_ + 1, end - at_ - 1).find_first_not_of("0123456789,") == npos;
    if (braced_ != start)
        diagnostics_.error("regex-brace", span(at_, end + 1), "this \"{\" ends the word and opens a block",
                           help_for_braces(word, quantifier));
    braced_ = start;
    return at_ = end, true;
}

/// Behind the brace that belongs to the one at `at_`, or the end of the line if there is none.
std::size_t Lexer::end_of_json() const {
    unsigned depth = 0;
    const std::size_t last = std::min(text_.size(), at_ + longest_repair);
    for (std::size_t i = at_; i < last; ++i) {
        if (text_[i] == '"')
            for (++i; i < last && text_[i] != '"'; ++i) i += text_[i] == '\\';
        else if (text_[i] == '{')
            ++depth;
        else if (text_[i] == '}' && --depth == 0)
            return i + 1;
    }
    return end_of_line(at_);
}

/// {"a": which no block of nginx's can begin like.
bool Lexer::begins_json() const {
    const std::size_t name = text_.find_first_not_of(" \t\r\n", at_ + 1);
    const std::size_t close = at(name) == '"' ? text_.find('"', name + 1) : npos;
    return close != npos && close < end_of_line(name) && at(close + 1) == ':';
}

/// {a:1} behind a directive that never has a block, on one line and with no directive in it.
bool Lexer::begins_text() const {
    const std::size_t close = text_.find_first_of("{};\n", at_ + 1);
    if (close == npos || close == at_ + 1 || text_[close] != '}') return false;
    const auto rows = find_rows(first_word(tokens_));
    return !rows.empty() && std::ranges::none_of(rows, &Row::block);
}

/// Text in braces without quotes around it. Says so, and reads it as one word.
bool Lexer::read_json() {
    if (tokens_.empty() || !tokens_.back().is(Kind::word)) return false;
    const bool is_json = begins_json();
    if (!is_json && !begins_text()) return false;
    const std::size_t start = at_;
    const std::size_t end = end_of_json();
    const std::string_view json = text_.substr(start, end - start);
    const bool is_short = json.size() <= 60 && json.find_first_of("\n'") == npos;
    diagnostics_.error("json", span(start, std::min(end, end_of_line(start))), is_json ? "this \"{\" opens a block, but what follows is JSON" : "this \"{\" opens a block, but what follows is text",
                       is_short ? concat({"text with braces needs quotes: '", json, "'"})
                                : "text with braces needs quotes: put a ' before its first brace and one behind its last");
    at_ = end;
    return push(Kind::word, start, end, std::string(json), Quote::single), true;
}

/// "80}": the brace was to end the block, and a ";" is missing before it.
bool Lexer::splits_brace(std::size_t start) {
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.size() < 2 || !word.ends_with('}') || word.ends_with("\\}") || word.find('{') != npos) return false;
    const std::size_t length = word.find_last_not_of('}') + 1;
    if (length == 0 || length > word.size()) return false;
    const std::size_t brace = start + length;
    const std::string before(word.substr(0, length));
    diagnostics_.error("missing-semicolon", span(brace, brace), concat({"\";\" is missing after ", in_quotes(before)}),
                       "end every directive with \";\"");
    push(Kind::word, start, brace, unescape(before));
    push(Kind::semicolon, brace, brace);
    for (std::size_t i = brace; i < at_; ++i) push(Kind::close, i, i + 1);
    return true;
}

}  // namespace sluice::config
