// Every directive that does something stands in the conf of at least one test that starts the program.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/row.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using namespace sluice;

namespace {

/// What is written in confs: without the names of test cases, in which directives stand as well.
std::string without_names(const std::string& path) {
    std::ifstream in(path);
    std::string out;
    for (std::string line; std::getline(in, line);)
        if (line.find("TEST_CASE") == line.npos) (out += line) += '\n';
    return out;
}

std::string confs_of_tests() {
    const std::string tests = SLUICE_SOURCE_DIR "/test/";
    std::string out;
    for (const char* folder : {"e2e", "against_nginx"})
        for (const auto& entry : fs::recursive_directory_iterator(tests + folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".conf") out += without_names(entry.path());
    return out;
}

/// Whether `name` begins a directive somewhere.
bool stands_in(const std::string& text, std::string_view name) {
    for (std::size_t at = 0; (at = text.find(name, at)) != text.npos; at += name.size()) {
        const auto end = at + name.size();
        const bool ends = end < text.size() && std::string_view(" ;{\"\t").find(text[end]) != std::string_view::npos;
        const auto before = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
        const bool begins = at == 0 || before == text.npos || std::string_view(";{}\"(\n").find(text[before]) != std::string_view::npos;
        if (begins && ends) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("each directive that is here has a case with the whole program") {
    const auto confs = confs_of_tests();
    REQUIRE(confs.size() > 100'000);
    std::string missing;
    for (const auto table : config::tables())
        for (const auto& row : table)
            if (row.support == config::Support::here && !stands_in(confs, row.name)) (missing += row.name) += '\n';
    INFO("write a case in test/e2e or test/against_nginx for:\n" << missing);
    CHECK(missing.empty());
}

TEST_CASE("what counts as a directive in the text of a test") {
    CHECK(stands_in("{ limit_rate 1k; }", "limit_rate"));
    CHECK(stands_in("a;\n  limit_rate 1k;", "limit_rate"));
    CHECK(stands_in("conf(\"limit_rate \" + size)", "limit_rate"));
    CHECK(stands_in("least_conn;", "least_conn"));
    CHECK_FALSE(stands_in("{ limit_rate_after 1k; }", "limit_rate"));
    CHECK_FALSE(stands_in("{ proxy_limit_rate 1k; }", "limit_rate"));
    CHECK_FALSE(stands_in("// the limit_rate of old", "limit_rate"));
    CHECK_FALSE(stands_in("set $limit_rate 1k;", "limit_rate"));
}
