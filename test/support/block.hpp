// One directive with a block, from text, and what its builder makes of it.
#pragma once

#include <map>
#include <string>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"

namespace sluice::test {

/// "a.conf" holds a directive of http, as `text`; other files may stand beside it.
inline config::Conf parse_block(const std::string& text, std::map<std::string, std::string> files = {}) {
    files["a.conf"] = "events {} http {\n" + text + "\n}";
    config::Conf conf = config::parse(config::MemoryFiles(std::move(files)), "a.conf");
    config::check(conf);
    return conf;
}

inline const config::Directive& block_of(const config::Conf& conf) {
    return conf.directives.at(1).block.value().children.at(0);
}

/// What `build(directive, names, diagnostics)` makes of `text`, in which nothing is wrong and nothing odd.
template <class Build>
auto build_block(Build build, const std::string& text, TableOfNames& names,
                 std::map<std::string, std::string> files = {}) {
    config::Conf conf = parse_block(text, std::move(files));
    auto out = build(block_of(conf), names, conf.diagnostics);
    INFO(config::render(conf.diagnostics, conf.sources));
    REQUIRE(conf.diagnostics.all().empty());
    REQUIRE(out);
    return std::move(*out);
}

}  // namespace sluice::test
