// Which location serves a path. The first table was answered by nginx 1.22.
#include "route/locations.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "core/rng.hpp"
#include "support/catch.hpp"

using namespace sluice;
using route::LocationChoice;
using route::LocationComplaint;
using route::Locations;
using route::LocationSpec;
using route::LocationTrace;
using route::Verdict;
using Kind = LocationSpec::Kind;
using Wrong = LocationComplaint::Kind;

namespace {

constexpr std::uint32_t top = LocationSpec::no_parent;
constexpr std::uint32_t none = LocationChoice::none;

using Specs = std::vector<LocationSpec>;

Locations build(const Specs& specs) {
    std::vector<LocationComplaint> complaints;
    Locations out = Locations::build(specs, complaints);
    REQUIRE(complaints.empty());
    return out;
}

LocationChoice decide(const Locations& locations, std::string_view path) {
    LocationChoice out;
    locations.decide(path, out);
    return out;
}

std::uint32_t find(const Locations& locations, std::string_view path) { return decide(locations, path).location; }

/// A tree of locations of every kind; their names are the rows' first column.
struct Named {
    std::string_view name;
    Kind kind;
    std::string_view text;
    std::string_view parent = "";
    bool auto_redirect = false;
};
const Named confs[] = {
    {"exact-root", Kind::exact, "/"},
    {"root", Kind::prefix, "/"},
    {"root-nested-deep", Kind::regex, "deep$", "root"},
    {"root-foo-nest", Kind::prefix, "/foo/nest", "root"},
    {"foo", Kind::prefix, "/foo"},
    {"foo-zz", Kind::regex, "zz$", "foo"},
    {"foo-in", Kind::prefix, "/foo/in", "foo"},
    {"re-oo", Kind::regex, "oo$"},
    {"pref", Kind::preferred, "/pref"},
    {"pref-nn", Kind::regex, "nn$", "pref"},
    {"re-pref-x", Kind::regex, "^/pref.*x$"},
    {"red/", Kind::prefix, "/red/", "", true},
    {"re-red", Kind::regex, "red$"},
    {"both/", Kind::prefix, "/both/", "", true},
    {"both", Kind::prefix, "/both"},
    {"ex/", Kind::exact, "/ex/", "", true},
    {"rx", Kind::regex, "/rx"},
    {"rx-in", Kind::regex, "/(in)(.*)$", "rx"},
    {"rx-noc", Kind::regex, "noc$", "rx"},
    {"a", Kind::prefix, "/a"},
    {"a-b", Kind::prefix, "/a/b", "a"},
    {"a-b-n1", Kind::regex, "n1$", "a-b"},
    {"a-n2", Kind::regex, "n2$", "a"},
    {"outer-n", Kind::regex, "n[1234]$"},
    {"p2", Kind::prefix, "/p2"},
    {"p2-q", Kind::preferred, "/p2/q", "p2"},
    {"p2-w", Kind::regex, "w$", "p2"},
    {"outer-w", Kind::regex, "w$"},
    {"eq", Kind::prefix, "/eq"},
    {"eq-nested", Kind::regex, "eq$", "eq"},
    {"eq2", Kind::exact, "/eq2"},
    {"eq2/", Kind::prefix, "/eq2/", "", true},
};

std::uint32_t index_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::ranges::find(confs, name, &Named::name) - std::begin(confs));
}

Specs conf_specs() {
    Specs out;
    for (const Named& conf : confs)
        out.push_back({conf.kind, conf.text, conf.parent.empty() ? top : index_of(conf.parent), conf.auto_redirect});
    return out;
}

}  // namespace

