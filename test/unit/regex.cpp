// Regular expressions: what is captured, what is refused and where, and that no pattern takes for ever.
#include "core/regex.hpp"

#include <thread>

#include "core/rng.hpp"
#include "support/catch.hpp"

using namespace sluice::core;

namespace {

Regex compile(std::string_view pattern, bool caseless = false) {
    RegexOutcome outcome = Regex::compile(pattern, {caseless});
    INFO(pattern << ": " << outcome.error.message);
    REQUIRE(outcome);
    return *outcome.regex;
}

Match match(std::string_view pattern, std::string_view subject, bool caseless = false) {
    Captures captures;
    return compile(pattern, caseless).match(subject, captures);
}

}  // namespace

TEST_CASE("a regex matches anywhere unless anchored, and minds case unless told otherwise") {
    CHECK(match("b", "abc") == Match::yes);
    CHECK(match("^b", "abc") == Match::no);
    CHECK(match("\\.php$", "/index.php") == Match::yes);
    CHECK(match("\\.php$", "/index.PHP") == Match::no);
    CHECK(match("\\.php$", "/index.PHP", true) == Match::yes);
    CHECK(match("\\.php$", "/index.php/") == Match::no);
    CHECK(match("", "") == Match::yes);
    CHECK(match("^$", std::string_view{}) == Match::yes);
    CHECK(match("a.c", std::string_view("a\0c", 3)) == Match::yes);
}

TEST_CASE("groups are captured, also those that took no part") {
    const Regex regex = compile("^/(a)?(b*)(?:c)(?<rest>.+)?$");
    Captures captures;
    CHECK(captures.size() == 0);
    CHECK_FALSE(captures.has(0));

    const std::string_view subject = "/cdef";
    REQUIRE(regex.match(subject, captures) == Match::yes);
    CHECK(captures.size() == 4);
    CHECK(captures.of(subject, 0) == subject);
    CHECK_FALSE(captures.has(1));
    CHECK(captures.of(subject, 1).empty());
    CHECK(captures.has(2));
    CHECK(captures.of(subject, 2).empty());
    CHECK(captures.of(subject, 3) == "def");
    CHECK_FALSE(captures.has(4));

    // groups after the last that took part
    REQUIRE(regex.match("/ac", captures) == Match::yes);
    CHECK(captures.of("/ac", 1) == "a");
    CHECK(captures.size() == 4);
    CHECK_FALSE(captures.has(3));
}

TEST_CASE("a match that fails leaves the captures of the one before") {
    Captures captures;
    REQUIRE(compile("(.)").match("x", captures) == Match::yes);
    REQUIRE(compile("(a)(b)").match("x", captures) == Match::no);
    CHECK(captures.of("x", 1) == "x");
    captures.clear();
    CHECK(captures.size() == 0);
}

TEST_CASE("names are given with their groups, in the groups' order") {
    const Regex regex = compile("(?P<zone>a)(b)(?<area>c)(?'third'd)");
    CHECK(regex.groups() == 4);
    REQUIRE(regex.names().size() == 3);
    CHECK(regex.names()[0].text == "zone");
    CHECK(regex.names()[0].group == 1);
    CHECK(regex.names()[1].text == "area");
    CHECK(regex.names()[1].group == 3);
    CHECK(regex.names()[2].text == "third");
    CHECK(regex.names()[2].group == 4);
    CHECK(regex.pattern() == "(?P<zone>a)(b)(?<area>c)(?'third'd)");
}

TEST_CASE("mistakes are refused with PCRE2's words and the place") {
    struct Row {
        std::string_view pattern, message;
        std::size_t offset;
    };
    const Row rows[] = {
        {"a(b", "missing closing parenthesis", 3},
        {"a)b", "unmatched closing parenthesis", 1},
        {"a[b", "missing terminating ] for character class", 3},
        {"*a", "quantifier does not follow a repeatable item", 0},
        {"(?<1>a)", "subpattern name must start with a non-digit", 3},
        {"\\", "\\ at end of pattern", 1},
        {"(*UTF8)a(", "missing closing parenthesis", 9},
    };
    for (const Row& row : rows) {
        INFO(row.pattern);
        const RegexOutcome outcome = Regex::compile(row.pattern);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error.message == row.message);
        CHECK(outcome.error.offset == row.offset);
    }
}

