#include "bench/plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <optional>

#include "bench/report.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr double width = 960, left = 84, right = 28, head = 74, legend_row = 22, panel = 380, small_panel = 130,
                 gap = 62, below = 56;
constexpr std::size_t colours = 8;
/// Of a linear axis; where values differ by more, a logarithmic one shows the small ones, too.
constexpr double widest_linear = 15;

constexpr std::string_view style = R"(<style>
svg{--paper:#fff;--ink:#1c2733;--soft:#5c6b7a;--grid:#e3e8ee;--axis:#a9b4c0;
--c0:#0b6bcb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;--c4:#b58105;--c5:#0c8599;--c6:#c2255c;--c7:#5f3dc4}
@media (prefers-color-scheme:dark){svg{--paper:#12181f;--ink:#e6ecf2;--soft:#93a1b0;--grid:#252f3a;--axis:#4a5866;
--c0:#4dabf7;--c1:#ff922b;--c2:#69db7c;--c3:#da77f2;--c4:#ffd43b;--c5:#3bc9db;--c6:#f783ac;--c7:#9775fa}}
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--soft)}
.title{font-size:18px;font-weight:600;fill:var(--ink)}.name{fill:var(--ink)}.number{text-anchor:end;font-variant-numeric:tabular-nums;fill:var(--ink)}
.head{text-anchor:end;font-size:11px}.x{text-anchor:middle}.y{text-anchor:end}
.grid{stroke:var(--grid);stroke-width:1}.fine{stroke:var(--grid);stroke-width:1;stroke-dasharray:2 4}.axis{stroke:var(--axis);stroke-width:1}
.curve{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
)";

std::string num(double value, int digits = 1) {
    char out[48];
    return {out, static_cast<std::size_t>(std::snprintf(out, sizeof out, "%.*f", digits, value))};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    return out;
}

std::string text(double x, double y, std::string_view kind, std::string_view what) {
    return concat({"<text x=\"", num(x), "\" y=\"", num(y), "\" class=\"", kind, "\">", escaped(what), "</text>\n"});
}

std::string line(double x1, double y1, double x2, double y2, std::string_view kind) {
    return concat({"<path d=\"M", num(x1), " ", num(y1), "L", num(x2), " ", num(y2), "\" class=\"", kind, "\"/>\n"});
}

/// How many nines, and parts of one: 90 % is 1, 99 % is 2.
double nines(double percent) { return -std::log10(1 - percent / 100); }

std::string short_time(double ms) {
    const auto cut = [](double value) {
        std::string out = num(value, value < 1 ? 2 : value < 10 ? 1 : 0);
        if (out.find('.') != out.npos) {
            while (out.ends_with('0')) out.pop_back();
            if (out.ends_with('.')) out.pop_back();
        }
        return out;
    };
    if (ms == 0) return "0";
    if (ms < 1) return cut(ms * 1000) + " \u00b5s";
    return ms < 1000 ? cut(ms) + " ms" : cut(ms / 1000) + " s";
}

/// 1, 2 or 5 times a power of ten, so that about `steps` fit.
double nice_step(double range, int steps) {
    const double raw = range / steps, power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw) return factor * power;
    return 10 * power;
}

/// Values to pixels, and the values where lines are drawn.
class Axis {
  public:
    Axis(double least, double most, bool logarithmic, double from, double to, int steps)
        : log_(logarithmic), pixel_from_(from), pixel_to_(to) {
        if (log_) {
            from_ = std::floor(std::log10(least) * 3) / 3;
            to_ = std::log10(most * 1.08);
            for (double decade = std::pow(10, std::floor(from_)); decade <= most * 1.1; decade *= 10)
                for (const double factor : {1.0, 2.0, 5.0}) add(decade * factor);
        } else {
            from_ = 0;
            to_ = std::max(most, 1e-9) * 1.06;
            const double step = nice_step(to_, steps);
            for (int i = 0; i * step <= to_; ++i) ticks_.push_back(i * step);
        }
    }
    double at(double value) const {
        const double v = log_ ? std::log10(std::max(value, 1e-9)) : value;
        return pixel_from_ + (pixel_to_ - pixel_from_) * std::clamp((v - from_) / (to_ - from_), 0.0, 1.0);
    }
    const std::vector<double>& ticks() const { return ticks_; }

  private:
    void add(double value) {
        const double v = std::log10(value);
        if (v >= from_ && v <= to_) ticks_.push_back(value);
    }
    bool log_;
    double from_, to_, pixel_from_, pixel_to_;
    std::vector<double> ticks_;
};

/// The value of a curve at a percentile, as far as it goes.
std::optional<double> value_at(const Curve& curve, double percent) {
    for (const auto& [p, value] : curve.points)
        if (p >= percent - 1e-9) return value;
    return std::nullopt;
}

std::string path(const std::vector<std::pair<double, double>>& pixels, std::size_t colour) {
    if (pixels.empty()) return "";
    std::string d;
    for (const auto& [x, y] : pixels) d += concat({d.empty() ? "M" : "L", num(x), " ", num(y)});
    return concat(
        {"<path d=\"", d, "\" class=\"curve\" style=\"stroke:var(--c", std::to_string(colour % colours), ")\"/>\n"});
}

