// nginx's geo: tables of networks and ranges, and random ones against a naive reading of the rules.
#include "vars/geo.hpp"

#include "core/rng.hpp"
#include "support/block.hpp"
#include "support/catch.hpp"
#include "vars/geo_ranges.hpp"

namespace {

using namespace sluice;
using vars::Geo;
using vars::GeoRanges;
using vars::Ip;

struct Made {
    test::TableOfNames names{{"remote_addr"}};
    Geo geo;

    explicit Made(const std::string& entries, const std::string& head = "geo $out",
                  std::map<std::string, std::string> files = {})
        : geo(test::build_block(vars::build_geo, head + " {" + entries + "}", names, std::move(files))) {}

    std::string operator()(std::string_view address) const {
        return std::string(geo.find(vars::parse_ip(address).value()));
    }
};

/// With warnings, of which there are to be this many.
Geo made_with_warnings(const std::string& entries, std::size_t warnings) {
    config::Conf conf = test::parse_block("geo $out {" + entries + "}");
    test::TableOfNames names;
    std::optional<Geo> out = vars::build_geo(test::block_of(conf), names, conf.diagnostics);
    INFO(config::render(conf.diagnostics, conf.sources));
    CHECK(conf.diagnostics.warnings() == warnings);
    REQUIRE(out);
    return std::move(*out);
}

std::string in(const Geo& geo, std::string_view address) {
    return std::string(geo.find(vars::parse_ip(address).value()));
}

}  // namespace

TEST_CASE("the longest prefix wins, in whatever order") {
    const Made geo(
        "default d; 10.0.0.0/8 ten; 10.1.2.3 one; 10.1.0.0/16 sixteen; 2001:db8::/32 doc; 2001:db8:1::/48 inner;"
        "255.255.255.255 last; ::1 home;");
    CHECK(geo("10.0.0.0") == "ten");
    CHECK(geo("10.255.255.255") == "ten");
    CHECK(geo("10.1.2.2") == "sixteen");
    CHECK(geo("10.1.2.3") == "one");
    CHECK(geo("10.1.2.4") == "sixteen");
    CHECK(geo("9.255.255.255") == "d");
    CHECK(geo("11.0.0.0") == "d");
    CHECK(geo("0.0.0.0") == "d");
    CHECK(geo("255.255.255.255") == "last");
    CHECK(geo("2001:db8::5") == "doc");
    CHECK(geo("2001:db8:1:ffff::") == "inner");
    CHECK(geo("2001:db9::") == "d");
    CHECK(geo("::1") == "home");
    CHECK(geo("::2") == "d");
    CHECK(geo("::ffff:10.1.2.3") == "one");
    CHECK(geo.geo.variable() == "out");
    CHECK_FALSE(geo.geo.source());
}

TEST_CASE("addresses come as bytes") {
    const Made geo("10.1.2.3 v4; 2001:db8::/32 v6; default d;");
    const std::uint8_t v4[] = {10, 1, 2, 3};
    const std::uint8_t v6[] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
    const std::uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3};
    CHECK(geo.geo.find(v4) == "v4");
    CHECK(geo.geo.find(v6) == "v6");
    CHECK(geo.geo.find(mapped) == "v4");
}

TEST_CASE("without a default the value is empty, and each family has its own") {
    CHECK(Made("10.0.0.0/8 x;")("11.0.0.0") == "");
    CHECK(Made("")("::1") == "");
    const Made geo("0.0.0.0/0 four; ::/0 six;");
    CHECK(geo("1.2.3.4") == "four");
    CHECK(geo("::ffff:1.2.3.4") == "four");
    CHECK(geo("::1") == "six");
    CHECK(Made("::/0 six;")("1.2.3.4") == "");
}

TEST_CASE("who has no address is looked up as 255.255.255.255") {
    CHECK(Made("default d; 255.255.255.255 none;").geo.find_without_address() == "none");
    CHECK(Made("default d; 255.0.0.0/8 high;").geo.find_without_address() == "high");
    CHECK(Made("default d; 10.0.0.0/8 x;").geo.find_without_address() == "d");
    CHECK(Made("ranges; default d; 255.0.0.0-255.255.255.255 x;").geo.find_without_address() == "d");
}

TEST_CASE("a network can be deleted again") {
    const Made geo(
        "10.0.0.0/8 ten; 10.1.0.0/16 inner; delete 10.1.0.0/16; 10.2.0.0/16 b; delete 10.2.0.0/16;"
        "10.2.0.0/16 c;");
    CHECK(geo("10.1.0.1") == "ten");
    CHECK(geo("10.2.0.1") == "c");
    CHECK(in(made_with_warnings("10.0.0.0/8 x; delete 10.0.0.0/9;", 1), "10.0.0.1") == "x");
    CHECK(in(made_with_warnings("delete 10.0.0.0/8; 10.0.0.0/8 x;", 1), "10.0.0.1") == "x");
}

