#include <algorithm>
#include <utility>

#include "config/repair.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

using Kind = Token::Kind;
using Tokens = std::vector<Token>;

struct OpenBlock {
    Span name;             // first to last word
    std::uint32_t indent;  // of the line with the first word
    bool has_child = false;
    bool flat = false;  // the first line in it is not indented: indentation says nothing here
};

class Balancer {
  public:
    Balancer(Tokens in, const Sources& sources, Diagnostics& diagnostics)
        : in_(std::move(in)), sources_(sources), diagnostics_(diagnostics) {
        const auto opens = std::ranges::count(in_, Kind::open, &Token::kind);
        const auto closes = std::ranges::count(in_, Kind::close, &Token::kind);
        missing_ = opens > closes ? opens - closes : 0;
        surplus_ = closes > opens ? closes - opens : 0;
    }

    Tokens run() {
        bool starts = true;  // a directive could start here
        for (Token& token : in_) {
            if (token.first_on_line && (starts || token.is(Kind::close))) close_forgotten(token);
            if (starts && token.is(Kind::word)) begin(token);
            if (token.is(Kind::word)) name_ = join(name_, token.span);
            if (token.is(Kind::open)) blocks_.push_back({name_, indent_});
            if (token.is(Kind::close) && !close(token)) continue;
            if (token.is(Kind::end)) close_rest(token);
            starts = !token.is(Kind::word);
            out_.push_back(std::move(token));
        }
        return std::move(out_);
    }

  private:
    void begin(const Token& token);
    void close_forgotten(const Token& token);
    bool close(const Token& token);
    void close_rest(const Token& end);
    void close_before(const Token& token);
    std::string name(const OpenBlock& block) const { return in_quotes(sources_.text(block.name)); }

    Tokens in_;
    const Sources& sources_;
    Diagnostics& diagnostics_;
    Tokens out_;
    std::vector<OpenBlock> blocks_;
    Span name_;
    std::uint32_t indent_ = 0;
    Span last_closed_;       // name of the block that the last "}" ended
    Span last_closed_with_;  // that "}"
    std::ptrdiff_t missing_ = 0;
    std::ptrdiff_t surplus_ = 0;
};

void Balancer::begin(const Token& token) {
    name_ = token.span;
    indent_ = token.indent;
    if (blocks_.empty() || blocks_.back().has_child) return;
    blocks_.back().has_child = true;
    blocks_.back().flat = !token.first_on_line || token.indent <= blocks_.back().indent;
}

/// The innermost block ends before `token`: its "}" is missing.
void Balancer::close_before(const Token& token) {
    const OpenBlock block = blocks_.back();
    Diagnostic& d = diagnostics_.error("unclosed-block", block.name,
                                       concat({"the block ", name(block), " is never closed"}),
                                       token.is(Kind::end) ? "put \"}\" at the end of the file" : "put \"}\" at its end");
    if (!token.is(Kind::end)) d.notes.push_back({"by the indentation it should have ended before this", token.span});
    Token brace;
    brace.kind = Kind::close;
    brace.span = {token.span.source, token.span.offset, 0};
    out_.push_back(std::move(brace));
    blocks_.pop_back();
    --missing_;
}

/// A line that is indented less than it would be in the innermost block.
void Balancer::close_forgotten(const Token& token) {
    while (missing_ > 0 && !blocks_.empty()) {
        const OpenBlock& block = blocks_.back();
        if (block.flat || token.is(Kind::end)) return;
        const bool for_outer = token.is(Kind::close) ? token.indent < block.indent && blocks_.size() > 1
                                                     : block.has_child && token.indent <= block.indent;
        if (!for_outer) return;
        close_before(token);
    }
}

/// False: this "}" is too much and goes.
bool Balancer::close(const Token& token) {
    const bool early = surplus_ > 0 && !blocks_.empty() && token.first_on_line && token.indent > blocks_.back().indent;
    if (blocks_.empty() || early) {
        Diagnostic& d = diagnostics_.error("unexpected-brace", token.span, "this \"}\" closes nothing",
                                           "delete it, or open the block that it belongs to");
        if (last_closed_.known())
            d.notes.push_back(
                {concat({"the \"}\" before it closed ", in_quotes(sources_.text(last_closed_))}), last_closed_with_});
        --surplus_;
        return false;
    }
    last_closed_ = blocks_.back().name;
    last_closed_with_ = token.span;
    blocks_.pop_back();
    return true;
}

void Balancer::close_rest(const Token& end) {
    while (!blocks_.empty()) close_before(end);
}

}  // namespace

std::vector<Token> balance_braces(std::vector<Token> tokens, const Sources& sources, Diagnostics& diagnostics) {
    return Balancer(std::move(tokens), sources, diagnostics).run();
}

}  // namespace sluice::config