TEST_CASE("more groups than there is room for are no error unless they have names") {
    std::string many;
    for (std::size_t i = 0; i < 40; ++i) many += "(a)";
    const std::string subject(40, 'a');
    Captures captures;
    REQUIRE(compile(many).match(subject, captures) == Match::yes);
    CHECK(captures.size() == Captures::room);
    CHECK(captures.of(subject, 0).size() == 40);
    CHECK(captures.has(Captures::room - 1));
    CHECK_FALSE(captures.has(Captures::room));

    const std::string named = many + "(?<late>b)";
    const RegexOutcome outcome = Regex::compile(named);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error.message.find("\"late\" is number 41") != std::string::npos);
    CHECK(named.substr(outcome.error.offset, 4) == "late");
}

TEST_CASE("bytes are not characters unless the pattern asks for UTF-8") {
    CHECK(match("^..$", "\xc3\xa9") == Match::yes);
    CHECK(match("(*UTF)^.$", "\xc3\xa9") == Match::yes);
    CHECK(match("(*UTF8)^.$", "\xc3\xa9") == Match::yes);
    CHECK(match("(*UTF)^\\p{Cyrillic}+$", "\xd0\xbf\xd1\x80") == Match::yes);
    CHECK(match("(*UTF)^\xc3\x89$", "\xc3\xa9", true) == Match::yes);
    CHECK(match("(*UTF).", "\xff") == Match::no);
    CHECK(match("^.$", "\xff") == Match::yes);
}

TEST_CASE("a pattern that explodes is given up") {
    const std::string as(40'000, 'a');
    struct Row {
        std::string_view pattern;
        std::string subject;
    };
    const Row rows[] = {
        {"^(a+)+$", as + "b"},
        {"^(a|aa)+$", as.substr(0, 200) + "b"},
        {"^(?:a?){40}a{40}[bc]$", as.substr(0, 45)},
        {"(x+x+)+[yz]", std::string(2000, 'x')},
        {"^(.*?,){30}[PQ]", std::string(60, ',')},
    };
    for (const Row& row : rows) {
        INFO(row.pattern);
        CHECK(match(row.pattern, row.subject) == Match::limit);
    }
}

TEST_CASE("ordinary patterns do not meet the limit on long subjects") {
    const std::string path = "/" + std::string(8000, 'a') + "/index.php";
    CHECK(match("\\.php$", path) == Match::yes);
    CHECK(match("^/(.*)/([^/]+)\\.(php|html)$", path) == Match::yes);
    CHECK(match("\\.(gif|jpe?g|png|css|js)$", path) == Match::no);
    CHECK(match("^(.+\\.php)(/.+)$", path) == Match::no);
    CHECK(match("(?:^|/)\\.(?:git|svn|ht)", path) == Match::no);
    CHECK(match("^/(?:[a-z]+/)*index\\.php$", path) == Match::yes);
}

TEST_CASE("threads match with the same regex at once") {
    const Regex regex = compile("^/(?<head>[a-z]+)/(\\d+)$");
    std::vector<std::thread> threads;
    std::array<bool, 4> good{};
    for (std::size_t t = 0; t < good.size(); ++t)
        threads.emplace_back([&regex, &good, t] {
            Rng rng(t);
            bool all = true;
            for (int i = 0; i < 2000; ++i) {
                const std::string number = std::to_string(rng.next() % 100'000);
                const std::string subject = "/word/" + number;
                Captures captures;
                all = all && regex.match(subject, captures) == Match::yes && captures.of(subject, 1) == "word" &&
                      captures.of(subject, 2) == number;
            }
            good[t] = all;
        });
    for (std::thread& thread : threads) thread.join();
    for (const bool all : good) CHECK(all);
}

TEST_CASE("copies outlive the original") {
    std::optional<Regex> first = compile("(b+)");
    const Regex second = *first;
    first.reset();
    Captures captures;
    REQUIRE(second.match("abba", captures) == Match::yes);
    CHECK(captures.of("abba", 1) == "bb");
}