TEST_CASE("the second of two equal networks replaces the first, with a warning") {
    CHECK(in(made_with_warnings("10.0.0.0/8 a; 10.0.0.0/8 b;", 1), "10.0.0.1") == "b");
    CHECK(in(made_with_warnings("10.0.0.0/8 a; 10.9.9.9/8 b;", 2), "10.0.0.1") == "b");
    CHECK(in(made_with_warnings("default a; default b;", 1), "10.0.0.1") == "b");
    CHECK(in(made_with_warnings("default a; 0.0.0.0/0 b;", 1), "10.0.0.1") == "b");
    CHECK(in(made_with_warnings("default a; 0.0.0.0/0 b;", 1), "::1") == "a");
}

TEST_CASE("values are text") {
    CHECK(Made("default \"$\";")("1.2.3.4") == "$");
    CHECK(in(made_with_warnings("10.0.0.0/8 $remote_addr;", 1), "10.0.0.1") == "$remote_addr");
}

TEST_CASE("ranges: the inner one wins, and may not come first") {
    const Made geo(
        "ranges; default d; 10.0.0.0-10.0.0.255 a; 10.0.0.10-10.0.0.20 b; 10.0.0.15-10.0.0.15 c;"
        "10.0.0.0-10.0.0.4 first; 10.0.0.250-10.0.0.255 last; 0.0.0.0-0.255.255.255 zero;");
    CHECK(geo("10.0.0.0") == "first");
    CHECK(geo("10.0.0.5") == "a");
    CHECK(geo("10.0.0.10") == "b");
    CHECK(geo("10.0.0.15") == "c");
    CHECK(geo("10.0.0.16") == "b");
    CHECK(geo("10.0.0.21") == "a");
    CHECK(geo("10.0.0.255") == "last");
    CHECK(geo("10.0.1.0") == "d");
    CHECK(geo("0.255.0.0") == "zero");
    CHECK(geo("::ffff:10.0.0.15") == "c");
    CHECK(geo("::1") == "d");
    CHECK(Made("ranges; 0.0.0.0-255.255.255.255 all;")("255.255.255.255") == "all");
}

TEST_CASE("ranges can be deleted and replaced") {
    const Made geo("ranges; 10.0.0.0-10.9.255.255 a; delete 10.0.0.0-10.9.255.255; 10.2.0.0-10.2.0.9 b;");
    CHECK(geo("10.1.0.0") == "");
    CHECK(geo("10.2.0.5") == "b");
    CHECK(in(made_with_warnings("ranges; 10.0.0.0-10.0.0.9 a; 10.0.0.0-10.0.0.9 b;", 1), "10.0.0.1") == "b");
    CHECK(in(made_with_warnings("ranges; 10.0.0.0-10.0.0.9 a; delete 10.0.0.0-10.0.0.8;", 1), "10.0.0.1") == "a");
}

TEST_CASE("pieces of ranges are looked at one by one, as in nginx") {
    const auto at = [](std::uint32_t offset) { return config::Span{0, offset, 1}; };
    GeoRanges ranges;
    CHECK_FALSE(ranges.add(0x00000, 0x0ffff, 1, at(1)).replaced);
    // Equal in its first piece, new in its second.
    const GeoRanges::Added wider = ranges.add(0x00000, 0x1ffff, 2, at(2));
    REQUIRE(wider.replaced);
    CHECK(wider.replaced->place == at(1));
    CHECK_FALSE(wider.conflict);
    // Reaches over the end of what lies inside.
    CHECK_FALSE(ranges.add(0x00100, 0x001ff, 3, at(3)).conflict);
    const GeoRanges::Added over = ranges.add(0x00180, 0x00280, 4, at(4));
    REQUIRE(over.conflict);
    CHECK(over.conflict->number == 2);
    CHECK(over.conflict->first == 0x00200);
    CHECK(ranges.add(0x00000, 0x0ffff, 5, at(5)).conflict);
    CHECK_FALSE(ranges.add(0xffff0000, 0xffffffff, 6, at(6)).conflict);
    CHECK(ranges.remove(0x00000, 0x000ff));
    CHECK_FALSE(ranges.remove(0x00000, 0x000ff));
    CHECK(ranges.take().size() == 4);
}

