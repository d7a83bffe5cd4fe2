// Texts that regular expressions match, checked with the engine that decides for requests.
#include <string>

#include "advice/location.hpp"
#include "core/regex.hpp"
#include "support/catch.hpp"

using namespace sluice;
using advice::sample_of;

TEST_CASE("a sample is matched by its regular expression") {
    for (const std::string regex : {"",
                                    "a",
                                    "\\.css$",
                                    "\\.(css|js)$",
                                    "\\.(?:css|js|woff2?|svg)$",
                                    "^/a/b$",
                                    "/\\.",
                                    "[a-c]x",
                                    "[^a]",
                                    "[^x1-]",
                                    "a+b*c?",
                                    "a{3}",
                                    "a{2,5}b",
                                    "(?<name>[0-9]+)/x",
                                    "(?P<name>x)",
                                    "\\d\\w\\s\\D\\S\\W",
                                    ".+?z",
                                    "a++",
                                    "(a|b)(c|d)",
                                    "^/user/(\\d{4})/(.*)$",
                                    "[]x]",
                                    "[\\]]",
                                    "((((a))))",
                                    "a|b|c",
                                    "x(|y)z",
                                    "\\Aab\\z",
                                    "\\/\\-\\_"}) {
        const auto sample = sample_of(regex);
        INFO(regex);
        REQUIRE(sample.has_value());
        INFO(*sample);
        const auto compiled = core::Regex::compile(regex);
        REQUIRE(compiled.regex.has_value());
        core::Captures captures;
        CHECK(compiled.regex->match(*sample, captures) == core::Match::yes);
    }
}

TEST_CASE("what is not understood has no sample") {
    for (const std::string regex : {"(?=a)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?i)a", "(", ")", "[", "[a", "a\\", "\\1",
                                    "\\pL", "a{", "a{2000}", "[[:alpha:]]", "(a"})
        CHECK(sample_of(regex) == std::nullopt);
    CHECK(sample_of(std::string(100'000, '(')) == std::nullopt);
    CHECK(sample_of(std::string(60, '(') + "a" + std::string(60, ')')) == std::nullopt);
}

TEST_CASE("which regular expressions reach below any prefix") {
    for (const std::string_view yes : {"\\.css$", "/\\.", "css", "^/.*\\.css$", "^(.*)x", "(a|b)$"})
        CHECK(advice::matches_below_any_prefix(yes));
    for (const std::string_view no : {"^/api/", "^/", "^\\.", "\\A/x", "(?i)x", ""})
        CHECK(!advice::matches_below_any_prefix(no));
    for (const std::string_view all : {"/", ".*", "^", "^/", "^(.*)$"}) CHECK(advice::matches_everything(all));
    for (const std::string_view some : {"", "/a", "^/a", ".*a", "\\.", "x"}) CHECK(!advice::matches_everything(some));
}
