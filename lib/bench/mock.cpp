#include "bench/mock.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "bench/options.hpp"
#include "bench/phases.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

/// Both ends of "5ms..20ms", or one twice, each read by `read`; nullopt if one is none.
template <class Read>
auto range(std::string_view text, Read read) {
    const auto dots = text.find("..");
    const auto from = read(text.substr(0, dots)), to = read(dots == text.npos ? text : text.substr(dots + 2));
    return from && to && *from <= *to ? std::optional(std::pair(*from, *to)) : std::nullopt;
}

std::string set_latency(MockProfile& out, std::string_view value) {
    const auto read = range(value, [](std::string_view t) { return t == "0" ? std::optional(0.0) : parse_span(t); });
    if (!read) return concat({in_quotes(value), " is no time, as latency=5ms or latency=5ms..20ms"});
    std::tie(out.latency_from, out.latency_to) = *read;
    return "";
}

std::string set_size(MockProfile& out, std::string_view value) {
    const auto read = range(value, parse_bytes);
    if (!read || read->second > (64u << 20))
        return concat({in_quotes(value), " is no size up to 64m, as size=2k or size=1k..100k"});
    std::tie(out.size_from, out.size_to) = *read;
    return "";
}

std::optional<double> parse_share(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const auto dot = text.find('.');
    const auto whole = core::parse_number<unsigned>(text.substr(0, dot));
    auto digits = dot == text.npos ? std::string_view("0") : text.substr(dot + 1);
    const auto fraction = core::parse_number<unsigned>(digits);
    if (!whole || !fraction || digits.size() > 6) return std::nullopt;
    double part = *fraction;
    for (std::size_t i = 0; i < digits.size(); ++i) part /= 10;
    const double out = (*whole + part) / 100;
    return out <= 1 ? std::optional(out) : std::nullopt;
}

std::string set_share(double& out, std::string_view key, std::string_view value) {
    const auto share = parse_share(value);
    if (!share) return concat({in_quotes(value), " is no share of requests, as ", key, "=1% or ", key, "=0.5%"});
    out = *share;
    return "";
}

std::string set_fail(MockProfile& out, std::string_view value) { return set_share(out.fail, "fail", value); }
std::string set_reset(MockProfile& out, std::string_view value) { return set_share(out.reset, "reset", value); }

std::string set_status(MockProfile& out, std::string_view value) {
    const auto status = core::parse_number<int>(value);
    if (!status || *status < 200 || *status > 599) return concat({in_quotes(value), " is no status from 200 to 599"});
    out.status = *status;
    return "";
}

struct Key {
    std::string_view name;
    std::string (*set)(MockProfile&, std::string_view);
};
constexpr Key keys[] = {
    {"latency", set_latency}, {"size", set_size}, {"fail", set_fail}, {"reset", set_reset}, {"status", set_status}};

const Key* find_key(std::string_view name) {
    const Key* out = std::ranges::find(keys, name, &Key::name);
    return out == std::end(keys) ? nullptr : out;
}

std::string set(MockProfile& out, std::string_view part) {
    const auto equals = part.find('=');
    const auto name = core::trim(part.substr(0, equals));
    if (const Key* key = find_key(name); key && equals != part.npos)
        return key->set(out, core::trim(part.substr(equals + 1)));
    std::array<std::string_view, std::size(keys)> names;
    std::ranges::transform(keys, names.begin(), &Key::name);
    const auto meant = config::did_you_mean(name, names);
    return concat({"there is no ", in_quotes(part), "; ", meant.empty() ? "there are " + config::list(names) : meant,
                   ", as in api=latency=5ms..20ms;size=2k;fail=1%"});
}

}  // namespace

ParsedBackend parse_backend(std::string_view text) {
    ParsedBackend out;
    // Before the first "=" stands a name, unless it is one of the keys.
    const auto equals = text.find('=');
    const auto first = text.substr(0, text.find(';'));
    if (equals < first.size() && !find_key(core::trim(text.substr(0, equals))) &&
        first.find('=', equals + 1) != first.npos) {
        out.profile.name = core::trim(text.substr(0, equals));
        text.remove_prefix(equals + 1);
    }
    if (text.empty()) out.message = "says nothing, as api=latency=5ms does";
    while (!text.empty() && out.message.empty()) {
        const auto end = text.find(';');
        const auto part = core::trim(text.substr(0, end));
        text = end == text.npos ? "" : text.substr(end + 1);
        if (!part.empty()) out.message = set(out.profile, part);
    }
    return out;
}

}  // namespace sluice::bench
