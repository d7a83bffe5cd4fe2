#include "bench/conf_report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "bench/plot.hpp"
#include "bench/report.hpp"
#include "config/words.hpp"
#include "observe/error_line.hpp"
#include "version.hpp"

namespace sluice::bench {

namespace json = boost::json;

namespace {

using config::concat;

constexpr std::size_t widest = 44;
constexpr double shortest_for_busy = 0.2;  // seconds: what is shorter says nothing of a limit

std::string padded(std::string text, std::size_t width, bool right = false) {
    if (text.size() < width) text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    return text;
}

std::string one_digit(double value) {
    char out[32];
    return {out, static_cast<std::size_t>(std::snprintf(out, sizeof out, "%.1f", value))};
}

/// The conf's own text, for a terminal.
std::string shown(std::string_view text) {
    std::string out;
    observe::append_without_controls(out, text);
    return out;
}

std::string name_of(const DrivenRoute& route) {
    return route.title.empty() ? "(the server block)" : shown(route.title);
}

std::string statuses(const Tally& tally) {
    std::string out;
    for (std::size_t code = 0; code < tally.status.size(); ++code)
        if (tally.status[code] != 0) out += (out.empty() ? "" : " ") + std::to_string(code);
    return out.empty() ? "-" : out;
}

std::string row_text(const RouteResult& row, std::size_t width) {
    const Part& total = row.result.total;
    std::string out =
        "  " + padded(name_of(row.route).substr(0, widest), width) + padded(rate_text(total.rate()), 10, true);
    for (const double p : {50.0, 99.0, 100.0})
        out += padded(total.latency.count() ? time_text(total.latency.at(p)) : "-", 10, true);
    out +=
        padded(std::to_string(total.tally.failed()), 8, true) +
        padded(total.tally.answers + total.tally.failed() ? one_digit(row.cpu_per_request()) + " us" : "-", 11, true);
    out += "  " + padded(statuses(total.tally), 9) + " " + shown(row.route.leads) + '\n';
    const std::string gap = "  " + padded("", width);
    if (!row.route.from.empty()) out += gap + "from " + shown(row.route.from) + '\n';
    if (const std::string doubt = row.doubt(); !doubt.empty()) out += gap + doubt + '\n';
    return out;
}

}  // namespace

double RouteResult::cpu_per_request() const {
    const auto ended = result.total.tally.answers + result.total.tally.failed();
    return ended == 0 ? 0 : cpu * 1e6 / static_cast<double>(ended);
}

std::string RouteResult::doubt() const {
    const Tally& tally = result.total.tally;
    if (tally.answers == 0) return "";
    if (route.approach.peers && led_on == 0) return "no backend was asked that could have led requests here";
    const auto counted_as = std::min(static_cast<std::size_t>(route.status), tally.status.size() - 1);
    if (route.status != 0 && tally.status[counted_as] == 0)
        return concat({"no answer has the status ", std::to_string(route.status), " that it leads to"});
    return "";
}

std::string conf_text(const Plan& plan, const ConfResult& result) {
    std::size_t width = 22;
    for (const RouteResult& row : result.driven)
        width = std::max(width, std::min(name_of(row.route).size(), widest) + 2);
    std::string out = concat({"  ", load_text(plan), "; for each route\n"});
    ConfPlace site;
    for (const RouteResult& row : result.driven) {
        if (row.route.site_place != site) {
            site = row.route.site_place;
            out += concat({"\n", shown(row.route.site), ", ", shown(site.text()), "\n  ", padded("", width),
                           padded("answers/s", 10, true), padded("p50", 10, true), padded("p99", 10, true),
                           padded("max", 10, true), padded("failed", 8, true), padded("CPU each", 11, true), "  ",
                           padded("status", 9), " leads to\n"});
        }
        out += row_text(row, width);
        if (!row.result.words[static_cast<std::size_t>(Trouble::handshake)].empty())
            out += concat({"  ", padded("", width), "TLS handshake failed: ",
                           row.result.words[static_cast<std::size_t>(Trouble::handshake)], "\n"});
        for (std::size_t i = 0; i < troubles; ++i)
            if (const auto n = row.result.total.tally.trouble[i]; n != 0)
                out += concat({"  ", padded("", width), std::to_string(n), " ", trouble_names[i].text, "\n"});
    }
    if (!result.left.empty()) out += "\nNot driven\n";
    for (const DrivenRoute& route : result.left)
        out += concat({"  ", shown(route.site), ", ", name_of(route), " (", shown(route.place.text()),
                       "): ", shown(route.why_not), "\n"});
    if (!result.notes.empty()) out += "\nNot as in the conf\n";
    for (const std::string& note : result.notes) out += concat({"  ", shown(note), "\n"});
    double busiest = 0;
    for (const RouteResult& row : result.driven)
        if (row.result.total.seconds > shortest_for_busy) busiest = std::max(busiest, row.result.busy);
    if (busiest > 0.9)
        out += "\nMind: the generator was the limit of some rates. CPU each is the proxy's alone, and holds.\n";
    if (result.interrupted) out += "\nEnded early.\n";
    return out;
}

json::object conf_json(const Plan& plan, const ConfResult& result) {
    json::array routes, left, notes;
    for (const RouteResult& row : result.driven) {
        json::object route = part_json(row.result.total, plan.open());
        json::object out{{"site", row.route.site},
                         {"route", row.route.title},
                         {"file", row.route.place.file},
                         {"line", row.route.place.line},
                         {"host", row.route.approach.url.authority},
                         {"uri", row.route.approach.url.target},
                         {"secure", row.route.approach.url.origin.secure},
                         {"from", row.route.from},
                         {"leads_to", row.route.leads},
                         {"doubt", row.doubt()},
                         {"cpu_us", row.cpu_per_request()}};
        for (auto& member : route) out[member.key()] = std::move(member.value());
        routes.push_back(std::move(out));
    }
    for (const DrivenRoute& route : result.left)
        left.push_back(json::object{{"site", route.site},
                                    {"route", route.title},
                                    {"file", route.place.file},
                                    {"line", route.place.line},
                                    {"why", route.why_not}});
    for (const std::string& note : result.notes) notes.push_back(json::string(note));
    return {{"sluice", version},           {"conf", result.conf},
            {"load", load_text(plan)},     {"open", plan.open()},
            {"routes", std::move(routes)}, {"not_driven", std::move(left)},
            {"notes", std::move(notes)},   {"interrupted", result.interrupted}};
}

std::string conf_picture(const Plan& plan, const ConfResult& result) {
    constexpr std::size_t most_curves = 8;
    std::vector<const RouteResult*> rows;
    for (const RouteResult& row : result.driven)
        if (row.result.total.latency.count() != 0) rows.push_back(&row);
    std::ranges::stable_sort(rows, std::greater<>(),
                             [](const RouteResult* row) { return row->result.total.latency.at(99); });
    if (rows.size() > most_curves) rows.resize(most_curves);
    Picture out{"Latency by percentile, the slowest routes", load_text(plan), {}, {}};
    for (const RouteResult* row : rows) {
        Curve& curve = out.curves.emplace_back();
        curve.name = row->route.title.empty() ? row->route.site : row->route.title;
        for (const auto& point : row->result.total.latency.distribution())
            curve.points.emplace_back(point.percent, static_cast<double>(point.value) * 1e-6);
    }
    return plot_svg(out);
}

}  // namespace sluice::bench
