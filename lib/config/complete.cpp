#include <algorithm>
#include <utility>

#include "config/repair.hpp"
#include "config/row.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

class Completer {
  public:
    Completer(Tokens in, const Sources& sources, Diagnostics& diagnostics)
        : in_(std::move(in)), sources_(sources), diagnostics_(diagnostics) {}

    Tokens run() {
        while (!in_[at_].is(Kind::end)) {
            if (in_[at_].is(Kind::word))
                directive();
            else
                punctuation();
        }
        out_.push_back(std::move(in_[at_]));
        return std::move(out_);
    }

  private:
    void directive();
    void punctuation();
    bool skip_foreign_comment();
    std::size_t words_end();
    std::size_t next_start(std::size_t end) const;
    bool fits(std::size_t end) const;
    bool opens_block(std::size_t end) const;
    void end_with(Kind kind, std::size_t end);
    void take(std::size_t end);
    Contexts context() const { return blocks_.empty() ? in::main : blocks_.back(); }
    bool in_list() const { return (context() & in::entries) != 0; }
    std::vector<const Row*> rows_here() const;
    std::uint32_t line(std::size_t i) const { return sources_[in_[i].span.source].text->line_of(in_[i].span.offset); }

    Tokens in_;
    const Sources& sources_;
    Diagnostics& diagnostics_;
    Tokens out_;
    std::size_t at_ = 0;
    std::size_t words_end_ = 0;
    std::vector<Contexts> blocks_;  // the open ones; 0 for what is not known
};

/// Behind the words from here on. Remembered: words without any ";" are split one directive at a time.
std::size_t Completer::words_end() {
    if (words_end_ > at_) return words_end_;
    words_end_ = at_;
    while (in_[words_end_].is(Kind::word)) ++words_end_;
    return words_end_;
}

/// The rows of this directive: those that may stand here, or all if none may.
std::vector<const Row*> Completer::rows_here() const {
    const auto all = find_rows(in_[at_].value);
    std::vector<const Row*> out(all.begin(), all.end());
    const auto elsewhere = [this](const Row* row) { return (row->contexts & context()) == 0; };
    if (!std::ranges::all_of(out, elsewhere)) std::erase_if(out, elsewhere);
    return out;
}

/// Would the words up to `end`, and what stands there, be a directive as a row says?
bool Completer::fits(std::size_t end) const {
    return std::ranges::any_of(rows_here(), [&](const Row* row) {
        const bool block = in_[end].is(Kind::open);
        return block == row->block() && row->args.accepts(end - at_ - 1);
    });
}

/// Is the directive with the words up to `end` one with a block? "server" alone is, "server 127.0.0.1" is not.
bool Completer::opens_block(std::size_t end) const {
    const auto rows = rows_here();
    const auto fits_with_block = [&](const Row* row) { return row->block() && row->args.accepts(end - at_ - 1); };
    if (std::ranges::any_of(rows, fits_with_block)) return true;
    return !rows.empty() && std::ranges::all_of(rows, &Row::block);
}

/// The word before `end` that starts another directive because this one's ";" is missing, or `end`.
std::size_t Completer::next_start(std::size_t end) const {
    const Token& name = in_[at_];
    const bool known = !find_rows(name.value).empty();
    bool whole_fits = true;
    if (known) whole_fits = fits(end);
    for (std::size_t i = at_ + 1; i < end; ++i) {
        const Token& word = in_[i];
        if (!word.first_on_line || (word.quote != Quote::none && !in_list())) continue;
        const bool outdented = word.indent <= name.indent;
        if (in_list()) {
            if (outdented && i - at_ >= 2) return i;
            continue;
        }
        if (!find_rows(word.value).empty() && (outdented || !name.first_on_line || !whole_fits)) return i;
        if (outdented && known && !whole_fits) return i;
    }
    return end;
}

void Completer::take(std::size_t end) {
    for (; at_ < end; ++at_) out_.push_back(std::move(in_[at_]));
}

/// Puts `kind` behind the word before `end`.
void Completer::end_with(Kind kind, std::size_t end) {
    const Token& last = in_[end - 1];
    const std::string name = in_[at_].value;
    const Span place = after(last.span);
    if (kind == Kind::open)
        diagnostics_.error("missing-brace", place, concat({"\"{\" is missing after ", in_quotes(last.value)}),
                           concat({in_quotes(name), " holds other directives, between \"{\" and \"}\""}));
    else
        diagnostics_.error("missing-semicolon", place, concat({"\";\" is missing after ", in_quotes(last.value)}),
                           "end every directive with \";\"");
    Token token = last;
    token.kind = kind;
    token.span = place;
    token.first_on_line = false;
    take(end);
    out_.push_back(std::move(token));
}

/// "// text" and "/* text */".
bool Completer::skip_foreign_comment() {
    const Token& word = in_[at_];
    const bool block = word.value.starts_with("/*");
    if (word.quote != Quote::none || in_list() || (!block && !word.value.starts_with("//"))) return false;
    const std::uint32_t number = line(at_);
    diagnostics_.error("comment", {word.span.source, word.span.offset, 2},
                       concat({"\"", word.value.substr(0, 2), "\" does not start a comment here"}),
                       "a comment starts with \"#\" and goes to the end of its line");
    bool closed = !block;
    while (!in_[at_].is(Kind::end) && (!closed || line(at_) == number)) {
        closed = closed || in_[at_].value.ends_with("*/");
        if (++at_; block && closed) break;
    }
    return true;
}

void Completer::directive() {
    if (skip_foreign_comment()) return;
    const std::size_t end = words_end();
    const std::size_t split = next_start(end);
    const bool wants_block = opens_block(split) && !in_list();
    const auto rows = rows_here();
    const auto block = std::ranges::find_if(rows, &Row::block);
    const Contexts opened = block == rows.end() ? 0 : (*block)->opens;
    if (split != end) {
        if (wants_block) blocks_.push_back(opened);
        return end_with(wants_block ? Kind::open : Kind::semicolon, split);
    }
    if (in_[end].is(Kind::close) || in_[end].is(Kind::end)) return end_with(Kind::semicolon, end);
    if (in_[end].is(Kind::open)) blocks_.push_back(opened);
    take(end + 1);
}

/// ";", "{" and "}" where a directive could start.
void Completer::punctuation() {
    const Token& token = in_[at_];
    if (token.is(Kind::close)) {
        if (!blocks_.empty()) blocks_.pop_back();
        return take(at_ + 1);
    }
    if (token.is(Kind::semicolon)) {
        const bool behind_block = !out_.empty() && out_.back().is(Kind::close);
        diagnostics_.error("unexpected-semicolon", token.span, "this \";\" ends nothing",
                           behind_block ? "a block ends with its \"}\"; delete the \";\"" : "delete it");
        ++at_;
        return;
    }
    diagnostics_.error("unexpected-brace", token.span, "this \"{\" opens a block without a name",
                       "write what the block is before it, as in server { or location / {");
    // Kept as a block without a name, so that the braces still pair up.
    Token name = token;
    name.kind = Kind::word;
    name.span.length = 0;
    out_.push_back(std::move(name));
    blocks_.push_back(0);
    take(at_ + 1);
}

}  // namespace

std::vector<Token> complete_directives(std::vector<Token> tokens, const Sources& sources, Diagnostics& diagnostics) {
    return Completer(std::move(tokens), sources, diagnostics).run();
}

}  // namespace sluice::config
