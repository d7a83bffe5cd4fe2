// nginx's split_clients: the hash, the shares, and that they come out.
#include "vars/split.hpp"

#include <map>

#include "core/rng.hpp"
#include "support/block.hpp"
#include "support/catch.hpp"

namespace {

using namespace sluice;
using vars::murmur_hash2;
using vars::Split;

Split made(const std::string& entries) {
    test::TableOfNames names({"remote_addr", "uri"});
    return test::build_block(vars::build_split, "split_clients $remote_addr$uri $out {" + entries + "}", names);
}

}  // namespace

TEST_CASE("MurmurHash2") {
    struct Row {
        std::string_view text;
        std::uint32_t hash;
    };
    for (const Row& row : {
             Row{"", 0x00000000},
             {"a", 0x92685f5e},
             {"ab", 0x1aa14063},
             {"abc", 0x13577c9b},
             {"abcd", 0x26873021},
             {"abcde", 0x5f09a8de},
             {"127.0.0.1", 0xb6131d91},
             {"192.0.2.1curl/8.0", 0xd93052cf},
             {"\xff\xfe\xfd", 0x3d614590},
             {"\x80\x81\x82\x83\xff", 0xd3c98f2e},
         }) {
        INFO(row.text);
        CHECK(murmur_hash2(row.text) == row.hash);
    }
}

TEST_CASE("shares follow each other, from the hash 0 on") {
    // "abc" 7.55 %, "abcd" 15.05 %, "abcde" 37.12 %, "a" 57.19 %, "127.0.0.1" 71.12 %, "192.0.2.1curl/8.0" 84.84 %
    const Split split = made("7.56% one; 7.5% two; 22% three; 20.08% four; * rest;");
    CHECK(split.find("") == "one");
    CHECK(split.find("abc") == "one");
    CHECK(split.find("abcd") == "two");
    CHECK(split.find("abcde") == "four");
    CHECK(split.find("a") == "rest");
    CHECK(split.find("127.0.0.1") == "rest");
    CHECK(split.variable() == "out");
    CHECK(split.source().parts().size() == 2);
}

TEST_CASE("a bound is a hundredth of a percent wide") {
    // The hash of "abc" is 324500635; the bounds are 324270030 and 324699527.
    CHECK(made("7.55% below; * above;").find("abc") == "above");
    CHECK(made("7.56% below; * above;").find("abc") == "below");
}

TEST_CASE("what the shares leave over is empty") {
    CHECK(made("10% x;").find("a") == "");
    CHECK(made("").find("a") == "");
    CHECK(made("* all;").find("a") == "all");
    CHECK(made("100% all;").find("192.0.2.1curl/8.0") == "all");
    CHECK(made("50% x; 50% y; * z;").find("abc") == "x");
}

TEST_CASE("percentages as people write them") {
    for (const char* same : {"50%", "50.0%", "50.00%", "50.%", "050%"}) {
        const Split split = made(std::string(same) + " x; * y;");
        CHECK(split.find("abcde") == "x");
        CHECK(split.find("a") == "y");
    }
    CHECK(made(".01% x; * y;").find("") == "x");
    CHECK(made("0.01% x; * y;").find("abc") == "y");
}

TEST_CASE("over many texts each value has its share") {
    const Split split = made("0.5% tiny; 10% canary; 33.33% third; 25% quarter; * rest;");
    const std::map<std::string_view, double> shares = {
        {"tiny", 0.005}, {"canary", 0.10}, {"third", 0.3333}, {"quarter", 0.25}, {"rest", 0.3117}};
    constexpr int texts = 100'000;
    core::Rng rng(3);
    std::map<std::string_view, int> random;
    std::map<std::string_view, int> counted;
    for (int i = 0; i < texts; ++i) {
        ++random[split.find(std::to_string(rng.next()))];
        ++counted[split.find("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                             std::to_string(i & 255) + "Mozilla/5.0")];
    }
    for (const auto& [value, share] : shares) {
        INFO(value);
        CHECK(std::abs(random[value] / double{texts} - share) < 0.01);
        CHECK(std::abs(counted[value] / double{texts} - share) < 0.01);
    }
    CHECK(random.size() == shares.size());
}
