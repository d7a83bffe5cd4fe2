#include "config/parser.hpp"

#include <map>
#include <utility>

#include "config/repair.hpp"
#include "config/words.hpp"

namespace sluice::config {

namespace {

using Kind = Token::Kind;

constexpr unsigned deepest = 500;  // blocks in blocks, over all includes: readers of the tree recurse
constexpr unsigned deepest_include = 32;
constexpr std::size_t most_sources = 10'000;  // files that include each other twice would double on each level
constexpr std::size_t most_directives = 5'000'000;

class Parser {
  public:
    Parser(const Files& files, Conf& conf, std::string prefix)
        : files_(files), conf_(conf), prefix_(std::move(prefix)) {}

    void main_file(const std::string& path);
    void command_line(const std::string& text);

  private:
    /// Tokens of one source, and how far they are read.
    struct Cursor {
        std::vector<Token> tokens;
        std::size_t at = 0;
        bool skips = false;  // too deep: read to the braces' end, without a tree
        const Token& now() const { return tokens[at]; }
        Token& take() { return tokens[at++]; }
    };

    void source(SourceId id, std::vector<Directive>& into);
    void block(Cursor& cursor, std::vector<Directive>& into);
    void directive(Cursor& cursor, std::vector<Directive>& into);
    void children(Cursor& cursor, Directive& out);
    void include(const Word& pattern, std::vector<Directive>& into);
    void include_file(const std::string& path, Span by, std::vector<Directive>& into);
    bool may_include(const std::string& path, Span by);

    const Files& files_;
    Conf& conf_;
    std::string prefix_;
    std::map<std::string, SourceId> read_;  // each file is read once
    unsigned depth_ = 0;
    std::size_t directives_ = 0;
};

Word to_word(Token& token) { return {std::move(token.value), token.span, token.quote}; }

void Parser::source(SourceId id, std::vector<Directive>& into) {
    Diagnostics& diagnostics = conf_.diagnostics;
    Cursor cursor;
    cursor.tokens = lex(id, conf_.sources, diagnostics);
    cursor.tokens = complete_directives(std::move(cursor.tokens), conf_.sources, diagnostics);
    cursor.tokens = balance_braces(std::move(cursor.tokens), conf_.sources, diagnostics);
    block(cursor, into);
}

/// Up to the "}" or the end, which stays.
void Parser::block(Cursor& cursor, std::vector<Directive>& into) {
    while (cursor.now().is(Kind::word)) directive(cursor, into);
}

void Parser::directive(Cursor& cursor, std::vector<Directive>& into) {
    Directive out;
    out.name = to_word(cursor.take());
    out.span = out.name.span;
    while (cursor.now().is(Kind::word)) {
        out.args.push_back(to_word(cursor.take()));
        out.span = join(out.span, out.args.back().span);
    }
    if (cursor.now().is(Kind::open))
        children(cursor, out);
    else
        ++cursor.at;
    if (cursor.skips || ++directives_ > most_directives) return;
    const bool includes = out.name.value == "include" && out.args.size() == 1 && !out.block;
    into.push_back(std::move(out));
    if (includes) include(Word(into.back().args[0]), into);
}

void Parser::children(Cursor& cursor, Directive& out) {
    Block& inside = out.block.emplace();
    inside.open = cursor.take().span;
    const bool skipped = cursor.skips;
    if (++depth_ > deepest && !skipped) {
        conf_.diagnostics.error("nesting", inside.open,
                                concat({"blocks stand in each other more than ", std::to_string(deepest), " deep"}));
        cursor.skips = true;
    }
    // Without recursion where nothing is kept: whoever wrote that many braces must not use up the stack.
    for (unsigned open = 1; cursor.skips && !cursor.now().is(Kind::end);) {
        if (cursor.now().is(Kind::open)) ++open;
        if (cursor.now().is(Kind::close) && --open == 0) break;
        ++cursor.at;
    }
    block(cursor, inside.children);
    cursor.skips = skipped;
    --depth_;
    inside.close = cursor.now().span;
    if (cursor.now().is(Kind::close)) ++cursor.at;
}

bool Parser::may_include(const std::string& path, Span by) {
    unsigned depth = 0;
    for (Span at = by; at.known(); at = conf_.sources[at.source].included_by) {
        if (conf_.sources[at.source].path == path) {
            Diagnostic& d = conf_.diagnostics.error("include-cycle", by, concat({in_quotes(path), " includes itself"}),
                                                    "delete one of the includes on the way");
            for (const Span way : conf_.sources.include_stack(by)) d.notes.push_back({"by way of this include", way});
            return false;
        }
        ++depth;
    }
    if (depth < deepest_include && conf_.sources.size() < most_sources) return true;
    conf_.diagnostics.error("include-depth", by,
                            depth < deepest_include ? "too many files are included"
                                                    : concat({"includes stand in each other more than ",
                                                              std::to_string(deepest_include), " deep"}));
    return false;
}

void Parser::include_file(const std::string& path, Span by, std::vector<Directive>& into) {
    if (!may_include(path, by)) return;
    if (const auto known = read_.find(path); known != read_.end())
        return source(conf_.sources.add_again(known->second, by), into);
    Files::Read file = files_.read(path);
    const std::string_view name = std::string_view(path).substr(folder_of(path).size());
    if (const auto shipped = shipped_file(name); shipped && !file.error.empty()) file = {std::string(*shipped), ""};
    if (!file.error.empty()) {
        conf_.diagnostics.error("include", by, concat({"cannot read ", in_quotes(path), ": ", file.error}),
                                path.starts_with('/') ? "" : "relative paths start at the main file's folder");
        return;
    }
    const SourceId id = conf_.sources.add(path, std::move(file.bytes), by);
    read_.emplace(path, id);
    source(id, into);
}

void Parser::include(const Word& pattern, std::vector<Directive>& into) {
    const std::string path = resolve_path(prefix_, pattern.value);
    if (!has_glob(path)) return include_file(path, pattern.span, into);
    for (const std::string& found : files_.glob(path)) include_file(found, pattern.span, into);
}

void Parser::main_file(const std::string& path) {
    Files::Read file = files_.read(path);
    if (!file.error.empty()) {
        conf_.diagnostics.error("file", {}, concat({"cannot read ", in_quotes(path), ": ", file.error}));
        return;
    }
    source(conf_.sources.add(path, std::move(file.bytes), {}), conf_.directives);
}

void Parser::command_line(const std::string& text) {
    // nginx takes a last directive without its ";" there.
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    const bool ended = last == std::string::npos || text[last] == ';' || text[last] == '}';
    source(conf_.sources.add("command line", ended ? text : text + ";", {}), conf_.directives);
}

}  // namespace

Conf parse(const Files& files, const std::string& path, const ParseOptions& options) {
    Conf conf;
    Parser parser(files, conf, options.prefix.empty() ? std::string(folder_of(path)) : options.prefix);
    if (!options.globals.empty()) parser.command_line(options.globals);
    parser.main_file(path);
    conf.diagnostics.arrange(conf.sources);
    return conf;
}

}  // namespace sluice::config
