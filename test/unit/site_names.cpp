// Which site serves a host. The rows of the first table were answered by nginx 1.22.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "core/rng.hpp"
#include "route/names.hpp"
#include "support/catch.hpp"

using namespace sluice;
using route::NameChoice;
using route::NameComplaint;
using route::NameKind;
using route::Names;
using route::NameSpec;

namespace {

using Complaints = std::vector<NameComplaint>;

Names build(const std::vector<std::string_view>& texts, Complaints& complaints) {
    std::vector<NameSpec> specs;
    for (const std::string_view text : texts) specs.push_back({text, static_cast<std::uint32_t>(specs.size())});
    return Names::build(specs, 1000, complaints);
}

/// Without conflicts; the site of each name is its index.
Names build(const std::vector<std::string_view>& texts) {
    Complaints complaints;
    Names out = build(texts, complaints);
    REQUIRE(complaints.empty());
    return out;
}

NameChoice decide(const Names& names, std::string_view host) {
    core::Captures captures;
    return names.decide(host, captures);
}

}  // namespace

TEST_CASE("hosts find the site that nginx gives them") {
    const std::vector<std::string_view> texts = {
        "example.com",
        "*.example.com",
        "*.com",
        ".dot.org",
        "*.sub.dot.org",
        "www.tail.*",
        "www.tail.co.*",
        "www.*",
        "~^(?<u>.+)\\.RE\\.net$",
        "~re\\.net$",
        "",
        ".dup.test",
        "[::1]",
    };
    const Names names = build(texts);
    struct Row {
        std::string_view host, name;
    };
    constexpr std::string_view fallback = "default", refused = "400";
    const Row rows[] = {
        {"example.com", "example.com"},
        {"EXAMPLE.com.", "example.com"},
        {"example.com:80", "example.com"},
        {"example.com.:80", "example.com"},
        {"a.example.com", "*.example.com"},
        {"a.b.example.com", "*.example.com"},
        {"b.com", "*.com"},
        {"com", fallback},
        {".com", "*.com"},
        {".example.com", "*.example.com"},
        {"x.example.com.", "*.example.com"},
        {"dot.org", ".dot.org"},
        {"a.dot.org", ".dot.org"},
        {"sub.dot.org", ".dot.org"},
        {"a.sub.dot.org", "*.sub.dot.org"},
        {"www.tail.de", "www.tail.*"},
        {"www.tail.co.uk", "www.tail.co.*"},
        {"www.tail.co", "www.tail.*"},
        {"www.tail", "www.*"},
        {"www.x", "www.*"},
        {"www", fallback},
        {"joe.re.net", "~^(?<u>.+)\\.RE\\.net$"},
        {"re.net", "~re\\.net$"},
        {"xre.net", "~re\\.net$"},
        {"", ""},
        {"dup.test", ".dup.test"},
        {"a.dup.test", ".dup.test"},
        {"nope", fallback},
        {"a..b", refused},
        {".", refused},
        {"..", refused},
        {"[::1]:80", "[::1]"},
        {"[::1]", "[::1]"},
        {"a.[::1]", fallback},
        {"[::1", fallback},
        {"a/b", refused},
        {"a b", refused},
        {"a\tb", refused},
        {"a_b", fallback},
        {"a:", fallback},
        {"a:x", fallback},
        {":80", refused},
        {"[", fallback},
        {"a.com:80:90", "*.com"},
        {"www.", fallback},
        {"www.tail.", "www.*"},
        {"www..", refused},
        {"a.com./", refused},
        {"user@example.com", "*.com"},
        {"example.com%20", fallback},
        {"a.example.com:8.0.", "*.example.com"},
        {"x\x7f", refused},
    };
    for (const Row& row : rows) {
        INFO(row.host);
        std::string storage;
        const route::HostName host = route::normalise_host(row.host, storage);
        CHECK(host.valid == (row.name != refused));
        if (!host.valid) continue;
        const NameChoice choice = decide(names, host.name);
        CHECK((choice.name == NameChoice::none ? fallback : texts[choice.name]) == row.name);
        CHECK(choice.site == (choice.name == NameChoice::none ? 1000 : choice.name));
    }
}

