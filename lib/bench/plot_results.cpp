#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <fstream>
#include <sstream>

#include "bench/plot.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace json = boost::json;

namespace {

std::optional<double> number_in(const json::value* value) {
    if (!value || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

/// Points of at least two numbers each, ascending in the first; nullopt if it is something else.
/// What a plot can show, milliseconds, seconds or requests in a second.
constexpr double least_shown = 1e-9, most_shown = 1e12;

std::optional<Curve> curve_of(const json::object& result) {
    Curve out;
    const json::value* latency = result.if_contains("latency_ms");
    const json::value* points =
        latency && latency->is_object() ? latency->get_object().if_contains("distribution") : nullptr;
    if (!points || !points->is_array()) return std::nullopt;
    for (const json::value& point : points->get_array()) {
        if (!point.is_array() || point.get_array().size() < 2) return std::nullopt;
        const auto percent = number_in(&point.get_array()[0]), value = number_in(&point.get_array()[1]);
        if (!percent || !value || *percent < 0 || *percent > 100 || *value < 0 || *value > most_shown) return std::nullopt;
        if (!out.points.empty() && *percent < out.points.back().first) return std::nullopt;
        out.points.emplace_back(*percent, *value < least_shown ? 0 : *value);
    }
    return out;
}

Course course_of(const json::object& result) {
    Course out;
    double usual = 0;
    const json::value* moments = result.if_contains("moments");
    if (!moments || !moments->is_array()) return out;
    for (const json::value& moment : moments->get_array()) {
        if (!moment.is_object()) continue;
        const auto at = number_in(moment.get_object().if_contains("at")),
                   rate = number_in(moment.get_object().if_contains("rate"));
        const auto seconds = number_in(moment.get_object().if_contains("seconds")).value_or(0);
        if (!at || !rate || *at < 0 || *rate < 0 || *at > most_shown || *rate > most_shown) continue;
        // The last one may be too short for its rate to say anything.
        if (seconds < usual / 2) continue;
        usual = std::max(usual, seconds);
        out.points.emplace_back(*at, *rate);
    }
    return out;
}

}  // namespace

std::string add_result(Picture& picture, std::string_view text, std::string_view what) {
    boost::system::error_code error;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error) return config::concat({"is no JSON: ", error.message()});
    auto curve = value.is_object() ? curve_of(value.get_object()) : std::nullopt;
    if (!curve) return "is no result that sluice bench --json has written";
    const json::value* name = value.get_object().if_contains("name");
    const bool named = name && name->is_string() && name->get_string() != "this run";
    curve->name = named || picture.curves.empty()
                      ? std::string(name && name->is_string() ? json::value_to<std::string>(*name) : what)
                      : std::string(what);
    Course course = course_of(value.get_object());
    course.name = curve->name;
    picture.curves.push_back(std::move(*curve));
    picture.rates.push_back(std::move(course));
    return "";
}

std::string write_plot(const std::string& path, const std::string& subtitle, const std::string& text,
                       std::span<const std::string> others) {
    Picture picture{"Latency by percentile", subtitle, {}, {}};
    if (auto wrong = add_result(picture, text, "this run"); !wrong.empty()) return wrong;
    for (const std::string& other : others) {
        std::ifstream in(other, std::ios::binary);
        std::ostringstream bytes;
        bytes << in.rdbuf();
        if (auto wrong = add_result(picture, bytes.str(), other); !wrong.empty())
            return config::concat({other, ": ", wrong});
    }
    // A course of one or two points says nothing that the text does not.
    if (picture.rates.front().points.size() < 4) picture.rates.clear();
    std::ofstream file(path, std::ios::binary);
    return file << plot_svg(picture) << std::flush ? "" : "cannot write " + path;
}

}  // namespace sluice::bench
