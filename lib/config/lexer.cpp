#include "config/lexer.hpp"

#include <algorithm>
#include <utility>

#include "config/unicode.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

using Kind = Token::Kind;
using Means = LookAlike::Means;

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr unsigned tab_width = 4;
constexpr std::size_t longest_repair = 16384;  // bytes looked through for what a mistake may have meant
constexpr unsigned most_rewinds = 64;  // each may read the rest of the file again

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

char escaped(char c) {
    switch (c) {
        case '"':
        case '\'':
        case '\\':
            return c;
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case 'n':
            return '\n';
        default:
            return '\0';
    }
}

std::string unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char c = raw[i] == '\\' && i + 1 < raw.size() ? escaped(raw[i + 1]) : '\0';
        if (c != '\0') ++i;
        out += c != '\0' ? c : raw[i];
    }
    return out;
}

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
    bool starts_readable();
    bool skip_spaces();
    void next();
    void read_bare();
    void read_quoted(char quote);
    void read_unclosed(std::size_t start, char quote);
    bool read_look_alike(const LookAlike& look);
    void read_look_alike_quotes(const LookAlike& look, std::size_t length);
    bool ends_bare(std::size_t start);
    bool look_alike_ends_bare(std::size_t start);
    bool skips_braces(std::size_t start);
    std::string help_for_braces(std::string_view word, bool quantifier) const;
    bool read_json();
    std::size_t end_of_json() const;
    bool read_apostrophe(std::size_t start);
    bool splits_brace(std::size_t start);

    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\n'; }
    bool ends_word(std::size_t i) const { return is_space(at(i)) || at(i) == ';' || at(i) == '{' || at(i) == '}'; }
    Span span(std::size_t from, std::size_t to) const {
        return {id_, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)};
    }
    std::size_t end_of_line(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }
    void push(Kind kind, std::size_t from, std::size_t to, std::string value = {}, Quote quote = Quote::none);
    void report(const LookAlike& look, std::size_t from, std::size_t length);

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

void Lexer::push(Kind kind, std::size_t from, std::size_t to, std::string value, Quote quote) {
    tokens_.push_back({kind, quote, at_line_start_, indent_, span(from, to), std::move(value)});
    at_line_start_ = false;
}

bool Lexer::starts_readable() {
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
        diagnostics_.error("encoding", span(0, 2), "this file is UTF-16, which cannot be read",
                           "save it as UTF-8 without a byte order mark; \"iconv -f UTF-16 -t UTF-8\" does that");
        return false;
    }
    if (text_.starts_with(byte_order_mark)) {
        diagnostics_.warning("byte-order-mark", span(0, byte_order_mark.size()),
                             "the file starts with a byte order mark (U+FEFF), which is skipped",
                             "nginx refuses such a file; save it as UTF-8 without BOM");
        at_ = byte_order_mark.size();
    }
    return true;
}

/// To the next token; false at the end.
bool Lexer::skip_spaces() {
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '#') at_ = end_of_line(at_);
        if (at(at_) == '\n') {
            at_line_start_ = true;
            indent_ = 0;
        } else if (!is_space(c)) {
            return true;
        } else if (at_line_start_) {
            indent_ = c == '\t' ? indent_ / tab_width * tab_width + tab_width : indent_ + 1;
        }
    }
    return false;
}

void Lexer::next() {
    const std::size_t start = at_;
    switch (text_[start]) {
        case ';':
            return ++at_, push(Kind::semicolon, start, at_);
        case '{':
            if (read_json()) return;
            return ++at_, push(Kind::open, start, at_);
        case '}':
            return ++at_, push(Kind::close, start, at_);
        case '"':
        case '\'':
            return read_quoted(text_[start]);
        default:
            break;
    }
    if (!is_ascii(text_[start])) {
        const LookAlike* look = find_look_alike(first_code_point(text_.substr(start)).value);
        if (look && read_look_alike(*look)) return;
    }
    read_bare();
}

void Lexer::report(const LookAlike& look, std::size_t from, std::size_t length) {
    const std::string name = concat({code_point_name(look.value), " (", look.name, ")"});
    const bool visible = look.means != Means::space && look.means != Means::nothing;
    const std::string shown = visible ? concat({"\"", text_.substr(from, length), "\", ", name, ","}) : name;
    const std::string message = look.means == Means::space     ? shown + " stands here and looks like a space"
                                : look.means == Means::nothing ? shown + " stands here and cannot be seen"
                                                               : concat({shown, " looks like a plain ", look.ascii});
    const std::string help = look.means == Means::space ? concat({"delete it and type ", look.ascii})
                             : look.means == Means::nothing
                                 ? "delete it: with the cursor behind it, press backspace once"
                                 : concat({"type ", look.ascii, " in its place"});
    diagnostics_.error("look-alike", span(from, from + length), message, help);
}

/// Where a token could start. False: an ordinary word.
bool Lexer::read_look_alike(const LookAlike& look) {
    const std::size_t start = at_;
    std::size_t length = first_code_point(text_.substr(start)).length;
    const std::string_view character = text_.substr(start, length);
    while (look.means == Means::space && text_.substr(start + length).starts_with(character))
        length += character.size();
    const auto read_as = [&](Kind kind) { at_ += length, report(look, start, length), push(kind, start, at_); };
    switch (look.means) {
        case Means::space:
        case Means::nothing:
            return at_ += length, report(look, start, length), true;
        case Means::semicolon:
            return read_as(Kind::semicolon), true;
        case Means::open:
            return read_as(Kind::open), true;
        case Means::close:
            return read_as(Kind::close), true;
        case Means::hash:
            return report(look, start, length), at_ = end_of_line(start), true;
        case Means::double_quote:
        case Means::single_quote:
            return read_look_alike_quotes(look, length), true;
        case Means::other:
            break;
    }
    return false;
}

