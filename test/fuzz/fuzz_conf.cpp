// Conf files. Laws: nothing crashes; every span of tokens, nodes and messages lies in its file; braces are paired in the
// tree; the work grows with the file and not faster (libFuzzer's timeout notices).
#include <cstdint>
#include <string>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "laws.hpp"

namespace {

using namespace sluice::config;
using sluice::fuzz::require;

void require_inside(Span span, const Sources& sources) {
    if (!span.known()) return;
    require(span.source < sources.size(), "the source is known");
    const std::size_t size = sources[span.source].text->bytes().size();
    require(span.offset <= size && span.length <= size - span.offset, "the span lies in its file");
}

void require_inside(const std::vector<Directive>& directives, const Sources& sources) {
    for (const Directive& d : directives) {
        require_inside(d.span, sources);
        require_inside(d.name.span, sources);
        for (const Word& arg : d.args) require_inside(arg.span, sources);
        if (!d.block) continue;
        require_inside(d.block->open, sources);
        require_inside(d.block->close, sources);
        require_inside(d.block->children, sources);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    // What follows a first NUL is a second file, which the first one may include.
    const std::size_t cut = text.find('\0');
    std::string second = cut == text.npos ? "" : text.substr(cut + 1);
    text.resize(std::min(cut, text.size()));
    Conf conf = parse(MemoryFiles({{"a", std::move(text)}, {"b", std::move(second)}}), "a");
    check(conf);
    require_inside(conf.directives, conf.sources);
    for (const Diagnostic& d : conf.diagnostics.all()) {
        require(!d.message.empty() && !d.code.empty(), "a message says something");
        require_inside(d.span, conf.sources);
        for (const Note& note : d.notes) require_inside(note.span, conf.sources);
    }
    require(render(conf.diagnostics, conf.sources).empty() == conf.diagnostics.all().empty(), "all is shown");
    render_json(conf.diagnostics, conf.sources);
    return 0;
}
