// nginx's map: tables of what follows from what, and random maps against a naive reading of the rules.
#include "vars/map.hpp"

#include <map>
#include <set>

#include "core/rng.hpp"
#include "support/block.hpp"
#include "support/catch.hpp"
#include "vars/name_table.hpp"

namespace {

using namespace sluice;
using vars::Map;
using vars::NameTable;

struct Made {
    test::TableOfNames names{{"x", "y", "uri", "host"}};
    Map map;

    explicit Made(const std::string& entries, const std::string& head = "map $x $out",
                  std::map<std::string, std::string> files = {})
        : map(test::build_block(vars::build_map, head + " {" + entries + "}", names, std::move(files))) {}

    Map::Found find(std::string_view text) { return map.find(text, captures); }

    /// The value for `text`: variables as "<name>", captures as what they caught.
    std::string operator()(std::string_view text) {
        const Map::Found found = find(text);
        std::string out;
        std::string kept;
        return std::string(found.value->evaluate(out, [&](const vars::Part& part) -> std::string_view {
            if (part.kind == vars::Part::Kind::capture) return captures.of(text, part.index);
            for (const Map::Group& group : found.groups)
                if (group.variable == part.index) return captures.of(text, group.number);
            return kept = "<" + names[part.index] + ">";
        }));
    }

    core::Captures captures;
};

}  // namespace

TEST_CASE("a table of names") {
    NameTable table;
    CHECK(table.find("a") == NameTable::none);
    for (std::uint32_t i = 0; i < 5000; ++i) CHECK(table.add("Name" + std::to_string(i), i) == NameTable::none);
    CHECK(table.add("nAME7", 9999) == 7);
    for (std::uint32_t i = 0; i < 5000; ++i) CHECK(table.find("NAME" + std::to_string(i)) == i);
    CHECK(table.find("name5000") == NameTable::none);
    CHECK(table.find("") == NameTable::none);
    CHECK(table.longest() == 8);
    CHECK(table.add("", 5000) == NameTable::none);
    CHECK(table.find("") == 5000);

    NameTable backwards(NameTable::Order::backwards);
    CHECK(backwards.add("abc", 1) == NameTable::none);
    CHECK(backwards.add("cba", 2) == NameTable::none);
    CHECK(backwards.find("ABC") == 1);
    vars::NameHash hash;
    for (const char c : {'a', 'b', 'c'}) hash.add(c);
    CHECK(backwards.find("cba", hash) == 2);
}

