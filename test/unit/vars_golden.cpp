// Mistakes in map, geo and split_clients, each a conf in test/golden/vars with what is said about it beside.
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/golden.hpp"
#include "support/names.hpp"
#include "vars/geo.hpp"
#include "vars/map.hpp"
#include "vars/split.hpp"

namespace {

using namespace sluice;
using config::Conf;
using config::Directive;

const test::Golden golden("vars");

/// Whether a usable thing came of it.
bool build(const Directive& d, vars::Names& names, config::Diagnostics& diagnostics) {
    if (d.name.value == "map") return vars::build_map(d, names, diagnostics).has_value();
    if (d.name.value == "geo") return vars::build_geo(d, names, diagnostics).has_value();
    return vars::build_split(d, names, diagnostics).has_value();
}

bool build_all(Conf& conf) {
    test::TableOfNames names({"remote_addr", "uri", "host", "request_id"});
    const std::vector<Directive>& http = conf.directives.at(1).block.value().children;
    for (const Directive& d : http)
        if (!d.args.empty() && d.args.back().value.starts_with('$')) names.add(d.args.back().value.substr(1));
    bool all = true;
    for (const Directive& d : http) all = build(d, names, conf.diagnostics) && all;
    conf.diagnostics.arrange(conf.sources);
    return all;
}

}  // namespace

TEST_CASE("each mistake in a map, geo or split_clients is explained") {
    const std::map<std::string, std::string> all = golden.files();
    const config::MemoryFiles files(all);
    std::size_t mistaken = 0;
    for (const auto& [name, bytes] : all) {
        if (!test::Golden::is_main(name)) continue;
        Conf conf = config::parse(files, name);
        config::check(conf);
        const bool built = build_all(conf);
        const std::string said = config::render(conf.diagnostics, conf.sources);
        golden.check(name, said);
        INFO(name);
        CHECK(built == conf.ok());
        CHECK((said.empty() || !name.starts_with("good-")));
        if (!said.empty()) ++mistaken;
    }
    CHECK(mistaken >= 14);
}