TEST_CASE("paths find the location that nginx gives them") {
    const Locations locations = build(conf_specs());
    struct Row {
        std::string_view path, name;
        bool redirects = false;
    };
    const Row rows[] = {
        {"/", "exact-root"},
        {"/x", "root"},
        {"/deep", "root-nested-deep"},
        {"/foo", "re-oo"},
        {"/foo/nest", "foo"},
        {"/foo/nestdeep", "foo"},
        {"/food", "foo"},
        {"/foo/zoo", "re-oo"},
        {"/foo/zz", "foo-zz"},
        {"/foo/in", "foo-in"},
        {"/foo/inoo", "re-oo"},
        {"/foo/inzz", "foo-zz"},
        {"/pref", "pref"},
        {"/prefx", "pref"},
        {"/prefnn", "pref-nn"},
        {"/prefnnx", "pref"},
        {"/red", "red/", true},
        {"/red/", "red/"},
        {"/redx", "root"},
        {"/both", "both"},
        {"/both/", "both/"},
        {"/ex", "ex/", true},
        {"/ex/", "ex/"},
        {"/rx", "rx"},
        {"/rx/sub/in", "rx-in"},
        {"/rx/in/ab", "rx-in"},
        {"/rxx/noc", "rx-noc"},
        {"/a", "a"},
        {"/a/b", "a-b"},
        {"/a/bn1", "a-b-n1"},
        {"/a/bn2", "a-n2"},
        {"/a/bn3", "outer-n"},
        {"/a/n1", "outer-n"},
        {"/a/n2", "a-n2"},
        {"/an2", "a-n2"},
        {"/p2", "p2"},
        {"/p2/qw", "outer-w"},
        {"/p2/w", "p2-w"},
        {"/p2/q", "p2-q"},
        {"/eq", "eq-nested"},
        {"/eq2", "eq2"},
        {"/eq2/", "eq2/"},
        {"/eq/eq", "eq-nested"},
    };
    for (const Row& row : rows) {
        INFO(row.path);
        const LocationChoice choice = decide(locations, row.path);
        REQUIRE(choice.location != none);
        CHECK(confs[choice.location].name == row.name);
        CHECK(choice.auto_redirect == row.redirects);
    }
}

TEST_CASE("without a location that fits there is none") {
    CHECK(find(build({}), "/") == none);
    CHECK(find(Locations{}, "/") == none);
    const Locations locations =
        build({{Kind::prefix, "/a"}, {Kind::exact, "/b"}, {Kind::regex, "c$"}, {Kind::named, "@d"}});
    CHECK(find(locations, "/") == none);
    CHECK(find(locations, "/b/") == none);
    CHECK(find(locations, "@d") == none);
    CHECK(find(locations, "/abc") == 2);
    CHECK(find(locations, "/a") == 0);
}

TEST_CASE("prefixes need not begin with a slash, nor hold anything") {
    const Locations locations = build({{Kind::prefix, ""}, {Kind::prefix, "x"}, {Kind::prefix, "/x/y"}});
    CHECK(find(locations, "/") == 0);
    CHECK(find(locations, "/x/") == 0);
    CHECK(find(locations, "/x/yz") == 2);
}

TEST_CASE("case counts in prefixes, and in regexes unless told otherwise") {
    const Locations locations = build({{Kind::prefix, "/a"}, {Kind::regex, "X"}, {Kind::regex_caseless, "Y"}});
    CHECK(find(locations, "/A") == none);
    CHECK(find(locations, "/x") == none);
    CHECK(find(locations, "/X") == 1);
    CHECK(find(locations, "/y") == 2);
}

TEST_CASE("the redirect to a slash: not if the path has a location, and before a shorter prefix or any regex") {
    const Locations locations = build({{Kind::prefix, "/"},
                                       {Kind::prefix, "/a/", top, true},
                                       {Kind::regex, "."},
                                       {Kind::prefix, "/long/way/", top, true},
                                       {Kind::prefix, "/long/way/on", top},
                                       {Kind::prefix, "/no/", top, false},
                                       {Kind::exact, "/two/", top, true},
                                       {Kind::prefix, "/two/", top, false},
                                       {Kind::prefix, "/in", top},
                                       {Kind::prefix, "/in/side/", 8, true}});
    struct Row {
        std::string_view path;
        std::uint32_t location;
        bool redirects;
    };
    const Row rows[] = {
        {"/a", 1, true},          {"/a/", 2, false}, {"/ab", 2, false}, {"/long/way", 3, true}, {"/long/wa", 2, false},
        {"/long/way/", 2, false}, {"/no", 2, false}, {"/two", 6, true}, {"/in/side", 9, true},  {"/in/sid", 2, false},
    };
    for (const Row& row : rows) {
        INFO(row.path);
        const LocationChoice choice = decide(locations, row.path);
        CHECK(choice.location == row.location);
        CHECK(choice.auto_redirect == row.redirects);
    }
}

