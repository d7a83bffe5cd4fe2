// Characters that look like those of the language and are others.
#include "config/lexer_parts.hpp"

namespace sluice::config {

using Means = LookAlike::Means;

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

}  // namespace sluice::config