std::string legend(const Picture& picture) {
    constexpr std::pair<const char*, double> columns[] = {{"median", 50}, {"99 %", 99}, {"99.9 %", 99.9}, {"max", 100}};
    const auto x_of = [](std::size_t i) { return width - right - 88.0 * static_cast<double>(3 - i); };
    std::string out;
    for (std::size_t i = 0; i < std::size(columns); ++i) out += text(x_of(i), head + 2, "head", columns[i].first);
    double y = head + legend_row;
    for (std::size_t i = 0; i < picture.curves.size(); ++i, y += legend_row) {
        const Curve& curve = picture.curves[i];
        out += concat({"<path d=\"M", num(left), " ", num(y - 4.5), "h22\" class=\"curve\" style=\"stroke:var(--c",
                       std::to_string(i % colours), ");stroke-width:4\"/>\n"});
        std::string name = curve.name.substr(0, 64);
        out += text(left + 32, y, "name", name);
        for (std::size_t k = 0; k < std::size(columns); ++k)
            if (const auto value = value_at(curve, columns[k].second))
                out += text(x_of(k), y, "number", short_time(*value));
    }
    return out;
}

std::string percentile_panel(const Picture& picture, double top) {
    double least = 1e18, most = 0, far = 1;
    for (const Curve& curve : picture.curves)
        for (std::size_t i = 0; i < curve.points.size(); ++i) {
            const auto [percent, value] = curve.points[i];
            if (value > 0) least = std::min(least, value);
            most = std::max(most, value);
            if (percent < 100) far = std::max(far, nines(percent) + std::log10(2));
        }
    if (most <= 0) least = most = 1;
    const Axis y(least, most, most / least > widest_linear, top + panel, top, 7);
    const auto x = [&](double n) { return left + (width - left - right) * std::min(n / far, 1.0); };

    std::string out;
    for (const double tick : y.ticks()) {
        out += line(left, y.at(tick), width - right, y.at(tick), "grid");
        out += text(left - 10, y.at(tick) + 4.5, "y", short_time(tick));
    }
    const auto mark = [&](double percent, std::string_view label, std::string_view kind) {
        const double at = x(nines(percent));
        if (percent > 0) out += line(at, top, at, top + panel, kind);
        if (!label.empty()) out += text(at, top + panel + 20, "x", label);
    };
    mark(0, "0 %", "grid");
    mark(50, far < 6 ? "50 %" : "", "fine");
    std::string label = "90";
    for (double n = 1; n <= far + 1e-9; ++n) {
        mark(100 - std::pow(10, 2 - n), label + " %", "grid");
        label = n == 1 ? "99" : n == 2 ? "99.9" : label + "9";
    }
    out += line(left, top + panel, width - right, top + panel, "axis");
    out += text(left + (width - left - right) / 2, top + panel + 42, "x", "part of the requests that were no slower");
    for (std::size_t i = picture.curves.size(); i-- > 0;) {
        std::vector<std::pair<double, double>> pixels;
        double last = 0;
        for (const auto& [percent, value] : picture.curves[i].points) {
            last = percent < 100 ? nines(percent) : last + std::log10(2);
            pixels.emplace_back(x(last), y.at(value));
        }
        out += path(pixels, i);
    }
    return out;
}

std::string rate_panel(const Picture& picture, double top) {
    double most = 0, far = 0;
    for (const Course& course : picture.rates)
        for (const auto& [at, value] : course.points) {
            most = std::max(most, value);
            far = std::max(far, at);
        }
    if (far <= 0) far = 1;
    const Axis y(0, std::max(most, 1e-3), false, top + small_panel, top, 4);
    const auto x = [&](double seconds) { return left + (width - left - right) * seconds / far; };
    std::string out = text(left, top - 14, "name", "answers per second");
    for (const double tick : y.ticks()) {
        out += line(left, y.at(tick), width - right, y.at(tick), "grid");
        out += text(left - 10, y.at(tick) + 4.5, "y", rate_text(tick));
    }
    const double step = nice_step(far, 8);
    for (int i = 0; i * step <= far * 1.0001; ++i)
        out += text(x(i * step), top + small_panel + 20, "x", num(i * step, step < 1 ? 1 : 0) + " s");
    out += line(left, top + small_panel, width - right, top + small_panel, "axis");
    for (std::size_t i = picture.rates.size(); i-- > 0;) {
        std::vector<std::pair<double, double>> pixels;
        for (const auto& [at, value] : picture.rates[i].points) pixels.emplace_back(x(at), y.at(value));
        out += path(pixels, i);
    }
    return out;
}

}  // namespace

std::string plot_svg(const Picture& picture) {
    const double top = head + legend_row * static_cast<double>(picture.curves.size()) + 26;
    const bool over_time =
        std::ranges::any_of(picture.rates, [](const Course& course) { return course.points.size() > 1; });
    const double height = top + panel + below + (over_time ? gap + small_panel + 8 : 0);
    std::string out = concat({"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", num(width, 0), " ",
                              num(height, 0), "\" width=\"", num(width, 0), "\" height=\"", num(height, 0),
                              "\" role=\"img\">\n<title>", escaped(picture.title), "</title>\n", style, "</style>\n",
                              "<rect width=\"100%\" height=\"100%\" style=\"fill:var(--paper)\"/>\n"});
    out += text(left, 34, "title", picture.title);
    out += text(left, 55, "note", picture.subtitle);
    out += legend(picture);
    out += percentile_panel(picture, top);
    if (over_time) out += rate_panel(picture, top + panel + below + gap - 30);
    return out + "</svg>\n";
}

}  // namespace sluice::bench