TEST_CASE("captures are those of the regexes that matched, the innermost last") {
    const Specs specs = {{Kind::regex, "^/(?<area>\\w+)/(.*)$"}, {Kind::regex, "(\\d+)$", 0}, {Kind::regex, "^(/x)$"}};
    const Locations locations = build(specs);
    LocationChoice choice;
    const std::string_view path = "/shop/item42";
    locations.decide(path, choice);
    CHECK(choice.location == 1);
    REQUIRE(choice.hits.size() == 2);
    CHECK(choice.hits[0].location == 0);
    CHECK(choice.hits[0].captures.of(path, 1) == "shop");
    CHECK(choice.hits[0].captures.of(path, 2) == "item42");
    CHECK(choice.hits[1].location == 1);
    CHECK(choice.hits[1].captures.of(path, 1) == "42");

    locations.decide("/shop/item", choice);
    CHECK(choice.location == 0);
    CHECK(choice.hits.size() == 1);
    locations.decide("/", choice);
    CHECK(choice.location == none);
    CHECK(choice.hits.empty());

    REQUIRE(locations.regex_of(0));
    CHECK(locations.regex_of(0)->names()[0].text == "area");
    CHECK(locations.regex_of(2)->pattern() == "^(/x)$");
    CHECK_FALSE(locations.regex_of(7));
}

TEST_CASE("a location whose regex is given up ends the search, and is reported") {
    const Locations locations = build({{Kind::prefix, "/"}, {Kind::regex, "^/(a+)+$"}, {Kind::regex, "^/(aa?)+c$"}});
    const LocationChoice choice = decide(locations, "/" + std::string(60, 'a') + "b");
    CHECK(choice.over_limit == 1);
    CHECK(choice.hits.empty());
    CHECK(decide(locations, "/aac").over_limit == LocationChoice::none);
}

TEST_CASE("named locations are found by name only") {
    const Locations locations = build({{Kind::named, "@a"}, {Kind::prefix, "@b"}, {Kind::named, "@c"}});
    CHECK(locations.find_named("@a") == 0);
    CHECK(locations.find_named("@b") == none);
    CHECK(locations.find_named("@c") == 2);
    CHECK(locations.find_named("@") == none);
    CHECK(Locations{}.find_named("@a") == none);
}

