// Plots as SVG: latency by percentile, and how a run went over time. No browser is needed to make them.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sluice::bench {

/// One curve: percent (0 to 100) and milliseconds, ascending in both.
struct Curve {
    std::string name;
    std::vector<std::pair<double, double>> points;
};

/// Over time: seconds and a value.
struct Course {
    std::string name;
    std::vector<std::pair<double, double>> points;
};

struct Picture {
    std::string title, subtitle;
    std::vector<Curve> curves;
    std::vector<Course> rates;  // answers per second; may be empty
};

std::string plot_svg(const Picture& picture);

/// Adds a result in JSON (see result_json()), the newest first; `what` names it if it does not itself. What is wrong,
/// or "".
std::string add_result(Picture& picture, std::string_view json, std::string_view what);

/// `json`: this run's; `others`: files of earlier ones. What is wrong, or "".
std::string write_plot(const std::string& path, const std::string& subtitle, const std::string& json,
                       std::span<const std::string> others);

}  // namespace sluice::bench
