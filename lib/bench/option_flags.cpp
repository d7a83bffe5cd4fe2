#include "bench/option_flags.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "bench/mock.hpp"
#include "bench/plot.hpp"
#include "config/files.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr unsigned most_threads = 256;
constexpr std::uint64_t most_body = 256u << 20;
constexpr std::uint32_t most_connections = 100000;

/// These set their part, or return what is wrong with the value.
template <class T>
std::string set_number(T& out, std::string_view value, T least, T most) {
    const auto number = core::parse_number<T>(value);
    if (!number || *number < least || *number > most)
        return concat({"is no number from ", std::to_string(least), " to ", std::to_string(most)});
    out = *number;
    return "";
}

std::string read_file(std::string_view path, std::string& out) {
    std::ifstream in{std::string(path), std::ios::binary};
    std::vector<char> piece(1 << 16);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        out.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (out.size() > most_body) return "is larger than 256m";
    }
    return in.eof() ? "" : "cannot be read";
}

std::string set_span(double& out, std::string_view value) {
    const auto seconds = parse_span(value);
    if (!seconds) return "is no time above 0 and up to 7d, as 10s, 500ms and 1m30s are";
    out = *seconds;
    return "";
}

std::string set_connections(Options& out, std::string_view value) {
    return set_number<std::uint32_t>(out.plan.connections, value, 1, most_connections);
}
std::string set_threads(Options& out, std::string_view value) {
    return set_number<unsigned>(out.plan.threads, value, 1, most_threads);
}
std::string set_for(Options& out, std::string_view value) { return set_span(out.seconds.emplace(), value); }
std::string set_warmup(Options& out, std::string_view value) { return set_span(out.warmup, value); }
std::string set_timeout(Options& out, std::string_view value) { return set_span(out.plan.timeout, value); }
std::string set_requests(Options& out, std::string_view value) {
    return set_number<std::uint64_t>(out.plan.requests_limit, value, 1, 1'000'000'000'000);
}
std::string set_rate(Options& out, std::string_view value) {
    out.rate = parse_rate(value);
    return out.rate ? "" : "is no rate: requests per second up to 10m, as 500, 2.5k and 1m are";
}
std::string set_arrivals(Options& out, std::string_view value) {
    out.plan.poisson = value == "poisson";
    return out.plan.poisson || value == "constant" ? "" : "is neither constant nor poisson";
}
std::string set_phase(Options& out, std::string_view value) {
    auto parsed = parse_phase(value);
    std::ranges::move(parsed.phases, std::back_inserter(out.phases));
    return parsed.message;
}
std::string set_new_connections(Options& out, std::string_view) {
    out.plan.per_connection = 1;
    return "";
}
std::string set_per_connection(Options& out, std::string_view value) {
    return set_number<std::uint32_t>(out.plan.per_connection, value, 1, 1'000'000'000);
}
std::string set_method(Options& out, std::string_view value) {
    out.method = value;
    return check_method(value).empty() ? "" : "is no method, as GET and POST are";
}
std::string set_header(Options& out, std::string_view value) {
    out.fields.emplace_back(value);
    return check_field(value);
}
std::string set_body(Options& out, std::string_view value) {
    out.has_body = true;
    if (value.starts_with('@')) return read_file(value.substr(1), out.body);
    out.body = value;
    return "";
}
std::string set_body_size(Options& out, std::string_view value) {
    const auto bytes = parse_bytes(value);
    if (!bytes || *bytes > most_body) return "is no size, as 2048, 64k and 10m are; 256m at most";
    out.has_body = true;
    out.body.assign(*bytes, 'x');
    return "";
}
std::string set_url_file(Options& out, std::string_view value) {
    std::string text;
    if (auto wrong = read_file(value, text); !wrong.empty()) return wrong;
    auto parsed = parse_url_list(text);
    std::ranges::move(parsed.wanted, std::back_inserter(out.wanted));
    return parsed.message;
}
std::string set_order(Options& out, std::string_view value) {
    out.random = value == "random";
    return out.random || value == "turns" ? "" : "is neither turns nor random";
}
std::string set_connect(Options& out, std::string_view value) {
    out.connect = value;
    return parse_connect(value, 80).message;
}
std::string set_sni(Options& out, std::string_view value) {
    out.sni = value;
    return value.empty() || value.find_first_of("/: ") != value.npos ? "is no host name" : "";
}
std::string set_insecure(Options& out, std::string_view) {
    out.plan.tls.verify = false;
    return "";
}
std::string set_file(std::string& out, std::string_view value) {
    out = value;
    return std::ifstream(out).good() ? "" : "cannot be read";
}
std::string set_ca(Options& out, std::string_view value) { return set_file(out.plan.tls.authorities, value); }
std::string set_cert(Options& out, std::string_view value) { return set_file(out.plan.tls.certificate, value); }
std::string set_key(Options& out, std::string_view value) { return set_file(out.plan.tls.key, value); }
std::string set_tls(Options& out, std::string_view value) {
    out.plan.tls.version = value;
    return value == "1.2" || value == "1.3" ? "" : "is neither 1.2 nor 1.3";
}
std::string set_resume(Options& out, std::string_view) {
    out.plan.tls.resume = true;
    return "";
}
std::string set_seed(Options& out, std::string_view value) {
    return set_number<std::uint64_t>(out.plan.seed, value, 0, UINT64_MAX);
}
std::string set_path(std::string& out, std::string_view value) {
    out = value;
    if (value.empty() || value.ends_with('/')) return "names no file";
    // Asked now, not when the run is over and its result would be lost.
    const bool there = access(out.c_str(), F_OK) == 0;
    const std::string folder(config::folder_of(value));
    const std::string target = there ? out : folder.empty() ? "." : folder;
    return access(target.c_str(), W_OK) == 0 ? "" : "cannot be written";
}
std::string set_json(Options& out, std::string_view value) {
    if (value != "-") return set_path(out.outputs.json, value);
    out.outputs.json = value;
    return "";
}
std::string set_plot(Options& out, std::string_view value) {
    if (!value.ends_with(".svg")) return "is no name of an SVG file, as latency.svg is";
    return set_path(out.outputs.plot, value);
}
std::string set_compare(Options& out, std::string_view value) {
    out.outputs.compare.emplace_back(value);
    std::string text;
    Picture trial;
    const std::string wrong = read_file(value, text);
    return wrong.empty() ? add_result(trial, text, value) : wrong;
}
std::string set_name(Options& out, std::string_view value) {
    out.outputs.name = value;
    return "";
}
std::string set_quiet(Options& out, std::string_view) {
    out.outputs.quiet = true;
    return "";
}
std::string set_backend(Options& out, std::string_view value) {
    out.backends.emplace_back(value);
    return parse_backend(value).message;
}
std::string set_prefix(Options& out, std::string_view value) {
    out.prefix = value;
    return value.empty() ? "names no folder" : "";
}
std::string set_help(Options& out, std::string_view) {
    out.help = true;
    return "";
}

constexpr Flag all_flags[] = {
    {"connections", 'c', "50", false, Goes::both, set_connections},
    {"threads", 't', "2", false, Goes::both, set_threads},
    {"for", 'd', "10s", false, Goes::both, set_for},
    {"requests", 'n', "10000", false, Goes::both, set_requests},
    {"rate", 'R', "1000", false, Goes::both, set_rate},
    {"arrivals", 0, "poisson", false, Goes::both, set_arrivals},
    {"phase", 0, "'rate=100..5000;for=10s'", true, Goes::bench, set_phase},
    {"warmup", 0, "2s", false, Goes::both, set_warmup},
    {"timeout", 0, "10s", false, Goes::both, set_timeout},
    {"new-connections", 0, "", true, Goes::both, set_new_connections},
    {"per-connection", 0, "100", false, Goes::both, set_per_connection},
    {"method", 'X', "POST", false, Goes::both, set_method},
    {"header", 'H', "'Name: value'", true, Goes::both, set_header},
    {"body", 'b', "'{}'", false, Goes::both, set_body},
    {"body-size", 0, "64k", false, Goes::both, set_body_size},
    {"urls", 0, "urls.txt", true, Goes::bench, set_url_file},
    {"order", 0, "random", false, Goes::bench, set_order},
    {"connect", 0, "127.0.0.1:8080", false, Goes::bench, set_connect},
    {"sni", 0, "example.com", false, Goes::bench, set_sni},
    {"insecure", 'k', "", true, Goes::bench, set_insecure},
    {"ca", 0, "ca.pem", false, Goes::bench, set_ca},
    {"cert", 0, "client.pem", false, Goes::bench, set_cert},
    {"key", 0, "client.key", false, Goes::bench, set_key},
    {"tls", 0, "1.3", false, Goes::both, set_tls},
    {"resume", 0, "", true, Goes::both, set_resume},
    {"seed", 0, "1", false, Goes::both, set_seed},
    {"json", 0, "result.json", false, Goes::both, set_json},
    {"plot", 0, "latency.svg", false, Goes::both, set_plot},
    {"compare", 0, "before.json", true, Goes::bench, set_compare},
    {"name", 0, "before", false, Goes::bench, set_name},
    {"backend", 0, "'api=latency=5ms..20ms;size=2k'", true, Goes::conf, set_backend},
    {"prefix", 'p', "/etc/nginx", false, Goes::conf, set_prefix},
    {"quiet", 'q', "", true, Goes::both, set_quiet},
    {"help", 'h', "", true, Goes::both, set_help},
};

constexpr OtherName all_other_names[] = {
    {"duration", "for"},
    {"time", "for"},
    {"concurrency", "connections"},
    {"clients", "connections"},
    {"qps", "rate"},
    {"rps", "rate"},
    {"data", "body"},
    {"cacert", "ca"},
    {"output", "json"},
    {"url-file", "urls"},
    {"no-keepalive", "new-connections"},
    {"unix-socket", "connect"},
    {"latency", "plot"},
    {"number", "requests"},
};

}  // namespace

std::span<const Flag> flags() { return all_flags; }
std::span<const OtherName> other_names() { return all_other_names; }

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    std::uint64_t unit = 1;
    if (!text.empty()) switch (core::lower(text.back())) {
            case 'k':
                unit = 1u << 10;
                break;
            case 'm':
                unit = 1u << 20;
                break;
            case 'g':
                unit = 1u << 30;
                break;
        }
    if (unit > 1) text.remove_suffix(1);
    const auto number = core::parse_number<std::uint32_t>(text);
    return number ? std::optional(*number * unit) : std::nullopt;
}

}  // namespace sluice::bench
