#include "observe/error_line.hpp"

#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "core/log_escape.hpp"
#include "core/rng.hpp"
#include "core/system_text.hpp"
#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("an error line begins with local time, level, process and thread") {
    setenv("TZ", "UTC-2", 1);
    tzset();
    std::string out = "before ";
    observe::append_error_prefix(out, {1'791'547'200'000'000}, "warn");
    unsetenv("TZ");
    tzset();
    CHECK(out ==
          "before 2026/10/09 14:00:00 [warn] " + std::to_string(getpid()) + "#" + std::to_string(gettid()) + ": ");
}

TEST_CASE("a failed call is told as nginx tells it") {
    CHECK(core::failed("open()", "/a b", 2) == "open() \"/a b\" failed (2: No such file or directory)");
    CHECK(core::failed("setsid()", "", 1) == "setsid() failed (1: Operation not permitted)");
    CHECK(core::failed("getpwnam(\"x\")", "", 0) == "getpwnam(\"x\") failed");
    CHECK(core::failed("read()", "", 99'999) == "read() failed (99999: unknown error)");
}

namespace {
observe::ErrorEntry entry_with(std::string_view value) {
    return {.text = value, .connection = 7, .client = "127.0.0.1", .server = "a.test", .request = value, .upstream = value, .host = value, .referrer = value, .reason = "peer_reset", .id = {1, 2}};
}
}  // namespace

TEST_CASE("an error line has its parts in nginx's order") {
    std::string out;
    observe::append_error_text(out, {.text = "it broke", .connection = 7, .client = "127.0.0.1", .server = "a", .request = "GET /\" HTTP/1.1", .upstream = "http://p/x", .host = "h", .referrer = "r", .id = {1, 2}});
    CHECK(out ==
          "*7 it broke, client: 127.0.0.1, server: a, request: \"GET /\\x22 HTTP/1.1\", upstream: \"http://p/x\", host: \"h\", referrer: \"r\", "
          "id: 00000000000000010000000000000002");
    out.clear();
    observe::append_error_text(out, {.text = "reconfiguring"});
    CHECK(out == "reconfiguring");
}

TEST_CASE("an error line in JSON says the same with names") {
    std::string out;
    observe::append_error_json(out, {1'791'547'200'000'000}, "error", entry_with("it \"broke\"\n"));
    const auto value = boost::json::parse(out);
    CHECK(value.at("time").as_string() == "2026-10-09T12:00:00+00:00");
    CHECK(value.at("level").as_string() == "error");
    CHECK(value.at("pid").as_int64() == getpid());
    CHECK(value.at("connection").as_int64() == 7);
    CHECK(value.at("message").as_string() == "it \"broke\"\n");
    CHECK(value.at("client").as_string() == "127.0.0.1");
    CHECK(value.at("reason").as_string() == "peer_reset");
    CHECK(value.at("id").as_string() == "00000000000000010000000000000002");
    out.clear();
    observe::append_error_json(out, {0}, "notice", {.text = "reconfiguring"});
    CHECK(boost::json::parse(out).as_object().size() == 4);
}

TEST_CASE("no value begins a line of its own in an error log, and JSON stays JSON") {
    core::Rng rng(1);
    for (int round = 0; round < 2000; ++round) {
        std::string value(rng.next() % 40, '\0');
        for (char& c : value) c = static_cast<char>(rng.next());
        std::string text, json;
        observe::append_error_text(text, entry_with(value));
        observe::append_error_json(json, {0}, "info", entry_with(value));
        CHECK(text.find_first_of(std::string_view("\n\r\0", 3)) == text.npos);
        CHECK(json.find_first_of(std::string_view("\n\r\0", 3)) == json.npos);
        boost::system::error_code error;
        const auto parsed = boost::json::parse(json, error);
        INFO(json);
        REQUIRE_FALSE(error);
        CHECK(parsed.as_object().contains("id"));
    }
}

TEST_CASE("what is UTF-8 and what is not") {
    for (const std::string_view good : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"}) CHECK(core::is_utf8(good));
    for (const std::string_view bad : {"\xff", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\x80", "\xe2\x82"}) CHECK_FALSE(core::is_utf8(bad));
    CHECK(core::from_latin1("a\xe4") == "a\xc3\xa4");
}
