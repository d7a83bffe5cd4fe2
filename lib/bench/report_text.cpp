#include <array>
#include <cstdio>

#include "bench/report.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr double busy_generator = 0.9;
constexpr std::array<double, 7> percents = {50, 75, 90, 99, 99.9, 99.99, 100};

std::string number(double value, int digits) {
    std::array<char, 64> out;
    return {out.data(), static_cast<std::size_t>(std::snprintf(out.data(), out.size(), "%.*f", digits, value))};
}

/// Three digits, whatever the size: "1.23", "12.3", "123".
std::string three(double value) { return number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

std::string seconds_text(double seconds) { return three(seconds) + " s"; }

std::string count(std::uint64_t n) { return std::to_string(n); }

std::string percent(std::uint64_t part, std::uint64_t of) {
    return of == 0 ? "0 %" : number(100 * static_cast<double>(part) / static_cast<double>(of), 2) + " %";
}

std::string padded(std::string text, std::size_t width, bool right = false) {
    if (text.size() < width) text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    return text;
}

std::string phase_text(const Phase& phase) {
    const auto range = [](double from, double to) {
        return from == to ? rate_text(from) : rate_text(from) + " to " + rate_text(to);
    };
    if (phase.open()) return range(phase.rate_from, phase.rate_to) + "/s";
    return range(phase.connections_from, phase.connections_to) +
           (phase.connections_to == 1 ? " connection" : " connections");
}

void row(std::string& out, std::string_view what, std::string_view value) {
    out += concat({"  ", padded(std::string(what), 22), value, "\n"});
}

/// The times that say most, in columns.
std::string times(const Histogram& h) {
    std::string out;
    for (const double p : percents) out += padded(time_text(h.at(p)), 11, true);
    return out;
}

std::string latency_table(const Result& result, bool open) {
    const Part& total = result.total;
    std::string out = "\n  " + padded("", 22);
    for (const char* name : {"p50", "p75", "p90", "p99", "p99.9", "p99.99", "max"}) out += padded(name, 11, true);
    out += '\n';
    row(out, "latency", times(total.latency));
    if (open) row(out, "  once it was sent", times(total.service));
    if (result.connect.count() != 0) row(out, "connecting", times(result.connect));
    return out;
}

std::string phase_table(const Result& result) {
    std::string out = "\n  " + padded("phase", 34) + padded("answers/s", 11, true) + padded("failed", 9, true) +
                      padded("p50", 11, true) + padded("p99", 11, true) + padded("p99.9", 11, true) +
                      padded("max", 11, true) + '\n';
    for (const Part& part : result.parts) {
        const Phase& phase = part.phase;
        const auto name =
            concat({phase.name, phase.name.empty() ? "" : ": ", phase_text(phase), ", ", seconds_text(part.seconds)});
        out += concat({"  ", padded(name, 34), padded(rate_text(part.rate()), 11, true),
                       padded(count(part.tally.failed()), 9, true)});
        for (const double p : {50.0, 99.0, 99.9, 100.0}) out += padded(time_text(part.latency.at(p)), 11, true);
        out += '\n';
    }
    return out;
}

std::string status_text(const Tally& tally) {
    std::string out;
    for (std::size_t code = 0; code < tally.status.size(); ++code)
        if (tally.status[code] != 0)
            out += concat({out.empty() ? "" : ", ", std::to_string(code), " (", count(tally.status[code]), ")"});
    return out;
}

/// The system's own, where they say more.
std::string words_of(const Result& result, std::size_t trouble) {
    const bool said = trouble == static_cast<std::size_t>(Trouble::connect) ||
                      trouble == static_cast<std::size_t>(Trouble::handshake);
    return said && !result.words[trouble].empty() ? ": " + result.words[trouble] : "";
}

}  // namespace

std::string time_text(std::int64_t ns) {
    const auto value = static_cast<double>(ns);
    if (value < 999.5e3) return three(value / 1e3) + " us";
    if (value < 999.5e6) return three(value / 1e6) + " ms";
    return three(value / 1e9) + " s";
}

std::string rate_text(double value) {
    if (value < 10 && value != static_cast<double>(static_cast<int>(value))) return number(value, 2);
    if (value < 9999.5) return number(value, 0);
    if (value < 999.5e3) return three(value / 1e3) + "k";
    return three(value / 1e6) + "M";
}