TEST_CASE("texts are compared whole and without case") {
    Made m("default d; /a 1; /B 2; \"\" empty; \"with space\" 3;");
    CHECK(m("/a") == "1");
    CHECK(m("/A") == "1");
    CHECK(m("/b") == "2");
    CHECK(m("/a/") == "d");
    CHECK(m("/") == "d");
    CHECK(m("") == "empty");
    CHECK(m("WITH space") == "3");
    CHECK(m(std::string(100'000, 'a')) == "d");
    CHECK(m.map.variable() == "out");
    CHECK_FALSE(m.map.is_volatile());
}

TEST_CASE("without a default the value is empty") {
    Made m("a 1;");
    CHECK(m("a") == "1");
    CHECK(m("b") == "");
    CHECK(Made("")("x") == "");
}

TEST_CASE("special words are texts behind a backslash, or with a value") {
    Made m(R"(default d; \default 1; \hostnames 2; volatile 3; \~x 4; \\y 5;)", "map $x $out");
    CHECK(m("default") == "1");
    CHECK(m("hostnames") == "2");
    CHECK(m("volatile") == "3");
    CHECK(m("~x") == "4");
    CHECK(m("x") == "d");
    CHECK(m("y") == "5");  // the conf's own rules make one backslash of two, and the map takes that one
}

TEST_CASE("masks of host names: exact, then the longest ending, then the longest beginning") {
    Made m(
        "hostnames; default d; example.com e; *.example.com se; *.a.example.com sae; .dot.org dot; www.* w; www.a.* wa;"
        "*.www.net net; mail.example.com mail;");
    CHECK(m("example.com") == "e");
    CHECK(m("EXAMPLE.com.") == "e");
    CHECK(m("b.example.com") == "se");
    CHECK(m("a.example.com") == "se");
    CHECK(m("x.a.example.com") == "sae");
    CHECK(m("y.x.A.example.com") == "sae");
    CHECK(m("mail.example.com") == "mail");
    CHECK(m("x.mail.example.com") == "se");
    CHECK(m(".example.com") == "se");
    CHECK(m("xexample.com") == "d");
    CHECK(m("dot.org") == "dot");
    CHECK(m("x.y.dot.org") == "dot");
    CHECK(m("xdot.org") == "d");
    CHECK(m("www.net") == "w");  // "*.www.net" wants something before
    CHECK(m("x.www.net") == "net");
    CHECK(m("www.a.net") == "wa");
    CHECK(m("www.a.b.c") == "wa");
    CHECK(m("www.ab.c") == "w");
    CHECK(m("www.a") == "w");
    CHECK(m("www") == "d");
    CHECK(m("www.") == "d");  // the final dot goes first
    CHECK(m("www..") == "w");
    CHECK(m("www.example.com") == "se");  // an ending goes before a beginning
    CHECK(m("") == "d");
    CHECK(m(".") == "d");
}

TEST_CASE("a final dot is dropped for host names only") {
    CHECK(Made("a 1; a. 2;")("a.") == "2");
    CHECK(Made("hostnames; a 1;")("a.") == "1");
}

TEST_CASE("regexes come after texts, in their order") {
    Made m(R"(default d; abc text; ~^a(?<rest>.*)$ "r:$rest"; ~*^B(.)(.) "$2$1"; ~^B "never"; ~c. c;)");
    CHECK(m("abc") == "text");
    CHECK(m("ABC") == "text");
    CHECK(m("abd") == "r:bd");
    CHECK(m("bxy") == "yx");
    CHECK(m("BXY") == "YX");
    CHECK(m("Bx") == "never");
    CHECK(m("xcx") == "c");
    CHECK(m("xc") == "d");
    CHECK(m("A") == "d");
}

TEST_CASE("what a regex caught goes with the value") {
    Made m("~^/(?<first>[a-z]+)/(\\d+)/(?<last>.*)$ $last; ~^x y; /t text;");
    const Map::Found found = m.find("/ab/12/c");
    REQUIRE(found.regex);
    REQUIRE(found.groups.size() == 2);
    CHECK(found.groups[0].number == 1);
    CHECK(m.names[found.groups[0].variable] == "first");
    CHECK(found.groups[1].number == 3);
    CHECK(m.names[found.groups[1].variable] == "last");
    CHECK(m.captures.of("/ab/12/c", 2) == "12");
    CHECK(m.find("x").regex->groups() == 0);
    CHECK(m.find("/t").regex == nullptr);
    CHECK(m.find("none").regex == nullptr);
    CHECK(m.map.size().texts == 1);
    CHECK(m.map.size().regexes == 2);
}

TEST_CASE("a value may name a group of a regex further down") {
    CHECK(Made("a $late; ~^(?<late>b) $late;")("b") == "b");
}

TEST_CASE("regexes do not see the empty text, as in nginx") {
    Made m("default d; ~.* all; ~ empty;");
    CHECK(m("") == "d");
    CHECK(m("x") == "all");
}

TEST_CASE("a regex that takes too long is given up, and with it the look-up") {
    Made m("default d; ~^(a+)+$ slow; ~. other;");
    const Map::Found found = m.find(std::string(64, 'a') + "b");
    CHECK(found.limit);
    CHECK(m(std::string(64, 'a') + "b") == "d");
    CHECK_FALSE(m.find("b").limit);
    CHECK(m("b") == "other");
}

TEST_CASE("values and the source are templates") {
    Made m("default $uri; a \"$x-$host\"; b \"\"; c $x;", "map \"$x:$y\" $out");
    CHECK(m("zzz") == "<uri>");
    CHECK(m("a") == "<x>-<host>");
    CHECK(m("b") == "");
    CHECK(m.map.source().parts().size() == 3);
    CHECK(m.find("a").value != m.find("c").value);
    Made same("a 1; b 1; c $x; d $x;");
    CHECK(same.find("a").value == same.find("b").value);
    CHECK(same.find("c").value == same.find("d").value);
}

TEST_CASE("entries of included files belong to the map") {
    Made m("include more; a 1;", "map $x $out", {{"more", "hostnames; *.b 2; default d;"}});
    CHECK(m("a") == "1");
    CHECK(m("x.b") == "2");
    CHECK(m("c") == "d");
}

TEST_CASE("a map may be volatile") {
    CHECK(Made("volatile; a 1;").map.is_volatile());
    CHECK(Made("a 1; volatile;").map.is_volatile());
}

namespace {

/// The rules as the manual has them, entry by entry.
struct NaiveMap {
    enum class Kind : std::uint8_t { text, ending, dotted, beginning };
    struct Entry {
        Kind kind;
        std::string name;
        std::string value;

        std::string key() const {
            return kind == Kind::text     ? name
                   : kind == Kind::ending ? "*." + name
                   : kind == Kind::dotted ? "." + name
                                          : name + ".*";
        }
        bool matches(std::string_view text) const {
            const bool under = text.size() > name.size() &&
                               core::iequals(text.substr(text.size() - name.size()), name) &&
                               text[text.size() - name.size() - 1] == '.';
            switch (kind) {
                case Kind::text:
                    return core::iequals(text, name);
                case Kind::ending:
                    return under;
                case Kind::dotted:
                    return under || core::iequals(text, name);
                case Kind::beginning:
                    return text.size() > name.size() && core::iequals(text.substr(0, name.size()), name) &&
                           text[name.size()] == '.';
            }
            return false;
        }
    };
    std::vector<Entry> entries;

    std::string operator()(std::string_view text) const {
        if (text.ends_with('.')) text.remove_suffix(1);
        for (const auto& kinds : {std::vector{Kind::text}, {Kind::ending, Kind::dotted}, {Kind::beginning}}) {
            const Entry* best = nullptr;
            for (const Entry& e : entries)
                if (std::ranges::count(kinds, e.kind) != 0 && e.matches(text) &&
                    (!best || e.name.size() > best->name.size()))
                    best = &e;
            if (best) return best->value;
        }
        return "default";
    }
};

std::string random_name(core::Rng& rng) {
    const char* labels[] = {"a", "b", "ab", "A", "www"};
    std::string out = labels[rng.next() % 5];
    for (std::uint64_t n = rng.next() % 4; n > 0; --n) out += std::string(".") + labels[rng.next() % 5];
    return out;
}

std::string lowered(std::string text) {
    for (char& c : text) c = core::lower(c);
    return text;
}

/// Without the conflicts that a builder refuses.
NaiveMap random_map(core::Rng& rng) {
    NaiveMap out;
    std::set<std::string> taken;
    for (std::uint64_t n = rng.next() % 30; n > 0; --n) {
        NaiveMap::Entry e{static_cast<NaiveMap::Kind>(rng.next() % 4), random_name(rng), "v" + std::to_string(n)};
        const std::string name = lowered(e.name);
        std::vector<std::string> keys;
        if (e.kind == NaiveMap::Kind::text || e.kind == NaiveMap::Kind::dotted) keys.push_back(name);
        if (e.kind == NaiveMap::Kind::ending || e.kind == NaiveMap::Kind::dotted) keys.push_back("*." + name);
        if (e.kind == NaiveMap::Kind::beginning) keys.push_back(name + ".*");
        if (std::ranges::any_of(keys, [&](const std::string& k) { return taken.contains(k); })) continue;
        taken.insert(keys.begin(), keys.end());
        out.entries.push_back(std::move(e));
    }
    return out;
}

}  // namespace

TEST_CASE("random maps of host names answer as the rules say") {
    core::Rng rng(7);
    std::size_t matched = 0;
    for (int round = 0; round < 300; ++round) {
        const NaiveMap naive = random_map(rng);
        std::string text = "hostnames; default default; ";
        for (const NaiveMap::Entry& e : naive.entries) text += e.key() + " " + e.value + "; ";
        INFO(text);
        Made m(text);
        for (int i = 0; i < 100; ++i) {
            std::string name = random_name(rng);
            if (rng.next() % 10 == 0) name += ".";
            if (rng.next() % 20 == 0) name = "." + name;
            const std::string expected = naive(name);
            if (expected != "default") ++matched;
            if (m(name) != expected) FAIL_CHECK(name << ": " << m(name) << ", not " << expected);
        }
    }
    CHECK(matched > 3000);
}

TEST_CASE("a large map finds each of its keys, and nothing else") {
    std::string text = "default none; ";
    for (int i = 0; i < 20'000; ++i) text += "/path/" + std::to_string(i * 7) + " v" + std::to_string(i) + "; ";
    Made m(text);
    std::size_t wrong = 0;
    for (int i = 0; i < 140'000; ++i) {
        const std::string expected = i % 7 == 0 ? "v" + std::to_string(i / 7) : "none";
        if (m("/path/" + std::to_string(i)) != expected) ++wrong;
    }
    CHECK(wrong == 0);
}
