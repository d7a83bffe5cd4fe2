#include "bench/phases.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

constexpr double most_rate = 10e6, longest = 7 * 86400;
constexpr std::uint32_t most_connections = 100000, most_steps = 100;

/// Digits with perhaps a fraction.
std::optional<double> parse_decimal(std::string_view text) {
    const auto dot = text.find('.');
    const auto whole = core::parse_number<std::uint32_t>(text.substr(0, dot));
    if (!whole) return std::nullopt;
    if (dot == text.npos) return *whole;
    const auto digits = text.substr(dot + 1);
    const auto fraction = core::parse_number<std::uint32_t>(digits);
    if (!fraction || digits.size() > 6) return std::nullopt;
    return *whole + *fraction / std::pow(10, static_cast<double>(digits.size()));
}

/// "A..B" or "A"
std::pair<std::string_view, std::string_view> ends_of(std::string_view text) {
    const auto dots = text.find("..");
    if (dots == text.npos) return {text, text};
    return {text.substr(0, dots), text.substr(dots + 2)};
}

struct Reading {
    Phase phase;
    std::uint32_t steps = 1;
};

std::string set_rate(Reading& out, std::string_view value) {
    const auto [from, to] = ends_of(value);
    const auto first = parse_rate(from), last = parse_rate(to);
    if (!first || !last)
        return concat({in_quotes(value), " is no rate: requests per second up to 10m, as in rate=500 or rate=100..5k"});
    out.phase.rate_from = *first;
    out.phase.rate_to = *last;
    return "";
}

std::string set_connections(Reading& out, std::string_view value) {
    const auto [from, to] = ends_of(value);
    const auto first = core::parse_number<std::uint32_t>(from), last = core::parse_number<std::uint32_t>(to);
    if (!first || !last || *first == 0 || *last == 0 || *first > most_connections || *last > most_connections)
        return concat({in_quotes(value), " is no number of connections: 1 to 100000, as in connections=10..200"});
    out.phase.connections_from = *first;
    out.phase.connections_to = *last;
    return "";
}

std::string set_for(Reading& out, std::string_view value) {
    const auto seconds = parse_span(value);
    if (!seconds) return concat({in_quotes(value), " is no time above 0 and up to 7d, as in for=10s"});
    out.phase.seconds = *seconds;
    return "";
}

std::string set_steps(Reading& out, std::string_view value) {
    const auto steps = core::parse_number<std::uint32_t>(value);
    if (!steps || *steps < 2 || *steps > most_steps)
        return concat({in_quotes(value), " is no number of steps: 2 to 100"});
    out.steps = *steps;
    return "";
}

std::string set_name(Reading& out, std::string_view value) {
    if (value.empty()) return "a name is not empty";
    out.phase.name = value;
    return "";
}

struct Key {
    std::string_view name;
    std::string (*set)(Reading&, std::string_view);
};
constexpr Key keys[] = {
    {"rate", set_rate}, {"connections", set_connections}, {"for", set_for}, {"steps", set_steps}, {"name", set_name}};

std::string set(Reading& out, std::string_view part) {
    const auto equals = part.find('=');
    const auto name = core::trim(part.substr(0, equals));
    const Key* key = std::ranges::find(keys, name, &Key::name);
    if (key == std::end(keys)) {
        std::array<std::string_view, std::size(keys)> names;
        std::ranges::transform(keys, names.begin(), &Key::name);
        const auto meant = config::did_you_mean(name, names);
        return concat(
            {"there is no ", in_quotes(name), "; ", meant.empty() ? "there are " + config::list(names) : meant});
    }
    if (equals == part.npos) return concat({name, " needs a value after \"=\""});
    return key->set(out, core::trim(part.substr(equals + 1)));
}

std::string check(const Reading& read) {
    const Phase& phase = read.phase;
    const bool closed = phase.connections_from > 0;
    if (phase.open() == closed)
        return closed ? "takes rate or connections, not both" : "needs rate=NUMBER or connections=NUMBER";
    if (phase.seconds <= 0) return "needs for=TIME, as in for=10s";
    if (read.steps > 1 && phase.rate_from == phase.rate_to && phase.connections_from == phase.connections_to)
        return "has steps, but goes from and to the same; a range is written rate=100..500";
    return "";
}