std::string bytes_text(double bytes) {
    if (bytes < 999.5) return number(bytes, 0) + " B";
    if (bytes < 999.5e3) return three(bytes / 1e3) + " KB";
    if (bytes < 999.5e6) return three(bytes / 1e6) + " MB";
    return three(bytes / 1e9) + " GB";
}

std::string load_text(const Plan& plan) {
    std::string out = plan.open() ? plan.poisson ? "open loop, Poisson arrivals" : "open loop" : "closed loop";
    double seconds = 0;
    std::size_t phases = 0;
    const Phase* only = nullptr;
    for (const Phase& phase : plan.phases)
        if (phase.counts) {
            seconds += phase.seconds;
            ++phases;
            only = &phase;
        }
    if (phases == 1) out += ", " + phase_text(*only);
    if (phases > 1) out += ", " + std::to_string(phases) + " phases";
    if (plan.open()) out += ", at most " + config::counted(plan.connections, "connection");
    if (plan.requests_limit != 0) out += ", " + std::to_string(plan.requests_limit) + " requests";
    if (seconds < 86400) out += ", " + seconds_text(seconds);
    if (plan.threads > 1) out += ", " + config::counted(plan.threads, "thread");
    if (plan.per_connection == 1) out += ", a new connection for each request";
    if (plan.per_connection > 1) out += ", a new connection after " + std::to_string(plan.per_connection) + " requests";
    return out;
}

std::string result_text(const Plan& plan, const Result& result) {
    const Part& total = result.total;
    const Tally& tally = total.tally;
    const std::uint64_t ended = tally.answers + tally.failed();
    std::string out;
    row(out, "load", load_text(plan));
    row(out, "answers",
        concat({count(tally.answers), " in ", seconds_text(total.seconds), result.interrupted ? ", ended early" : "",
                ": ", rate_text(total.rate()), "/s"}));
    if (tally.answers != 0) row(out, "status", status_text(tally));
    row(out, "failed", concat({count(tally.failed()), tally.failed() ? ": " + percent(tally.failed(), ended) : ""}));
    for (std::size_t i = 0; i < troubles; ++i)
        if (tally.trouble[i] != 0)
            row(out, "", concat({count(tally.trouble[i]), " ", trouble_names[i].text, words_of(result, i)}));
    row(out, "received",
        concat({bytes_text(static_cast<double>(tally.bytes_in)), ", ",
                bytes_text(total.seconds > 0 ? static_cast<double>(tally.bytes_in) / total.seconds : 0), "/s"}));
    std::string connections = count(tally.connections) + " made";
    if (tally.resumed != 0) connections += ", " + count(tally.resumed) + " with a TLS session taken up";
    if (tally.retried != 0) connections += ", " + count(tally.retried) + " found closed when used again";
    row(out, "connections", connections);
    if (total.latency.count() != 0) out += latency_table(result, plan.open());
    if (result.parts.size() > 1) out += phase_table(result);
    for (const std::string& warning : warnings(plan, result)) out += concat({"\n  Mind: ", warning, "\n"});
    return out;
}

std::vector<std::string> warnings(const Plan& plan, const Result& result) {
    std::vector<std::string> out;
    const Part& total = result.total;
    const Tally& tally = total.tally;
    if (result.busy > busy_generator)
        out.push_back(
            concat({"this generator was busy ", number(100 * result.busy, 0),
                    " % of the time of a thread: its own limit shows, not only the server's. Try more --threads."}));
    else if (tally.late * 100 > total.due)
        out.push_back(
            concat({count(tally.late), " of ", count(total.due),
                    " requests began over 1 ms late by the generator's own fault: the machine is too busy."}));
    if (tally.trouble[static_cast<std::size_t>(Trouble::unsent)] != 0)
        out.push_back("the server did not keep up: requests waited for a free connection for longer than --timeout.");
    else if (plan.open() && tally.waited * 100 > total.due)
        out.push_back(concat({count(tally.waited), " of ", count(total.due), " requests waited for one of the ",
                              config::counted(plan.connections, "connection"),
                              "; latency counts that. More --connections would send them at once."}));
    return out;
}

}  // namespace sluice::bench
