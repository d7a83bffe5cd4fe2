// Words in quotes, closed or not.
#include "config/lexer_parts.hpp"

namespace sluice::config {

namespace {

constexpr unsigned most_rewinds = 64;  // each may read the rest of the file again

}  // namespace

void Lexer::read_quoted(char quote) {
    const std::size_t start = at_;
    std::size_t close = start + 1;
    while (close < text_.size() && text_[close] != quote) close += text_[close] == '\\' ? 2 : 1;
    const bool several_lines = end_of_line(start) < close;
    const bool separate = ends_word(close + 1) || at(close + 1) == ')';
    if (close >= text_.size() || (several_lines && (!separate || at(close + 1) == '}')))
        return read_unclosed(start, quote);
    at_ = close + 1;
    push(Kind::word, start, at_, unescape(text_.substr(start + 1, close - start - 1)),
         quote == '"' ? Quote::twofold : Quote::single);
    if (separate && at(at_) != '}') return;
    if (quote == '\'' && read_apostrophe(start)) return;
    const std::size_t end = at_ + first_code_point(text_.substr(at_)).length;
    if (at(at_) == '}')
        diagnostics_.error("missing-semicolon", span(at_, at_), "\";\" is missing after the closing quote",
                           "end every directive with \";\"");
    else
        diagnostics_.error(
            "after-quote", span(at_, end),
            concat({in_quotes(text_.substr(at_, end - at_)), " stands directly behind a closing quote"}),
            "put a space between them, or the whole word in quotes; a quote inside quotes is written \\\"");
    if (at(at_) == '}') return push(Kind::semicolon, at_, at_);
    while (at_ < text_.size() && !ends_word(at_)) ++at_;  // one message is enough for what hangs on
}

/// 'it's so': the quote at `at_ - 1`, amid letters, was none.
bool Lexer::read_apostrophe(std::size_t start) {
    if (at_ < start + 3 || !is_letter(text_[at_ - 2]) || !is_letter(at(at_))) return false;
    const std::size_t last = std::min(end_of_line(at_), at_ + longest_repair);
    std::size_t close = text_.find('\'', at_);
    while (close < last && !ends_word(close + 1)) close = text_.find('\'', close + 1);
    if (close >= last) return false;
    const std::string_view inner = text_.substr(start + 1, close - start - 1);
    diagnostics_.error("after-quote", span(at_ - 1, at_), "this apostrophe ends the text, which began with one",
                       inner.find('"') == npos ? concat({"put double quotes around it: \"", inner, "\""}) : "write it as \\'");
    at_ = close + 1;
    tokens_.back().span = span(start, at_);
    tokens_.back().value = unescape(inner);
    return true;
}

/// What was meant ends with the line, before what ends a directive there.
void Lexer::read_unclosed(std::size_t start, char quote) {
    std::size_t end = end_of_line(start);
    if (++rewinds_ > most_rewinds) end = text_.size();
    at_ = end;
    while (at_ > start + 1 && (is_space(text_[at_ - 1]) || text_[at_ - 1] == ';' || text_[at_ - 1] == '{')) --at_;
    const std::string_view meant = text_.substr(start, at_ - start);
    const std::string_view mark(&quote, 1);
    const std::string line = std::to_string(source_.line_of(static_cast<std::uint32_t>(start)));
    diagnostics_.error("unclosed-quote", span(start, start + 1), "the quote that opens here is never closed",
                       meant.size() <= 60 ? concat({"line ", line, " most likely lacks it: write ", meant, mark})
                                          : concat({"line ", line, " most likely lacks it: put a closing ", mark, " behind the text there"}));
    push(Kind::word, start, at_, unescape(text_.substr(start + 1, at_ - start - 1)),
         quote == '"' ? Quote::twofold : Quote::single);
}

}  // namespace sluice::config
