// Confs that are well formed enough to be compiled. Laws: nothing crashes; every message has a place in a file; what is
// wrong is said, and what is not can be served: each listener has a site.
#include <cstdint>
#include <string>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "laws.hpp"

namespace {

using namespace sluice;
using fuzz::require;

compile::Resolved resolve(const std::string& host, std::uint16_t port) {
    if (const auto literal = net::Address::parse(host, port)) return {{*literal}, ""};
    if (host.size() % 5 == 0) return {{}, "not known"};
    return {{*net::Address::parse("192.0.2.1", port)}, ""};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    config::Conf conf = config::parse(config::MemoryFiles({{"a", {reinterpret_cast<const char*>(data), size}}}), "a");
    config::check(conf);
    if (!conf.ok()) return 0;
    compile::Options options;
    options.prefix = "/p/";
    options.resolve = resolve;
    options.only_check = size % 2;
    const auto snapshot = compile::compile(std::move(conf), options);
    for (const auto& d : snapshot->conf.diagnostics.all()) {
        require(!d.message.empty() && !d.code.empty(), "a message says something");
        if (!d.span.known()) continue;
        require(d.span.source < snapshot->conf.sources.size(), "the source is known");
        const std::size_t bytes = snapshot->conf.sources[d.span.source].text->bytes().size();
        require(d.span.offset <= bytes && d.span.length <= bytes - d.span.offset, "the span lies in its file");
    }
    config::render(snapshot->conf.diagnostics, snapshot->conf.sources);
    if (!snapshot->conf.ok()) return 0;
    for (const auto& listening : snapshot->listening)
        require(!listening.sites.empty() && listening.default_site < snapshot->sites.size(), "a listener has a site");
    return 0;
}