TEST_CASE("locations that cannot stand are told with the other one, and left out") {
    struct Row {
        Specs specs;
        std::vector<std::tuple<Wrong, std::uint32_t, std::uint32_t>> wrong;
    };
    const Row rows[] = {
        {{{Kind::prefix, "/a"}, {Kind::preferred, "/a"}}, {{Wrong::duplicate, 1, 0}}},
        {{{Kind::exact, "/a"}, {Kind::prefix, "/a"}, {Kind::exact, "/a"}}, {{Wrong::duplicate, 2, 0}}},
        {{{Kind::named, "@a"}, {Kind::named, "@a"}}, {{Wrong::duplicate, 1, 0}}},
        {{{Kind::regex, "a"}, {Kind::regex, "a"}}, {}},
        {{{Kind::prefix, "/a"}, {Kind::prefix, "/a", 0}}, {}},
        {{{Kind::prefix, "/a"}, {Kind::prefix, "/b", 0}}, {{Wrong::outside, 1, 0}}},
        {{{Kind::prefix, "/a"}, {Kind::exact, "/", 0}}, {{Wrong::outside, 1, 0}}},
        {{{Kind::prefix, "/a"}, {Kind::regex, "b", 0}}, {}},
        {{{Kind::exact, "/a"}, {Kind::prefix, "/a/b", 0}}, {{Wrong::in_exact, 1, 0}}},
        {{{Kind::exact, "/a"}, {Kind::regex, "b", 0}}, {{Wrong::in_exact, 1, 0}}},
        {{{Kind::named, "@a"}, {Kind::regex, "b", 0}}, {{Wrong::in_named, 1, 0}}},
        {{{Kind::prefix, "/a"}, {Kind::named, "@b", 0}}, {{Wrong::nested_name, 1, 0}}},
        {{{Kind::regex, "/a$"}, {Kind::prefix, "/a", 0}}, {{Wrong::outside, 1, 0}}},
        {{{Kind::regex, "/a"}, {Kind::prefix, "/a/b", 0}, {Kind::regex, "c", 1}},
         {{Wrong::unreachable, 1, 0}, {Wrong::unreachable, 2, 1}}},
        {{{Kind::regex, "/("}, {Kind::regex, "b", 0}}, {{Wrong::regex, 0, top}, {Wrong::parent_refused, 1, 0}}},
    };
    for (const Row& row : rows) {
        std::vector<LocationComplaint> complaints;
        Locations::build(row.specs, complaints);
        REQUIRE(complaints.size() == row.wrong.size());
        for (std::size_t i = 0; i < complaints.size(); ++i) {
            INFO(row.specs[complaints[i].index].text);
            CHECK(std::tuple(complaints[i].kind, complaints[i].index, complaints[i].other) == row.wrong[i]);
            CHECK((complaints[i].kind == Wrong::regex) == !complaints[i].error.message.empty());
        }
    }
    std::vector<LocationComplaint> complaints;
    const Specs specs = {{Kind::regex, "/("}, {Kind::prefix, "/a"}, {Kind::prefix, "/a"}, {Kind::regex, "b", 2}};
    const Locations locations = Locations::build(specs, complaints);
    CHECK(complaints.size() == 3);
    CHECK(find(locations, "/ab") == 1);
}

namespace {

std::string describe(const LocationTrace& trace) {
    constexpr std::string_view words[] = {"chosen",  "encloses", "shorter", "no match", "gave up", "regex",
                                          "earlier", "exact",    "^~",      "nested",   "redirect"};
    std::string out;
    for (const LocationTrace::Step& step : trace.steps) {
        out += (out.empty() ? "" : ", ") + std::to_string(step.location) + " " +
               std::string(words[static_cast<std::size_t>(step.verdict)]);
        if (step.by != top) out += " " + std::to_string(step.by);
    }
    return out;
}

}  // namespace

TEST_CASE("a trace tells who else could have had the path, and why not") {
    const Locations locations = build({{Kind::prefix, "/"},
                                       {Kind::prefix, "/a"},
                                       {Kind::prefix, "/a/b", 1},
                                       {Kind::regex, "x$", 1},
                                       {Kind::regex, "y$"},
                                       {Kind::regex, "(xy|yx)$"},
                                       {Kind::preferred, "/a/p/"},
                                       {Kind::exact, "/a/e"},
                                       {Kind::prefix, "/red/", top, true},
                                       {Kind::regex, "^/(z+)+$"}});
    struct Row {
        std::string path, trace;
    };
    const Row rows[] = {
        {"/q", "4 no match, 5 no match, 9 no match, 0 chosen"},
        {"/a/bb", "0 shorter 1, 3 no match, 4 no match, 5 no match, 9 no match, 1 encloses 2, 2 chosen"},
        {"/a/x", "0 shorter 1, 4 nested 3, 5 nested 3, 9 nested 3, 1 encloses 3, 3 chosen"},
        {"/a/bx", "0 shorter 1, 2 regex 3, 4 nested 3, 5 nested 3, 9 nested 3, 1 encloses 3, 3 chosen"},
        {"/a/by", "0 shorter 1, 3 no match, 1 regex 4, 2 regex 4, 5 earlier 4, 9 earlier 4, 4 chosen"},
        {"/yx", "4 no match, 0 regex 5, 9 earlier 5, 5 chosen"},
        {"/a/p/y", "0 shorter 6, 1 shorter 6, 4 ^~ 6, 5 ^~ 6, 9 ^~ 6, 6 chosen"},
        {"/a/e", "0 exact 7, 1 exact 7, 4 exact 7, 5 exact 7, 9 exact 7, 7 chosen"},
        {"/red", "0 redirect 8, 4 redirect 8, 5 redirect 8, 9 redirect 8, 8 chosen"},
        {"/" + std::string(60, 'z') + "!", "4 no match, 5 no match, 9 gave up, 0 chosen"},
        {"!", "4 no match, 5 no match, 9 no match"},
    };
    for (const Row& row : rows) {
        INFO(row.path);
        LocationTrace trace;
        LocationChoice choice;
        locations.decide(row.path, choice, &trace);
        CHECK(describe(trace) == row.trace);
        CHECK(choice.location == find(locations, row.path));
    }
    for (std::size_t v = 0; v <= static_cast<std::size_t>(Verdict::lost_to_redirect); ++v)
        CHECK_FALSE(route::words_of(static_cast<Verdict>(v)).empty());
}