TEST_CASE("a host is copied only to put it in lower case") {
    std::string storage;
    const std::string_view plain = "www.example.com:8080";
    CHECK(route::normalise_host(plain, storage).name.data() == plain.data());
    CHECK(route::normalise_host(plain, storage).name == "www.example.com");
    CHECK(route::normalise_host("WWW.Example.COM", storage).name == "www.example.com");
    CHECK(route::normalise_host("[2001:DB8::1]:443", storage).name == "[2001:db8::1]");
    CHECK(route::normalise_host("host:8Y", storage).name == "host");
}

TEST_CASE("a choice says how it came about") {
    const Names names = build({"a.b", "*.b", "a.*", ".c", "~d"});
    CHECK(decide(names, "a.b").kind == NameKind::exact);
    CHECK(decide(names, "x.b").kind == NameKind::leading_wildcard);
    CHECK(decide(names, "c").kind == NameKind::leading_wildcard);
    CHECK(decide(names, "a.x").kind == NameKind::trailing_wildcard);
    CHECK(decide(names, "xdx").kind == NameKind::regex);
    CHECK(decide(names, "x").kind == NameKind::fallback);
    CHECK(decide(names, "").kind == NameKind::fallback);
}

TEST_CASE("the first of two equal names stands, the other is ignored") {
    struct Row {
        std::vector<std::string_view> names;
        std::vector<std::pair<std::size_t, std::size_t>> conflicts;  // index, first
    };
    const Row rows[] = {
        {{"a.b", "A.B"}, {{1, 0}}},
        {{"", ""}, {{1, 0}}},
        {{"*.b", "x", "*.B"}, {{2, 0}}},
        {{"a.*", "a.*"}, {{1, 0}}},
        {{".b", "b", "*.b", ".b"}, {{1, 0}, {2, 0}, {3, 0}}},
        {{"b", ".b", "*.b"}, {{1, 0}}},
        {{"*.b", ".b", "b"}, {{1, 0}}},
        {{"~a", "~a"}, {}},
        {{"a", "*.a", "a.*"}, {}},
    };
    for (const Row& row : rows) {
        Complaints complaints;
        build(row.names, complaints);
        REQUIRE(complaints.size() == row.conflicts.size());
        for (std::size_t i = 0; i < complaints.size(); ++i) {
            CHECK(complaints[i].kind == NameComplaint::Kind::conflict);
            CHECK(complaints[i].index == row.conflicts[i].first);
            CHECK(complaints[i].first == row.conflicts[i].second);
        }
    }
    Complaints complaints;
    const Names names = build({"b", ".b", "*.c", ".c"}, complaints);
    CHECK(decide(names, "b").name == 0);
    CHECK(decide(names, "x.b").kind == NameKind::fallback);  // ".b" is ignored as a whole
    CHECK(decide(names, "c").kind == NameKind::fallback);
}

TEST_CASE("what is no name is refused, and the others still serve") {
    for (const std::string_view bad : {"*", "*.", ".", "a*", "*a", "a.*.b", "*.a.*", "**.a", "a..b", "*..a"}) {
        INFO(bad);
        Complaints complaints;
        const Names names = build({"good", bad}, complaints);
        REQUIRE(complaints.size() == 1);
        CHECK(complaints[0].kind == NameComplaint::Kind::invalid);
        CHECK(complaints[0].index == 1);
        CHECK(decide(names, "good").name == 0);
    }
    Complaints complaints;
    build({"~", "~a(b"}, complaints);
    REQUIRE(complaints.size() == 2);
    CHECK(complaints[0].kind == NameComplaint::Kind::regex);
    CHECK(complaints[1].error.message == "missing closing parenthesis");
    CHECK(complaints[1].error.offset == 3);
}

TEST_CASE("regexes go by their order and capture") {
    const Names names = build({"~^(?<first>\\w+)\\.one\\.two$", "~^(\\w+)\\.(?<last>.+)$", "x.y"});
    core::Captures captures;
    const std::string_view host = "a.one.two";
    CHECK(names.decide(host, captures).name == 0);
    CHECK(captures.of(host, 1) == "a");
    CHECK(names.decide("b.c.d", captures).name == 1);
    CHECK(captures.of("b.c.d", 2) == "c.d");
    CHECK(names.decide("x.y", captures).name == 2);
    CHECK(captures.of("b.c.d", 2) == "c.d");  // left alone
    REQUIRE(names.regex_of(1));
    CHECK(names.regex_of(1)->names()[0].text == "last");
    CHECK_FALSE(names.regex_of(2));
    CHECK_FALSE(names.regex_of(9));
}