TEST_CASE("the address may come from a variable, or from behind a proxy") {
    const Made from("default 0;", "geo $arg_ip $out");
    REQUIRE(from.geo.source());
    CHECK(from.names[*from.geo.source()] == "arg_ip");
    CHECK_FALSE(from.geo.has_proxies());

    const std::vector<std::string_view> lines = {"1.1.1.1, 10.0.0.9"};
    const Ip peer = *vars::parse_ip("10.0.0.1");
    const Made plain("proxy 10.0.0.0/8; default 0;");
    CHECK(plain.geo.has_proxies());
    CHECK(vars::to_string(plain.geo.client(peer, lines)) == "10.0.0.9");
    const Made recursive("proxy 10.0.0.0/8; proxy_recursive; proxy 2001:db8::/32; default 0;");
    CHECK(vars::to_string(recursive.geo.client(peer, lines)) == "1.1.1.1");
    CHECK(Made("volatile; default 0;").geo.is_volatile());
    // Proxies are networks, and no entries, also where there are ranges.
    CHECK(Made("proxy 10.0.0.0/8; ranges; 10.0.0.0-10.0.0.1 a;")("10.0.0.1") == "a");
}

TEST_CASE("entries of included files belong to the geo") {
    const Made geo("include more; 10.1.0.0/16 a;", "geo $out", {{"more", "default d; 10.0.0.0/8 b;"}});
    CHECK(geo("10.1.0.0") == "a");
    CHECK(geo("10.0.0.0") == "b");
    CHECK(geo("1.0.0.0") == "d");
}

namespace {

/// Addresses that share much, so that networks lie in each other.
Ip random_ip(core::Rng& rng, bool v6) {
    Ip out;
    out.size = v6 ? 16 : 4;
    for (std::size_t i = 0; i < out.size; ++i) {
        const std::uint8_t few[] = {0, 1, 128, 255};
        out.bytes[i] = few[rng.next() % 4];
    }
    if (v6) out.bytes[0] = 0x20;
    return out;
}

bool holds(const vars::Network& network, const Ip& ip) {
    if (network.base.size != ip.size) return false;
    for (unsigned bit = 0; bit < network.prefix; ++bit)
        if (((network.base.bytes[bit / 8] ^ ip.bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
    return true;
}

struct NaiveGeo {
    std::map<vars::Network, std::string> networks;

    std::string operator()(const Ip& ip) const {
        const std::pair<const vars::Network, std::string>* best = nullptr;
        for (const auto& entry : networks)
            if (holds(entry.first, ip) && (!best || entry.first.prefix > best->first.prefix)) best = &entry;
        return best ? best->second : "default";
    }
};

}  // namespace

TEST_CASE("random networks answer as the longest prefix that holds the address") {
    core::Rng rng(11);
    std::size_t inside = 0;
    for (int round = 0; round < 200; ++round) {
        NaiveGeo naive;
        std::string text = "default default; ";
        for (std::uint64_t n = rng.next() % 40; n > 0; --n) {
            const Ip base = random_ip(rng, rng.next() % 2 == 0);
            const auto prefix = rng.next() % (base.size * 8 - 1) + 1;
            const auto network =
                vars::parse_network(vars::to_string(base) + "/" + std::to_string(prefix)).value().network;
            const std::string value = "v" + std::to_string(rng.next() % 10);
            if (naive.networks.emplace(network, value).second) text += vars::to_string(network) + " " + value + "; ";
        }
        INFO(text);
        const Made made(text);
        for (int i = 0; i < 200; ++i) {
            const Ip ip = random_ip(rng, rng.next() % 2 == 0);
            const std::string expected = naive(ip);
            if (expected != "default") ++inside;
            if (made.geo.find(ip) != expected)
                FAIL_CHECK(vars::to_string(ip) << ": " << made.geo.find(ip) << ", not " << expected);
        }
    }
    CHECK(inside > 5000);
}

TEST_CASE("random ranges answer as the last that was added") {
    core::Rng rng(13);
    constexpr std::uint32_t span = 0x20000;  // two pieces
    for (int round = 0; round < 100; ++round) {
        GeoRanges ranges;
        std::vector<std::uint32_t> naive(span / 0x100, 0);  // steps of 256 addresses
        for (std::uint32_t number = 1; number < 40; ++number) {
            auto from = static_cast<std::uint32_t>(rng.next() % naive.size());
            auto to = static_cast<std::uint32_t>(rng.next() % naive.size());
            if (from > to) std::swap(from, to);
            GeoRanges copy = ranges;
            if (copy.add(from * 0x100, to * 0x100 + 0xff, number, {}).conflict) continue;
            ranges = copy;
            std::fill(naive.begin() + from, naive.begin() + to + 1, number);
        }
        const vars::Intervals<std::uint32_t> made(ranges.take(), 0);
        for (std::uint32_t i = 0; i < naive.size(); ++i) {
            REQUIRE(made.find(i * 0x100) == naive[i]);
            REQUIRE(made.find(i * 0x100 + 0xff) == naive[i]);
        }
        REQUIRE(made.find(span) == 0);
    }
}
