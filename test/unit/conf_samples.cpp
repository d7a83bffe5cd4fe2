// What conf/ holds: every sample is read without errors, and no lint has anything to say about one.
#include <algorithm>
#include <filesystem>
#include <set>

#include "advice/later.hpp"
#include "advice/lints.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using namespace sluice;

namespace {

const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "conf";

std::vector<fs::path> samples() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".conf") out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
}

config::Conf read(const fs::path& path) {
    config::Conf conf = config::parse(config::DiskFiles{}, path.string());
    config::check(conf);
    return conf;
}

/// Samples are about these needs, so they may use words of later versions for them.
const std::set<std::string_view> words_of_later = {"types",          "default_type",      "index",
                                                   "try_files",      "expires",           "set_real_ip_from",
                                                   "real_ip_header", "real_ip_recursive", "root",
                                                   "proxy_next_upstream"};

}  // namespace

TEST_CASE("samples have neither errors nor lints") {
    std::size_t count = 0;
    for (const fs::path& path : samples()) {
        ++count;
        config::Conf conf = read(path);
        INFO(config::render(conf.diagnostics, conf.sources));
        CHECK(conf.ok());
        const advice::MemoryModes modes;
        const advice::View view(conf, path.parent_path().string(), modes);
        config::Diagnostics found;
        advice::run_lints(view, true, found);
        INFO(config::render(found, conf.sources));
        CHECK(found.warnings() == 0);
        for (const advice::Later& word : advice::later_words(view)) {
            INFO(path << ": " << word.name);
            CHECK(words_of_later.contains(word.name));
        }
    }
    CHECK(count >= 12);
}

TEST_CASE("samples start with a comment, and stay small") {
    for (const fs::path& path : samples()) {
        INFO(path);
        const auto file = config::DiskFiles{}.read(path.string());
        CHECK(file.bytes.starts_with("# "));
        CHECK(std::ranges::count(file.bytes, '\n') <= 60);
    }
}

TEST_CASE("the default conf listens on port 8080") {
    const config::Conf conf = read(folder / "sluice.conf");
    const advice::MemoryModes modes;
    const advice::View view(conf, "", modes);
    const auto sites = view.levels(config::in::server);
    REQUIRE(sites.size() == 1);
    CHECK(advice::setting(*sites[0], "listen", "") == "8080");
}

TEST_CASE("mime.types is sorted by type, and has each type and ending once") {
    const config::Conf conf = config::parse(config::DiskFiles{}, (folder / "mime.types").string());
    REQUIRE(conf.ok());
    REQUIRE(conf.directives.size() == 1);
    std::set<std::string> endings;
    std::string last;
    for (const config::Directive& entry : conf.directives[0].block->children) {
        INFO(entry.name.value);
        CHECK(last < entry.name.value);
        last = entry.name.value;
        CHECK(std::ranges::count(last, '/') == 1);
        CHECK(!entry.args.empty());
        for (const config::Word& ending : entry.args) {
            INFO(ending.value);
            CHECK(endings.insert(ending.value).second);
        }
    }
    CHECK(endings.size() > 100);
    for (const std::string needed : {"html", "css", "js", "mjs", "json", "png", "svg", "woff2", "wasm", "webmanifest"})
        CHECK(endings.contains(needed));
}
