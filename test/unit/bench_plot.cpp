// Plots: the whole picture beside what was looked at in a browser, and results that are none.
#include <cmath>

#include "bench/plot.hpp"
#include "support/golden.hpp"

using namespace sluice;
using namespace sluice::bench;

namespace {

const test::Golden golden("bench");

/// From `least` to `most` milliseconds, over five nines.
Curve curve(const std::string& name, double least, double most) {
    Curve out{name, {}};
    for (int i = 0; i <= 50; ++i) {
        const double nines = i / 10.0;
        out.points.emplace_back(100 - std::pow(10, 2 - nines), least * std::pow(most / least, nines / 5));
    }
    out.points.emplace_back(100, most);
    return out;
}

/// What is wrong with a result.
std::string wrong(std::string_view json) {
    Picture picture;
    return add_result(picture, json, "x.json");
}

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++out;
    return out;
}

}  // namespace

TEST_CASE("plots as they were looked at") {
    golden.check("one.svg", plot_svg({"Latency by percentile", "closed loop", {curve("this run", 1, 9)}, {}}));
    Course up{"up", {}}, down{"down", {}};
    for (int i = 1; i <= 20; ++i) {
        up.points.emplace_back(i, 100 * i);
        down.points.emplace_back(i, 2000 - 90 * i);
    }
    golden.check("two.svg", plot_svg({"Latency & <more>",
                                      "open loop",
                                      {curve("this run", 0.08, 40), curve("before <it>", 0.2, 900)},
                                      {up, down}}));
}

TEST_CASE("any values make a picture") {
    for (const Picture& picture :
         {Picture{"t", "", {}, {}}, Picture{"t", "", {{"empty", {}}}, {}},
          Picture{"t", "", {{"zero", {{0, 0}, {100, 0}}}}, {{"r", {{0, 0}}}}},
          Picture{"t", "", {{"one", {{100, 5}}}}, {}},
          Picture{"t", "", {{"far", {{0, 1e-6}, {99.9999999999, 1e9}, {100, 1e12}}}}, {{"r", {{1e-9, 1e12}}}}}}) {
        const auto svg = plot_svg(picture);
        CHECK(svg.starts_with("<svg "));
        CHECK(svg.ends_with("</svg>\n"));
        CHECK(svg.find("nan") == svg.npos);
        CHECK(svg.find("inf") == svg.npos);
        CHECK(svg.size() < 100000);
    }
}

TEST_CASE("results that are none") {
    CHECK(wrong("{").starts_with("is no JSON: "));
    for (const char* json :
         {"{}", "[]", "5", R"({"latency_ms":5})", R"({"latency_ms":{}})", R"({"latency_ms":{"distribution":{}}})",
          R"({"latency_ms":{"distribution":[5]}})", R"({"latency_ms":{"distribution":[[1]]}})",
          R"({"latency_ms":{"distribution":[["a","b"]]}})", R"({"latency_ms":{"distribution":[[101,5]]}})",
          R"({"latency_ms":{"distribution":[[50,5],[10,5]]}})", R"({"latency_ms":{"distribution":[[50,-5]]}})"}) {
        INFO(json);
        CHECK(wrong(json) == "is no result that sluice bench --json has written");
    }
    CHECK(
        wrong(
            R"({"latency_ms":{"distribution":[[0,1,1],[100,2,9]]},"moments":[5,{"at":"x"},{"at":1,"rate":2,"seconds":1}],"name":7})") ==
        "");
}

TEST_CASE("names of results: their own, or the file's") {
    Picture picture;
    const std::string points = R"("latency_ms":{"distribution":[[0,1,1],[100,2,9]]})";
    CHECK(add_result(picture, "{\"name\":\"this run\"," + points + "}", "this run") == "");
    CHECK(add_result(picture, "{\"name\":\"this run\"," + points + "}", "old.json") == "");
    CHECK(add_result(picture, "{\"name\":\"before\"," + points + "}", "old.json") == "");
    CHECK(picture.curves[0].name == "this run");
    CHECK(picture.curves[1].name == "old.json");
    CHECK(picture.curves[2].name == "before");
    CHECK(count(plot_svg(picture), "class=\"curve\"") == 6);  // one in the legend, one in the panel
}
