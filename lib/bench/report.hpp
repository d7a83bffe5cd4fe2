// A result as text for people, and as JSON for machines.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "bench/plan.hpp"
#include "bench/result.hpp"

namespace sluice::bench {

/// "12.3 us", "4.56 ms", "1.20 s"
std::string time_text(std::int64_t ns);
/// "1234", "12.3k", "1.23M"
std::string rate_text(double per_second);
/// "812 B", "1.5 KB", "2.3 MB", of 1000
std::string bytes_text(double bytes);

/// What stands above a report: "open loop, 1000/s for 10 s, at most 50 connections"
std::string load_text(const Plan& plan);

std::string result_text(const Plan& plan, const Result& result);

/// What makes a result less than it seems, in sentences.
std::vector<std::string> warnings(const Plan& plan, const Result& result);

boost::json::object part_json(const Part& part, bool open);
/// All of it; `name` is for plots.
boost::json::object result_json(const std::string& name, const Plan& plan, const Result& result);

}  // namespace sluice::bench
