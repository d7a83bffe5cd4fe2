// Mistakes that users make, each a conf in test/golden/conf with what is said about it beside. SLUICE_UPDATE_GOLDEN=1
// writes the expected texts anew: read the difference as someone who does not know the language.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

using namespace sluice::config;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::map<std::string, std::string> confs() {
    const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "test/golden/conf";
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".conf")
            out[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
    return out;
}

bool is_main(const std::string& name) { return name.find('/') == std::string::npos; }

}  // namespace

TEST_CASE("each mistake is explained") {
    const std::map<std::string, std::string> all = confs();
    const MemoryFiles files(all);
    const bool update = std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr;
    std::size_t mistakes = 0;
    for (const auto& [name, bytes] : all) {
        if (!is_main(name)) continue;
        Conf conf = parse(files, name);
        check(conf);
        const std::string said = render(conf.diagnostics, conf.sources);
        const fs::path expected = fs::path(SLUICE_SOURCE_DIR) / "test/golden/conf" / (name + ".expected");
        if (update) std::ofstream(expected, std::ios::binary) << said;
        INFO(name);
        CHECK(said == read_file(expected));
        CHECK(name.starts_with("good-") == conf.ok());
        if (!conf.ok()) ++mistakes;
    }
    CHECK(mistakes >= 60);
}