/// To its partner on the same line, or as an ordinary word.
void Lexer::read_look_alike_quotes(const LookAlike& look, std::size_t length) {
    const std::size_t start = at_;
    report(look, start, length);
    for (std::size_t i = start + length; i < end_of_line(start);) {
        const CodePoint c = first_code_point(text_.substr(i));
        const LookAlike* other = find_look_alike(c.value);
        const bool closes = (other && other->means == look.means) ||
                            (look.ascii.size() == 1 && c.value == U'"' && look.means == Means::double_quote);
        if (closes && ends_word(i + c.length)) {
            at_ = i + c.length;
            return push(Kind::word, start, at_, unescape(text_.substr(start + length, i - start - length)),
                        look.means == Means::double_quote ? Quote::twofold : Quote::single);
        }
        i += c.length;
    }
    at_ = start + length;
    if (!ends_word(at_)) read_bare();
}

void Lexer::read_bare() {
    const std::size_t start = at_;
    bool variable = false;  // behind a "$": "{" does not end the word
    invisible_.clear();
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\\' && at_ + 1 < text_.size()) {
            variable = false;
            ++at_;
            continue;
        }
        if (c == '{' && variable) continue;
        variable = c == '$';
        if (ends_bare(start)) break;
    }
    if (splits_brace(start)) return;
    std::string value = unescape(text_.substr(start, at_ - start));
    for (std::size_t i = 0; !invisible_.empty() && (i = value.find(invisible_)) != npos;)
        value.erase(i, invisible_.size());
    if (at_ > start) push(Kind::word, start, at_, std::move(value));
}

/// Is the word's end reached at `at_`? May move `at_` inside the word.
bool Lexer::ends_bare(std::size_t start) {
    const char c = text_[at_];
    if (is_space(c) || c == ';') return true;
    if (c == '{') return !skips_braces(start);
    if (!is_ascii(c)) return look_alike_ends_bare(start);
    if (static_cast<unsigned char>(c) < 0x20 && !control_reported_) {
        control_reported_ = true;
        diagnostics_.error(
            "control-character", span(at_, at_ + 1),
            concat({"a control character (", code_point_name(static_cast<unsigned char>(c)), ") stands in this word"}),
            "delete it; is this a text file?");
    }
    return false;
}

/// Between ASCII characters these are never meant; in a word of another script some are letters like others.
bool Lexer::look_alike_ends_bare(std::size_t start) {
    const CodePoint c = first_code_point(text_.substr(at_));
    const LookAlike* look = c.valid ? find_look_alike(c.value) : nullptr;
    const std::size_t behind = at_ + c.length;
    if (!look) return at_ = behind - 1, false;
    if (look->means == Means::space) return true;  // and is reported where the next token would start
    if (look->means == Means::nothing) {
        if ((at_ == start || is_ascii(text_[at_ - 1])) && is_ascii(at(behind)) && invisible_.empty()) {
            report(*look, at_, c.length);
            invisible_ = text_.substr(at_, c.length);
        }
        return at_ = behind - 1, false;
    }
    if (ends_word(behind) && look->means != Means::hash) {
        if (look->means != Means::double_quote && look->means != Means::single_quote) return true;
        report(*look, at_, c.length);
    }
    return at_ = behind - 1, false;
}

/// The first word of the directive that is being read.
std::string_view first_word(const std::vector<Token>& tokens) {
    auto first = tokens.rbegin();
    while (first != tokens.rend() && first->is(Kind::word)) ++first;
    return first == tokens.rbegin() ? std::string_view{} : std::string_view(std::prev(first)->value);
}

/// "/a/{id}/b" as a regex.
std::string with_wildcards(std::string_view path) {
    std::string out = "^";
    for (std::size_t open; (open = path.find('{')) != npos && path.find('}', open) != npos;) {
        out += concat({path.substr(0, open), "[^/]+"});
        path.remove_prefix(path.find('}', open) + 1);
    }
    return out + std::string(path) + '$';
}

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
    const auto is_inner = [](char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '_' || c == ',' || c == '-'; };
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

/// {"a": 1} without quotes around it, which no block of nginx's can begin like. Says so, and reads it as one word.
bool Lexer::read_json() {
    if (tokens_.empty() || !tokens_.back().is(Kind::word)) return false;
    const std::size_t start = at_;
    const std::size_t name = text_.find_first_not_of(" \t\r\n", start + 1);
    const std::size_t close = at(name) == '"' ? text_.find('"', name + 1) : npos;
    if (close == npos || close > end_of_line(name) || at(close + 1) != ':') return false;
    const std::size_t end = end_of_json();
    const std::string_view json = text_.substr(start, end - start);
    const bool is_short = json.size() <= 60 && json.find_first_of("\n'") == npos;
    diagnostics_.error("json", span(start, std::min(end, end_of_line(start))), "this \"{\" opens a block, but what follows is JSON",
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
    const auto is_letter = [](char c) { return core::lower(c) >= 'a' && core::lower(c) <= 'z'; };
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

}  // namespace

std::vector<Token> lex(SourceId id, const Sources& sources, Diagnostics& diagnostics) {
    return Lexer(id, sources, diagnostics).run();
}

}  // namespace sluice::config