TEST_CASE("a name whose regex is given up ends the search, and is reported") {
    const Names names = build({"~^(a+)+$", "~b$", "~^(aa?)+$"});
    const std::string host = std::string(60, 'a') + "b";
    const NameChoice choice = decide(names, host);
    CHECK(choice.kind == NameKind::fallback);
    CHECK(choice.over_limit == 0);
    CHECK(decide(names, "b").over_limit == NameChoice::none);
}

namespace {

/// The rules as they are written down, one name after another.
struct Model {
    std::vector<std::string> names;

    static bool is_wild(std::string_view name) { return name.starts_with('.') || name.find('*') != name.npos; }

    std::optional<std::size_t> longest(auto matches) const {
        std::optional<std::size_t> out;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (matches(std::string_view(names[i])) && (!out || names[i].size() > names[*out].size())) out = i;
        return out;
    }

    std::optional<std::size_t> decide(std::string_view host) const {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (!is_wild(names[i]) && names[i] == host) return i;
        if (host.empty()) return std::nullopt;
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == "." + std::string(host)) return i;
        const auto leads = longest([&](std::string_view name) {
            if (name.starts_with("*.")) return host.ends_with(name.substr(1));
            return name.starts_with('.') && host.ends_with(name);
        });
        // A name with '*' is longer by one than the same with only the dot, but they never stand side by side.
        if (leads) return leads;
        return longest([&](std::string_view name) {
            return name.ends_with(".*") && host.starts_with(name.substr(0, name.size() - 1));
        });
    }
};

std::string random_labels(core::Rng& rng, std::size_t most) {
    constexpr std::string_view labels[] = {"a", "b", "aa", "ab", "www"};
    std::string out;
    for (std::size_t n = rng.next() % most + 1; n > 0; --n) {
        out += labels[rng.next() % std::size(labels)];
        if (n > 1) out += '.';
    }
    return out;
}

/// Names of which no two are in conflict.
std::vector<std::string> random_names(core::Rng& rng) {
    constexpr std::string_view fronts[] = {"", "", "*.", ".", ""};
    std::vector<std::string> out;
    std::set<std::string> taken;
    for (std::size_t n = rng.next() % 40; n > 0; --n) {
        const std::string labels = random_labels(rng, 4);
        const std::string_view front = fronts[rng.next() % std::size(fronts)];
        const bool trails = front.empty() && rng.next() % 3 == 0;
        std::vector<std::string> keys;
        if (trails) keys = {labels + ".*"};
        if (!trails && front != "*.") keys.push_back(labels);
        if (!front.empty()) keys.push_back("*." + labels);
        if (std::ranges::any_of(keys, [&](const auto& key) { return taken.contains(key); })) continue;
        taken.insert(keys.begin(), keys.end());
        out.push_back(std::string(front) + labels + (trails ? ".*" : ""));
    }
    return out;
}

}  // namespace

TEST_CASE("names decide as a linear search by the rules does") {
    core::Rng rng(11);
    std::size_t found = 0;
    for (int round = 0; round < 300; ++round) {
        const Model model{random_names(rng)};
        std::vector<std::string_view> texts(model.names.begin(), model.names.end());
        const Names names = build(texts);
        for (int i = 0; i < 100; ++i) {
            std::string host = rng.next() % 20 == 0 ? "" : random_labels(rng, 6);
            if (rng.next() % 20 == 0) host = "." + host;
            INFO(host);
            const auto expected = model.decide(host);
            const NameChoice choice = decide(names, host);
            found += expected.has_value();
            if (choice.name != (expected ? *expected : NameChoice::none)) {
                const std::string got = choice.name == NameChoice::none ? "none" : model.names[choice.name];
                FAIL_CHECK("got " << got << ", expected " << (expected ? model.names[*expected] : "none"));
            }
        }
    }
    CHECK(found > 1000);
}

TEST_CASE("a table of texts keeps what was put in first, however much it grows") {
    route::TextTable table;
    CHECK(table.find("", route::TextHash{}) == route::TextTable::none);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        const std::string key = "key" + std::to_string(i % 2500);
        CHECK(table.insert(key, route::TextHash::forward(key), i) == i % 2500);
    }
    CHECK(table.size() == 2500);
    CHECK(table.longest_key() == 7);
    for (std::uint32_t i = 0; i < 2500; ++i) {
        const std::string key = "key" + std::to_string(i);
        CHECK(table.find(key, route::TextHash::forward(key)) == i);
    }
    CHECK(table.find("key2500", route::TextHash::forward("key2500")) == route::TextTable::none);
}
