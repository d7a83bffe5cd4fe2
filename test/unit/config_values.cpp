// Words to values.
#include "config/pattern.hpp"
#include "config/values.hpp"
#include "support/catch.hpp"

using namespace sluice::config;

TEST_CASE("flags") {
    CHECK(parse_flag("on").value);
    CHECK(parse_flag("ON").value);
    CHECK((parse_flag("off").ok() && !parse_flag("off").value));
    CHECK(parse_flag("yes").complaint.help == "did you mean \"on\"?");
    CHECK(parse_flag("0").complaint.help == "did you mean \"off\"?");
    CHECK_FALSE(parse_flag("").ok());
}

TEST_CASE("sizes") {
    CHECK(parse_size("0").value == 0);
    CHECK(parse_size("512").value == 512);
    CHECK(parse_size("8k").value == 8192);
    CHECK(parse_size("1M").value == 1 << 20);
    CHECK(parse_offset("2g").value == std::int64_t{2} << 30);
    CHECK(parse_size("2g").complaint.help == "there is no \"g\" here; write 2048m");
    CHECK(parse_offset("10 MB").complaint.help == "write 10m");
    for (const char* bad : {"", "k", "-1", "1.5m", "1kk", "99999999999999999999", "9223372036854775807k", "8x"})
        CHECK_FALSE(parse_offset(bad).ok());
}

TEST_CASE("times") {
    CHECK(parse_time("30").value == 30'000);
    CHECK(parse_time("1h30m").value == 5'400'000);
    CHECK(parse_time("1500ms").value == 1500);
    CHECK(parse_seconds("5m").value == 300'000);
    CHECK_FALSE(parse_seconds("500ms").ok());
    CHECK(parse_time("30seconds").complaint.help == "write 30s");
    CHECK(parse_time("5 min").complaint.help == "write 5m");
    CHECK_FALSE(parse_time("").ok());
    CHECK_FALSE(parse_time("-1s").ok());
}

TEST_CASE("numbers and choices") {
    CHECK(parse_integer("9", 1, 9).value == 9);
    CHECK(parse_integer("10", 1, 9).complaint.message == "\"10\" is not from 1 to 9");
    CHECK_FALSE(parse_integer("1k", 1, 9).ok());
    constexpr std::string_view words[] = {"all", "any"};
    CHECK(parse_choice("any", words).value == 1);
    CHECK(parse_choice("both", words).complaint.help == "there is all and any");
}

TEST_CASE("addresses to listen on") {
    using Family = AddressText::Family;
    CHECK(parse_listen_address("8080").value.port == 8080);
    CHECK(parse_listen_address("8080").value.host.empty());
    CHECK(parse_listen_address("0").ok());  // one that is free
    CHECK(parse_listen_address("*:81").value.host.empty());
    CHECK(parse_listen_address("127.0.0.1").value.port == 80);
    CHECK(parse_listen_address("127.0.0.1:1").value.family == Family::ipv4);
    CHECK(parse_listen_address("[::1]:81").value.host == "::1");
    CHECK(parse_listen_address("[::]").value.port == 80);
    CHECK(parse_listen_address("localhost:82").value.family == Family::name);
    CHECK(parse_listen_address("8000-8010").value.last_port == 8010);
    CHECK(parse_listen_address("unix:/run/a.sock").value.host == "/run/a.sock");
    for (const char* bad : {"", "80a", "65536", "0-5", ":80", "1.2.3.4:", "1.2.3:80", "[::1", "[::1]80", "[x]:1", "::1",
                            "unix:", "http://a:80", "9-8", "a b", "1.2.3.4:80/x", "[]", "]", "["})
        CHECK_FALSE(parse_listen_address(bad).ok());
}

TEST_CASE("addresses of peers") {
    CHECK(parse_peer_address("backend").value.port == 80);
    CHECK(parse_peer_address("10.0.0.1:8080").value.port == 8080);
    CHECK(parse_peer_address("[::1]:9").value.port == 9);
    for (const char* bad : {"", "9000", "*:80", "10.0.0.1:8000-8001", "a,b", "256.0.0.1"})
        CHECK_FALSE(parse_peer_address(bad).ok());
}

TEST_CASE("URLs to proxy to") {
    for (const char* good : {"http://a", "https://a:1/x", "http://$group", "$target", "http://unix:/a.sock:/x",
                             "http://127.0.0.1:8080/a/b?c=d", "http://[::1]:80/"})
        CHECK_FALSE(check_url(good));
    for (const char* bad : {"", "a", "a:80", "ftp://a", "http:/a", "http:", "http://", "http://a:b", "http://:80"})
        CHECK(check_url(bad));
}

TEST_CASE("patterns") {
    CHECK(pattern_of("<flag>", 0) == "<flag>");
    CHECK(pattern_of("<flag>", 1).empty());
    CHECK(pattern_of("<peer> a|b ...", 3) == "a|b");
    CHECK(pattern_of("", 0).empty());
    CHECK(is_well_formed("<peer> weight=<1-65535>|down ..."));
    CHECK_FALSE(is_well_formed("<nonsense>"));
    CHECK_FALSE(is_well_formed("a||b"));
    CHECK_FALSE(check_value("weight=<number>|down", "weight=2", "server"));
    CHECK_FALSE(check_value("weight=<number>|down", "down", "server"));
    CHECK(check_value("weight=<number>|down", "wieght=2", "server").help == "did you mean \"weight\"?");
    CHECK(check_value("weight=<number>|down", "weight", "server").message == "\"weight\" needs a value");
    CHECK_FALSE(check_value("off|<size>", "off", "x"));
    CHECK_FALSE(check_value("off|<size>", "8k", "x"));
    CHECK(check_value("off|<size>", "8q", "x").message == "\"8q\" is not a size, nor off");
}
