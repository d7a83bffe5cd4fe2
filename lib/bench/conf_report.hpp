// What came of driving a conf's routes.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "bench/plan.hpp"
#include "bench/result.hpp"
#include "bench/routes.hpp"

namespace sluice::bench {

struct RouteResult {
    DrivenRoute route;
    Result result;
    double cpu = 0;            // seconds of the proxy while it was driven
    std::uint64_t led_on = 0;  // answers of backends that were to lead requests here

    /// Microseconds of the proxy's CPU for each request, answered or not; 0 of none.
    double cpu_per_request() const;
    /// What the answers say against requests having got there; "" if nothing does.
    std::string doubt() const;
};

struct ConfResult {
    std::string conf;
    std::vector<RouteResult> driven;
    std::vector<DrivenRoute> left;  // with why_not
    std::vector<std::string> notes;
    bool interrupted = false;
};

std::string conf_text(const Plan& plan, const ConfResult& result);
boost::json::object conf_json(const Plan& plan, const ConfResult& result);
/// A plot of the slowest routes, by p99.
std::string conf_picture(const Plan& plan, const ConfResult& result);

}  // namespace sluice::bench
