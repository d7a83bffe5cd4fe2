// Addresses, networks, intervals, and whose address counts behind proxies.
#include "vars/address.hpp"

#include <algorithm>

#include "core/rng.hpp"
#include "support/catch.hpp"
#include "vars/forwarded.hpp"
#include "vars/intervals.hpp"

namespace {

using namespace sluice;
using vars::Intervals;
using vars::Ip;
using vars::Network;
using vars::Networks;

std::string ip(std::string_view text) {
    const auto out = vars::parse_ip(text);
    return out ? vars::to_string(*out) : "-";
}

std::string ip_and_port(std::string_view text) {
    const auto out = vars::parse_endpoint(text);
    return out ? vars::to_string(out->ip) + (out->port ? " " + std::to_string(out->port) : "") : "-";
}

/// "10.0.0.0/8", with "!" behind it where low bits were dropped.
std::string network(std::string_view text) {
    const auto out = vars::parse_network(text);
    return out ? vars::to_string(out->network) + (out->low_bits ? "!" : "") : "-";
}

Networks networks(const std::vector<std::string_view>& texts) {
    std::vector<Network> out;
    for (const std::string_view text : texts) out.push_back(vars::parse_network(text).value().network);
    return Networks(std::move(out));
}

std::string client(std::string_view peer, const std::vector<std::string_view>& lines, bool recursive) {
    const Networks trusted = networks({"10.0.0.0/8", "192.168.0.1", "2001:db8::/32"});
    return vars::to_string(vars::forwarded_address(vars::parse_ip(peer).value(), lines, trusted, recursive));
}

}  // namespace

TEST_CASE("addresses are read and written") {
    CHECK(ip("10.0.0.1") == "10.0.0.1");
    CHECK(ip("255.255.255.255") == "255.255.255.255");
    CHECK(ip("010.001.000.009") == "10.1.0.9");
    CHECK(ip("::1") == "::1");
    CHECK(ip("2001:DB8:0:0::1") == "2001:db8::1");
    CHECK(ip("::ffff:10.0.0.1") == "::ffff:10.0.0.1");
    for (const char* wrong :
         {"", "10", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.1x", "10.0.0.", ".0.0.1", "10..0.1", "1.2.3.-4",
          "1.2.3. 4", "[::1]", "::1::", ":", "1:2:3:4:5:6:7", "12345::", "::1%lo", "localhost", "10.0.0.1:80"})
        CHECK(ip(wrong) == "-");
}

TEST_CASE("addresses with ports, as proxies write them") {
    CHECK(ip_and_port("10.0.0.1") == "10.0.0.1");
    CHECK(ip_and_port("10.0.0.1:80") == "10.0.0.1 80");
    CHECK(ip_and_port("[::1]:80") == "::1 80");
    CHECK(ip_and_port("::1") == "::1");
    for (const char* wrong : {"", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:x", "[::1]",
                              "[::1]:", "[::1:80", "unknown", "10.0.0:80", ":80"})
        CHECK(ip_and_port(wrong) == "-");
}

TEST_CASE("networks") {
    CHECK(network("10.0.0.0/8") == "10.0.0.0/8");
    CHECK(network("10.1.2.3") == "10.1.2.3/32");
    CHECK(network("10.1.2.3/8") == "10.0.0.0/8!");
    CHECK(network("10.1.2.3/0") == "0.0.0.0/0!");
    CHECK(network("0.0.0.0/0") == "0.0.0.0/0");
    CHECK(network("10.1.2.255/31") == "10.1.2.254/31!");
    CHECK(network("172.31.0.0/12") == "172.16.0.0/12!");
    CHECK(network("2001:db8::/32") == "2001:db8::/32");
    CHECK(network("2001:db8:ffff::1/33") == "2001:db8:8000::/33!");
    CHECK(network("::1") == "::1/128");
    CHECK(network("::/0") == "::/0");
    for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1",
                              "10.0.0.0/256", "10.0.0.0/255.0.0.0", "10/8", "host/8"})
        CHECK(network(wrong) == "-");
}

TEST_CASE("the ends of networks") {
    const auto v4 = [](const char* text) {
        const Network n = vars::parse_network(text).value().network;
        return std::pair(vars::first_of_v4(n), vars::last_of_v4(n));
    };
    CHECK(v4("10.0.0.0/8") == std::pair(0x0a000000u, 0x0affffffu));
    CHECK(v4("0.0.0.0/0") == std::pair(0u, 0xffffffffu));
    CHECK(v4("1.2.3.4") == std::pair(0x01020304u, 0x01020304u));
    const auto last = [](const char* text) { return vars::last_of_v6(vars::parse_network(text).value().network); };
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    CHECK(last("::/0") == vars::Wide{ones, ones});
    CHECK(last("2001:db8::/32") == vars::Wide{0x20010db8ffffffff, ones});
    CHECK(last("2001:db8::/64") == vars::Wide{0x20010db800000000, ones});
    CHECK(last("2001:db8::/65") == vars::Wide{0x20010db800000000, ones >> 1});
    CHECK(last("::1") == vars::Wide{0, 1});
    CHECK(vars::successor(vars::Wide{0, ones}) == vars::Wide{1, 0});
}

