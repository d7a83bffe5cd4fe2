// Mistakes that only compiling finds, each a conf in test/golden/compile with what is said about it beside.
// SLUICE_UPDATE_GOLDEN=1 writes the expected texts anew: read the difference as someone who does not know the language.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "support/decide.hpp"

namespace fs = std::filesystem;

namespace {

using namespace sluice;

const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "test/golden/compile";

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::map<std::string, std::string> confs() {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".conf")
            out[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
    return out;
}

std::shared_ptr<route::Snapshot> compile_file(const config::Files& files, const std::string& name, bool only_check) {
    config::Conf conf = config::parse(files, name);
    config::check(conf);
    INFO(name << '\n' << config::render(conf.diagnostics, conf.sources));
    if (!name.starts_with("mixed")) CHECK(conf.ok());  // else it is for test/golden/conf
    compile::Options options;
    options.prefix = "/prefix/";
    options.resolve = test::resolve_in_tests;
    options.only_check = only_check;
    return compile::compile(std::move(conf), options);
}

}  // namespace

TEST_CASE("each mistake that compiling finds is explained") {
    const auto all = confs();
    const config::MemoryFiles files(all);
    const bool update = std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr;
    for (const auto& [name, bytes] : all) {
        if (name.find('/') != name.npos) continue;
        const auto snapshot = compile_file(files, name, false);
        const std::string said = test::said(*snapshot);
        const fs::path expected = folder / (name + ".expected");
        if (update) std::ofstream(expected, std::ios::binary) << said;
        INFO(name);
        CHECK(said == read_file(expected));
        CHECK((name.starts_with("good") || name.starts_with("warn")) == snapshot->conf.ok());
    }
}

TEST_CASE("a check alone asks for no names, and lets pass what is not there yet") {
    const auto all = confs();
    const config::MemoryFiles files(all);
    for (const char* name : {"host-not-found.conf", "not-yet.conf"}) {
        INFO(name);
        CHECK_FALSE(compile_file(files, name, false)->conf.ok());
        const auto checked = compile_file(files, name, true);
        INFO(test::said(*checked));
        CHECK(checked->conf.ok());
    }
}
