// Mistakes that only compiling finds, each a conf in test/golden/compile with what is said about it beside.
#include "support/decide.hpp"
#include "support/golden.hpp"

namespace {

using namespace sluice;

const test::Golden golden("compile");

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
    const auto all = golden.files();
    const config::MemoryFiles files(all);
    for (const auto& [name, bytes] : all) {
        if (!test::Golden::is_main(name)) continue;
        const auto snapshot = compile_file(files, name, false);
        golden.check(name, test::said(*snapshot));
        INFO(name);
        CHECK((name.starts_with("good") || name.starts_with("warn")) == snapshot->conf.ok());
    }
}

TEST_CASE("a check alone asks for no names, and lets pass what is not there yet") {
    const auto all = golden.files();
    const config::MemoryFiles files(all);
    for (const char* name : {"host-not-found.conf", "not-yet.conf"}) {
        INFO(name);
        CHECK_FALSE(compile_file(files, name, false)->conf.ok());
        const auto checked = compile_file(files, name, true);
        INFO(test::said(*checked));
        CHECK(checked->conf.ok());
    }
}
