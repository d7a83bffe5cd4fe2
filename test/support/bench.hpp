// Runs of sluice bench, and what they report.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

namespace sluice::test {

namespace json = boost::json;
using Words = std::vector<std::string>;

inline Outcome bench(Words words) {
    words.insert(words.begin(), {SLUICE_BINARY, "bench"});
    return run_to_end(words);
}

/// The result in JSON; it must end with that status.
inline json::object measure(Words words, int status = 0) {
    words.insert(words.end(), {"-q", "--json", "-"});
    const Outcome outcome = bench(words);
    INFO(outcome.errors);
    CHECK(outcome.status == status);
    boost::system::error_code error;
    json::value value = json::parse(outcome.output, error);
    REQUIRE_FALSE(error);
    return value.as_object();
}

inline double number(const json::object& result, const std::string& pointer) {
    boost::system::error_code error;
    const json::value whole(result);
    const auto* value = whole.find_pointer("/" + pointer, error);
    INFO(pointer);
    REQUIRE(value);
    return value->to_number<double>();
}

}  // namespace sluice::test