namespace {

/// nginx's rules as they are written down, one location after another. Regexes are plain texts that a path must hold.
struct Model {
    const std::vector<LocationSpec>& specs;

    struct Result {
        std::optional<std::uint32_t> location;
        bool redirects = false;
        bool final = false;
    };

    bool is_in(std::uint32_t i, std::uint32_t parent, std::initializer_list<Kind> kinds) const {
        return specs[i].parent == parent && std::ranges::count(kinds, specs[i].kind) != 0;
    }

    template <class Fits>
    std::optional<std::uint32_t> first(std::uint32_t parent, std::initializer_list<Kind> kinds, Fits fits) const {
        for (std::uint32_t i = 0; i < specs.size(); ++i)
            if (is_in(i, parent, kinds) && fits(specs[i])) return i;
        return std::nullopt;
    }

    std::optional<std::uint32_t> longest(std::uint32_t parent, std::string_view path) const {
        std::optional<std::uint32_t> out;
        for (std::uint32_t i = 0; i < specs.size(); ++i) {
            const bool fits = is_in(i, parent, {Kind::prefix, Kind::preferred}) && path.starts_with(specs[i].text);
            if (fits && (!out || specs[i].text.size() > specs[*out].text.size())) out = i;
        }
        return out;
    }

    Result decide(std::string_view path, std::uint32_t parent = top) const {
        if (const auto exact = first(parent, {Kind::exact}, [&](auto& s) { return s.text == path; }))
            return {exact, false, true};
        const auto prefix = longest(parent, path);
        const bool equal = prefix && specs[*prefix].text == path;
        const std::string slashed = std::string(path) + "/";
        const auto wants = [&](auto& s) { return s.text == slashed && s.auto_redirect; };
        const auto stands = [&](auto& s) { return s.text == slashed; };
        if (!equal && first(parent, {Kind::exact, Kind::prefix, Kind::preferred}, wants)) {
            const auto exact = first(parent, {Kind::exact}, stands);
            return {exact ? exact : first(parent, {Kind::prefix, Kind::preferred}, stands), true, true};
        }
        Result out{prefix};
        if (prefix) {
            const Result inner = decide(path, *prefix);
            if (inner.final) return inner;
            if (inner.location) out = inner;
            if (specs[*prefix].kind == Kind::preferred) return out;
        }
        const auto regex = first(parent, {Kind::regex}, [&](auto& s) { return path.find(s.text) != path.npos; });
        if (!regex) return out;
        const Result inner = decide(path, *regex);
        return {inner.location ? inner.location : regex, false, true};
    }
};

std::string random_text(core::Rng& rng, std::size_t most) {
    std::string out = "/";
    for (std::size_t n = rng.next() % (most + 1); n > 0; --n) out += "/ab/a"[rng.next() % 5];
    return out;
}

/// Locations that nginx would load, nested up to four deep.
struct Random {
    std::vector<std::string> texts;
    std::vector<LocationSpec> specs;

