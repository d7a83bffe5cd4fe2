#include "explain/reasons_page.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "explain/command.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {
struct Said {
    int status;
    std::string out, err;
};
Said ask(const std::vector<std::string>& args) {
    std::ostringstream out, err;
    const int status = explain::reason_command(args, out, err);
    return {status, out.str(), err.str()};
}
}  // namespace

TEST_CASE("conf/REASONS.md is what sluice reason --markdown prints") {
    std::ifstream in(std::filesystem::path(SLUICE_SOURCE_DIR) / "conf/REASONS.md");
    std::stringstream text;
    text << in.rdbuf();
    INFO("the reasons have changed: run sluice reason --markdown > conf/REASONS.md");
    CHECK(text.str() == explain::reasons_markdown());
    CHECK(ask({"--markdown"}).out == explain::reasons_markdown());
}

TEST_CASE("sluice reason tells of one reason, of those behind a status, or lists all") {
    const auto one = ask({"peer_refused"});
    CHECK(one.status == 0);
    CHECK(one.out.find("peer refused the connection") != one.out.npos);
    CHECK(one.out.find("Remedy: ") != one.out.npos);
    CHECK(one.out.find("connection_refused") != one.out.npos);
    const auto status = ask({"504"});
    CHECK(status.out.find("peer_timed_out:") != status.out.npos);
    CHECK(status.out.find("peer_connect_timed_out:") != status.out.npos);
    const auto all = ask({});
    for (const auto& reason : exchange::reason_rows()) CHECK(all.out.find(reason.name) != all.out.npos);
}

TEST_CASE("sluice reason with what it does not know") {
    const auto typo = ask({"peer_refusd"});
    CHECK(typo.status == 1);
    CHECK(typo.err.find("did you mean peer_refused?") != typo.err.npos);
    CHECK(ask({"a", "b"}).status == 2);
    CHECK(ask({"--nothing"}).status == 2);
    CHECK(ask({"--help"}).status == 0);
}
