#include "config/lexer_parts.hpp"

namespace sluice::config {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr unsigned tab_width = 4;

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

}  // namespace

std::string Lexer::unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char c = raw[i] == '\\' && i + 1 < raw.size() ? escaped(raw[i + 1]) : '\0';
        if (c != '\0') ++i;
        out += c != '\0' ? c : raw[i];
    }
    return out;
}

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

std::vector<Token> lex(SourceId id, const Sources& sources, Diagnostics& diagnostics) {
    return Lexer(id, sources, diagnostics).run();
}

}  // namespace sluice::config