/// `steps` phases of equal length, from one end of the range to the other.
std::vector<Phase> staircase(const Reading& read) {
    std::vector<Phase> out;
    for (std::uint32_t i = 0; i < read.steps; ++i) {
        Phase step = read.phase;
        const double part = static_cast<double>(i) / (read.steps - 1);
        step.seconds /= read.steps;
        step.rate_from = step.rate_to = std::lerp(read.phase.rate_from, read.phase.rate_to, part);
        step.connections_from = step.connections_to = static_cast<std::uint32_t>(std::lround(std::lerp(
            static_cast<double>(read.phase.connections_from), static_cast<double>(read.phase.connections_to), part)));
        if (!step.name.empty()) step.name += concat({" ", std::to_string(i + 1)});
        out.push_back(std::move(step));
    }
    return out;
}

}  // namespace

std::optional<double> parse_rate(std::string_view text) {
    double unit = 1;
    if (text.ends_with('k') || text.ends_with('K')) unit = 1e3;
    if (text.ends_with('m') || text.ends_with('M')) unit = 1e6;
    if (unit > 1) text.remove_suffix(1);
    const auto number = parse_decimal(text);
    if (!number || *number <= 0 || *number * unit > most_rate) return std::nullopt;
    return *number * unit;
}

std::optional<double> parse_span(std::string_view text) {
    const auto ms = core::parse_milliseconds(text);
    if (!ms || *ms <= 0 || static_cast<double>(*ms) / 1000 > longest) return std::nullopt;
    return static_cast<double>(*ms) / 1000;
}

ParsedPhases parse_phase(std::string_view text) {
    ParsedPhases out;
    Reading read;
    while (!text.empty() && out.message.empty()) {
        const auto end = text.find(';');
        const auto part = core::trim(text.substr(0, end));
        text = end == text.npos ? "" : text.substr(end + 1);
        if (!part.empty()) out.message = set(read, part);
    }
    if (out.message.empty()) out.message = check(read);
    if (out.message.empty()) out.phases = read.steps > 1 ? staircase(read) : std::vector<Phase>{read.phase};
    return out;
}

Schedule::Schedule(std::vector<Phase> phases) : phases_(std::move(phases)) {
    double end = 0, sum = 0;
    for (const Phase& phase : phases_) {
        ends_.push_back(end += phase.seconds);
        sums_.push_back(sum += (phase.rate_from + phase.rate_to) / 2 * phase.seconds);
    }
}

std::size_t Schedule::phase_at(double seconds) const {
    const auto at = std::ranges::upper_bound(ends_, seconds) - ends_.begin();
    return std::min(static_cast<std::size_t>(at), phases_.size() - 1);
}

std::uint32_t Schedule::connections_at(double seconds) const {
    const std::size_t i = phase_at(seconds);
    const Phase& phase = phases_[i];
    const double part = std::clamp((seconds - start_of(i)) / phase.seconds, 0.0, 1.0);
    return static_cast<std::uint32_t>(std::lround(
        std::lerp(static_cast<double>(phase.connections_from), static_cast<double>(phase.connections_to), part)));
}

std::optional<Schedule::Due> Schedule::when(double arrivals) const {
    const auto i = static_cast<std::size_t>(std::ranges::upper_bound(sums_, arrivals) - sums_.begin());
    if (i == sums_.size()) return std::nullopt;
    const Phase& phase = phases_[i];
    const double rest = arrivals - (i == 0 ? 0 : sums_[i - 1]);
    // rate_from * t + slope / 2 * t^2 = rest, in the form that does not cancel out for small slopes.
    const double slope = (phase.rate_to - phase.rate_from) / phase.seconds;
    const double root = std::sqrt(std::max(0.0, phase.rate_from * phase.rate_from + 2 * slope * rest));
    const double sum = phase.rate_from + root;
    return Due{start_of(i) + std::min(phase.seconds, sum > 0 ? 2 * rest / sum : 0), i};
}

Arrivals::Arrivals(const Schedule& schedule, unsigned thread, unsigned threads, bool poisson, std::uint64_t seed)
    : schedule_(schedule), sum_(thread), threads_(threads), poisson_(poisson), rng_(seed + thread) {
    if (poisson_) sum_ = step();
}

/// Of a process with one arrival per unit of the rate's integral, shared by the threads.
double Arrivals::step() {
    if (!poisson_) return threads_;
    const double uniform = (static_cast<double>(rng_.next() >> 11) + 1) / 9007199254740992.0;  // (0, 1], 53 bits
    return -std::log(uniform) * threads_;
}

std::optional<Schedule::Due> Arrivals::next() {
    const auto out = schedule_.when(sum_);
    sum_ += step();
    return out;
}

}  // namespace sluice::bench
