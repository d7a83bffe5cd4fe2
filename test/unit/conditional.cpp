// Conditional requests: which fields decide, and how.
#include "http/conditional.hpp"

#include <string>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

constexpr const char* before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* same = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* later = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr std::int64_t time_of_same = 784111777;

struct Row {
    Fields fields;
    const char* expected;
};

/// As the parser leaves them.
Fields named(const Fields& fields) {
    Fields out;
    for (const Field& field : fields) out.push_back({field.name, field.value, field_id(field.name)});
    return out;
}

std::string told(const Fields& fields, ModifiedSince rule = ModifiedSince::exact,
                 Validators content = {time_of_same, "\"a-1\""}) {
    switch (judge(read_conditions(named(fields)), content, rule)) {
        case Verdict::send:
            return "send";
        case Verdict::not_modified:
            return "304";
        case Verdict::failed:
            return "412";
    }
    return "";
}

}  // namespace

TEST_CASE("conditions: each field alone, and together") {
    const Row rows[] = {
        {{}, "send"},
        {{{"If-Modified-Since", same}}, "304"},
        {{{"if-modified-since", same}}, "304"},
        {{{"If-Modified-Since", before}}, "send"},
        {{{"If-Modified-Since", later}}, "send"},
        {{{"If-Modified-Since", "yesterday"}}, "send"},
        {{{"If-Modified-Since", ""}}, "send"},
        {{{"If-None-Match", "\"a-1\""}}, "304"},
        {{{"If-None-Match", "W/\"a-1\""}}, "304"},
        {{{"If-None-Match", "\"b\", \"a-1\""}}, "304"},
        {{{"If-None-Match", "\"b\",W/\"a-1\" , \"c\""}}, "304"},
        {{{"If-None-Match", "*"}}, "304"},
        {{{"If-None-Match", "\"a-1\"x"}}, "send"},
        {{{"If-None-Match", "\"a-"}}, "send"},
        {{{"If-None-Match", "a-1"}}, "send"},
        {{{"If-None-Match", ""}}, "send"},
        {{{"If-None-Match", ",,,"}}, "send"},
        {{{"If-None-Match", "W/"}}, "send"},
        {{{"If-Match", "\"a-1\""}}, "send"},
        {{{"If-Match", "*"}}, "send"},
        {{{"If-Match", "W/\"a-1\""}}, "412"},
        {{{"If-Match", "\"b\""}}, "412"},
        {{{"If-Unmodified-Since", same}}, "send"},
        {{{"If-Unmodified-Since", later}}, "send"},
        {{{"If-Unmodified-Since", before}}, "412"},
        {{{"If-Unmodified-Since", "x"}}, "412"},
        {{{"If-None-Match", "\"a-1\""}, {"If-Modified-Since", before}}, "send"},
        {{{"If-None-Match", "\"b\""}, {"If-Modified-Since", same}}, "send"},
        {{{"If-None-Match", "\"a-1\""}, {"If-Modified-Since", same}}, "304"},
        {{{"If-Match", "\"b\""}, {"If-None-Match", "\"a-1\""}}, "412"},
        {{{"If-None-Match", "\"b\""}, {"If-None-Match", "\"a-1\""}}, "send"},
    };
    for (const Row& row : rows) {
        INFO((row.fields.empty() ? "" : std::string(row.fields[0].name) + ": " + std::string(row.fields[0].value)));
        CHECK(told(row.fields) == row.expected);
    }
}

TEST_CASE("conditions: if_modified_since, and content of which little is known") {
    CHECK(told({{"If-Modified-Since", later}}, ModifiedSince::before) == "304");
    CHECK(told({{"If-Modified-Since", same}}, ModifiedSince::before) == "304");
    CHECK(told({{"If-Modified-Since", before}}, ModifiedSince::before) == "send");
    CHECK(told({{"If-Modified-Since", "x"}}, ModifiedSince::before) == "send");
    CHECK(told({{"If-Modified-Since", same}}, ModifiedSince::off) == "send");
    const Validators nothing;
    CHECK(told({{"If-Modified-Since", same}}, ModifiedSince::exact, nothing) == "send");
    CHECK(told({{"If-Unmodified-Since", same}}, ModifiedSince::exact, nothing) == "412");
    CHECK(told({{"If-None-Match", "\"a\""}}, ModifiedSince::exact, nothing) == "send");
    CHECK(told({{"If-None-Match", "*"}}, ModifiedSince::exact, nothing) == "304");
    CHECK(told({{"If-Match", "\"a\""}}, ModifiedSince::exact, nothing) == "412");
    CHECK(told({{"If-None-Match", "\"x\""}}, ModifiedSince::exact, {time_of_same, "W/\"x\""}) == "304");
    CHECK(told({{"If-Match", "W/\"x\""}}, ModifiedSince::exact, {time_of_same, "W/\"x\""}) == "send");
}

TEST_CASE("conditions: If-Range") {
    const Validators content{time_of_same, "\"a-1\""};
    const auto applies = [&](const char* value, const Validators& of) {
        return range_applies(read_conditions(named({{"If-Range", value}})), of);
    };
    CHECK(range_applies({}, content));
    CHECK(applies("\"a-1\"", content));
    CHECK_FALSE(applies("\"a-2\"", content));
    CHECK_FALSE(applies("W/\"a-1\"", content));
    CHECK(applies(same, content));
    CHECK_FALSE(applies(later, content));
    CHECK_FALSE(applies("", content));
    CHECK_FALSE(applies("\"\"", {}));
    CHECK_FALSE(applies("x", {}));
    CHECK_FALSE(applies(same, {}));
}