TEST_CASE("IPv4 within IPv6") {
    CHECK(vars::to_string(vars::parse_ip("::ffff:10.0.0.1")->unmapped()) == "10.0.0.1");
    CHECK(vars::to_string(vars::parse_ip("::fffe:10.0.0.1")->unmapped()) == "::fffe:a00:1");
    CHECK(vars::to_string(vars::parse_ip("10.0.0.1")->unmapped()) == "10.0.0.1");
    CHECK(networks({"10.0.0.0/8"}).contains(*vars::parse_ip("::ffff:10.0.0.1")));
    CHECK_FALSE(networks({"::/0"}).contains(*vars::parse_ip("::ffff:10.0.0.1")));
}

TEST_CASE("nested ranges: the innermost counts, and equal neighbours are one") {
    using Map = Intervals<std::uint32_t>;
    const Map none;
    CHECK(none.find(0) == 0);
    CHECK(none.find(~0u) == 0);

    const Map some({{10, 99, 1}, {20, 29, 2}, {20, 24, 3}, {25, 29, 4}, {90, 99, 5}, {100, 109, 1}, {5, 9, 0}}, 0);
    struct Row {
        std::uint32_t key, number;
    };
    for (const Row& row : {Row{0, 0},
                           {9, 0},
                           {10, 1},
                           {19, 1},
                           {20, 3},
                           {24, 3},
                           {25, 4},
                           {29, 4},
                           {30, 1},
                           {89, 1},
                           {90, 5},
                           {99, 5},
                           {100, 1},
                           {109, 1},
                           {110, 0},
                           {~0u, 0}})
        CHECK(some.find(row.key) == row.number);
    CHECK(some.size() == 8);

    const Map ends({{0, ~0u, 1}, {0, 0, 2}, {~0u, ~0u, 3}}, 9);
    CHECK(ends.find(0) == 2);
    CHECK(ends.find(1) == 1);
    CHECK(ends.find(~0u - 1) == 1);
    CHECK(ends.find(~0u) == 3);
    CHECK(Map({{0, 9, 7}, {10, ~0u, 7}}, 0).size() == 1);
}

TEST_CASE("sets of networks") {
    const Networks set = networks({"10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8", "::1", "255.255.255.255"});
    for (const char* in : {"10.0.0.0", "10.1.2.3", "10.255.255.255", "::1", "255.255.255.255"})
        CHECK(set.contains(*vars::parse_ip(in)));
    for (const char* out : {"9.255.255.255", "11.0.0.0", "::", "::2", "0.0.0.0", "255.255.255.254"})
        CHECK_FALSE(set.contains(*vars::parse_ip(out)));
    CHECK_FALSE(set.empty());
    CHECK(Networks().empty());
    CHECK_FALSE(Networks().contains(*vars::parse_ip("0.0.0.0")));
}

TEST_CASE("the address that a trusted proxy gives") {
    CHECK(client("1.2.3.4", {"5.6.7.8"}, false) == "1.2.3.4");
    CHECK(client("10.0.0.1", {}, false) == "10.0.0.1");
    CHECK(client("10.0.0.1", {"5.6.7.8"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"1.1.1.1, 5.6.7.8"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"1.1.1.1,5.6.7.8, ,"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"1.1.1.1, 10.0.0.2"}, false) == "10.0.0.2");
    CHECK(client("10.0.0.1", {"1.1.1.1", "5.6.7.8"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"5.6.7.8:1234"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"[2001:db9::1]:1234"}, false) == "2001:db9::1");
    CHECK(client("2001:db8::9", {"5.6.7.8"}, false) == "5.6.7.8");
    CHECK(client("::ffff:10.0.0.1", {"5.6.7.8"}, false) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"unknown"}, false) == "10.0.0.1");
    CHECK(client("10.0.0.1", {""}, false) == "10.0.0.1");
    CHECK(client("10.0.0.1", {" , "}, false) == "10.0.0.1");
}

TEST_CASE("the last address that is not a trusted proxy's") {
    CHECK(client("10.0.0.1", {"1.1.1.1, 5.6.7.8"}, true) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"1.1.1.1, 5.6.7.8, 10.0.0.2"}, true) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"10.9.9.9, 192.168.0.1, 10.0.0.2"}, true) == "10.9.9.9");
    CHECK(client("10.0.0.1", {"1.1.1.1, unknown, 10.0.0.2"}, true) == "10.0.0.2");
    CHECK(client("10.0.0.1", {"1.1.1.1", "5.6.7.8, 192.168.0.1", "10.0.0.2"}, true) == "5.6.7.8");
    CHECK(client("10.0.0.1", {"1.1.1.1", "10.0.0.3", "2001:db8::7"}, true) == "1.1.1.1");
    CHECK(client("10.0.0.1", {"1.1.1.1", "", "10.0.0.3"}, true) == "10.0.0.3");
    CHECK(client("10.0.0.1", {"1.1.1.1", ", 10.0.0.3"}, true) == "10.0.0.3");
    CHECK(client("1.2.3.4", {"5.6.7.8"}, true) == "1.2.3.4");
}
