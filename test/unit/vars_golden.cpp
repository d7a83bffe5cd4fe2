// Mistakes in map, geo and split_clients, each a conf in test/golden/vars with what is said about it beside.
// SLUICE_UPDATE_GOLDEN=1 writes the expected texts anew: read the difference as someone who does not know the language.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"
#include "vars/geo.hpp"
#include "vars/map.hpp"
#include "vars/split.hpp"

namespace fs = std::filesystem;

namespace {

using namespace sluice;
using config::Conf;
using config::Directive;

const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "test/golden/vars";

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::map<std::string, std::string> confs() {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() != ".expected")
            out[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
    return out;
}

bool is_conf(const std::string& name) { return name.ends_with(".conf"); }

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
    const std::map<std::string, std::string> all = confs();
    const config::MemoryFiles files(all);
    const bool update = std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr;
    std::size_t mistaken = 0;
    for (const auto& [name, bytes] : all) {
        if (!is_conf(name)) continue;
        Conf conf = config::parse(files, name);
        config::check(conf);
        const bool built = build_all(conf);
        const std::string said = config::render(conf.diagnostics, conf.sources);
        const fs::path expected = folder / (name + ".expected");
        if (update) std::ofstream(expected, std::ios::binary) << said;
        INFO(name);
        CHECK(said == read_file(expected));
        CHECK(built == conf.ok());
        CHECK((said.empty() || !name.starts_with("good-")));
        if (!said.empty()) ++mistaken;
    }
    CHECK(mistaken >= 14);
}
