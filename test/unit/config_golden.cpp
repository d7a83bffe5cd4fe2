// Mistakes that users make, each a conf in test/golden/conf with what is said about it beside.
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/golden.hpp"

namespace {

using namespace sluice::config;
using sluice::test::Golden;

}  // namespace

TEST_CASE("each mistake is explained") {
    const Golden golden("conf");
    const std::map<std::string, std::string> all = golden.files();
    const MemoryFiles files(all);
    std::size_t mistakes = 0;
    for (const auto& [name, bytes] : all) {
        if (!Golden::is_main(name)) continue;
        Conf conf = parse(files, name);
        check(conf);
        golden.check(name, render(conf.diagnostics, conf.sources));
        INFO(name);
        CHECK(name.starts_with("good-") == conf.ok());
        if (!conf.ok()) ++mistakes;
    }
    CHECK(mistakes >= 60);
}