    explicit Random(core::Rng& rng) {
        constexpr Kind kinds[] = {Kind::prefix, Kind::prefix, Kind::prefix, Kind::preferred, Kind::exact, Kind::regex};
        const std::size_t count = rng.next() % 40;
        texts.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t parent = random_parent(rng);
            Kind kind = kinds[rng.next() % std::size(kinds)];
            if (parent != top && specs[parent].kind == Kind::regex) kind = Kind::regex;
            std::string text = random_text(rng, 6);
            if (kind == Kind::regex)
                text = text.substr(1, rng.next() % 2 + 1);
            else if (parent != top)
                text = std::string(specs[parent].text) + text.substr(1);
            if (taken(kind, text, parent)) continue;
            const bool redirects = kind != Kind::regex && text.ends_with('/') && rng.next() % 2 == 0;
            texts.push_back(text);
            specs.push_back({kind, texts.back(), parent, redirects});
        }
    }

    std::uint32_t random_parent(core::Rng& rng) const {
        std::uint32_t depth = 0;
        std::uint32_t out = top;
        if (specs.empty() || rng.next() % 2 == 0) return top;
        out = static_cast<std::uint32_t>(rng.next() % specs.size());
        if (specs[out].kind == Kind::exact) return top;
        for (std::uint32_t p = out; p != top; p = specs[p].parent) ++depth;
        return depth > 3 ? top : out;
    }

    bool taken(Kind kind, std::string_view text, std::uint32_t parent) const {
        return kind != Kind::regex && std::ranges::any_of(specs, [&](const LocationSpec& spec) {
                   return spec.parent == parent && spec.text == text && spec.kind != Kind::regex &&
                          (spec.kind == Kind::exact) == (kind == Kind::exact);
               });
    }
};

}  // namespace

TEST_CASE("locations decide as a linear search by the rules does") {
    core::Rng rng(21);
    std::map<std::string, std::size_t> seen;
    for (int round = 0; round < 600; ++round) {
        const Random conf(rng);
        const Locations locations = build(conf.specs);
        const Model model{conf.specs};
        LocationChoice choice;
        for (int i = 0; i < 60; ++i) {
            const std::string path = random_text(rng, 9);
            INFO(path);
            locations.decide(path, choice);
            const Model::Result expected = model.decide(path);
            ++seen[choice.location == none ? "none"
                   : choice.auto_redirect  ? "redirect"
                   : choice.hits.empty()   ? "static"
                                           : "regex"];
            if (choice.location != expected.location.value_or(none) || choice.auto_redirect != expected.redirects)
                FAIL_CHECK("got " << choice.location << ", expected " << expected.location.value_or(none));
            LocationTrace trace;
            LocationChoice traced;
            locations.decide(path, traced, &trace);
            const bool told = !trace.steps.empty() && trace.steps.back().verdict == Verdict::chosen;
            if (traced.location != choice.location || told != (choice.location != none))
                FAIL_CHECK("the trace changes the decision, or does not tell it");
        }
    }
    for (const char* kind : {"none", "redirect", "static", "regex"}) CHECK(seen[kind] > 100);
}

TEST_CASE("a tree of prefixes finds the longest among thousands") {
    route::PrefixTree tree;
    std::vector<std::string> texts;
    for (int i = 0; i < 3000; ++i) texts.push_back("/area" + std::to_string(i) + (i % 3 == 0 ? "/" : ""));
    std::vector<route::PrefixTree::Entry> entries;
    for (std::uint32_t i = 0; i < texts.size(); ++i) entries.push_back({texts[i], top, i});
    const std::uint32_t root = tree.add(entries);
    const std::uint32_t other = tree.add({{"/area", 7, top}});
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
        const auto found = tree.find(root, texts[i]);
        REQUIRE(found.equal);
        CHECK(found.prefix == i);
        CHECK(tree.find(root, texts[i] + "x").prefix == i);
    }
    std::vector<std::uint32_t> passed;
    CHECK(tree.find(root, "/area1000x", &passed).prefix == 1000);
    CHECK(passed == std::vector<std::uint32_t>{1, 10, 100, 1000});
    CHECK(tree.find(root, "/area").prefix == top);
    REQUIRE(tree.find(root, "/area3").with_slash);
    CHECK(tree.find(root, "/area3").with_slash->prefix == 3);
    CHECK_FALSE(tree.find(root, "/area1").with_slash);
    REQUIRE(tree.find(other, "/area").equal);
    CHECK(tree.find(other, "/area").equal->exact == 7);
    CHECK(tree.find(other, "/area").prefix == top);
}
