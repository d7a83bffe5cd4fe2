#include "bench/option_flags.hpp"

#include <algorithm>
#include <iterator>

#include "bench/mock.hpp"
#include "bench/option_values.hpp"
#include "bench/plot.hpp"

namespace sluice::bench {

namespace {

constexpr unsigned most_threads = 256;
constexpr std::uint32_t most_connections = 100000;

std::string set_rate(Options& out, std::string_view value) {
    out.rate = parse_rate(value);
    return out.rate ? "" : "is no rate: requests per second up to 10m, as 500, 2.5k and 1m are";
}
std::string set_phase(Options& out, std::string_view value) {
    auto parsed = parse_phase(value);
    std::ranges::move(parsed.phases, std::back_inserter(out.phases));
    return parsed.message;
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
    if (!bytes || *bytes > most_read) return "is no size, as 2048, 64k and 10m are; 256m at most";
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
std::string set_connect(Options& out, std::string_view value) {
    out.connect = value;
    return parse_connect(value, 80).message;
}
std::string set_sni(Options& out, std::string_view value) {
    out.sni = value;
    return value.empty() || value.find_first_of("/: ") != value.npos ? "is no host name" : "";
}
std::string set_tls(Options& out, std::string_view value) {
    out.plan.tls.version = value;
    return value == "1.2" || value == "1.3" ? "" : "is neither 1.2 nor 1.3";
}
std::string set_json(Options& out, std::string_view value) {
    if (value != "-") return set_written_file(out.outputs.json, value);
    out.outputs.json = value;
    return "";
}
std::string set_plot(Options& out, std::string_view value) {
    if (!value.ends_with(".svg")) return "is no name of an SVG file, as latency.svg is";
    return set_written_file(out.outputs.plot, value);
}
std::string set_compare(Options& out, std::string_view value) {
    out.outputs.compare.emplace_back(value);
    std::string text;
    Picture trial;
    const std::string wrong = read_file(value, text);
    return wrong.empty() ? add_result(trial, text, value) : wrong;
}
std::string set_backend(Options& out, std::string_view value) {
    out.backends.emplace_back(value);
    return parse_backend(value).message;
}
std::string set_prefix(Options& out, std::string_view value) {
    out.prefix = value;
    return value.empty() ? "names no folder" : "";
}

constexpr Flag all_flags[] = {
    {"connections", 'c', "50", false, Goes::both,
     [](Options& o, std::string_view v) {
         return set_number<std::uint32_t>(o.plan.connections, v, 1, most_connections);
     }},
    {"threads", 't', "2", false, Goes::both,
     [](Options& o, std::string_view v) { return set_number<unsigned>(o.plan.threads, v, 1, most_threads); }},
    {"for", 'd', "10s", false, Goes::both,
     [](Options& o, std::string_view v) { return set_span(o.seconds.emplace(), v); }},
    {"requests", 'n', "10000", false, Goes::both,
     [](Options& o, std::string_view v) {
         return set_number<std::uint64_t>(o.plan.requests_limit, v, 1, 1'000'000'000'000);
     }},
    {"rate", 'R', "1000", false, Goes::both, set_rate},
    {"arrivals", 0, "poisson", false, Goes::both,
     [](Options& o, std::string_view v) { return set_choice(o.plan.poisson, v, "poisson", "constant"); }},
    {"phase", 0, "'rate=100..5000;for=10s'", true, Goes::bench, set_phase},
    {"warmup", 0, "2s", false, Goes::both, [](Options& o, std::string_view v) { return set_span(o.warmup, v); }},
    {"timeout", 0, "10s", false, Goes::both,
     [](Options& o, std::string_view v) { return set_span(o.plan.timeout, v); }},
    {"new-connections", 0, "", true, Goes::both,
     [](Options& o, std::string_view) { return set_to(o.plan.per_connection, std::uint32_t{1}); }},
    {"per-connection", 0, "100", false, Goes::both,
     [](Options& o, std::string_view v) {
         return set_number<std::uint32_t>(o.plan.per_connection, v, 1, 1'000'000'000);
     }},
    {"method", 'X', "POST", false, Goes::both, set_method},
    {"header", 'H', "'Name: value'", true, Goes::both, set_header},
    {"body", 'b', "'{}'", false, Goes::both, set_body},
    {"body-size", 0, "64k", false, Goes::both, set_body_size},
    {"urls", 0, "urls.txt", true, Goes::bench, set_url_file},
    {"order", 0, "random", false, Goes::bench,
     [](Options& o, std::string_view v) { return set_choice(o.random, v, "random", "turns"); }},
    {"connect", 0, "127.0.0.1:8080", false, Goes::bench, set_connect},
    {"sni", 0, "example.com", false, Goes::bench, set_sni},
    {"insecure", 'k', "", true, Goes::bench,
     [](Options& o, std::string_view) { return set_to(o.plan.tls.verify, false); }},
    {"ca", 0, "ca.pem", false, Goes::bench,
     [](Options& o, std::string_view v) { return set_read_file(o.plan.tls.authorities, v); }},
    {"cert", 0, "client.pem", false, Goes::bench,
     [](Options& o, std::string_view v) { return set_read_file(o.plan.tls.certificate, v); }},
    {"key", 0, "client.key", false, Goes::bench,
     [](Options& o, std::string_view v) { return set_read_file(o.plan.tls.key, v); }},
    {"tls", 0, "1.3", false, Goes::both, set_tls},
    {"resume", 0, "", true, Goes::both, [](Options& o, std::string_view) { return set_to(o.plan.tls.resume, true); }},
    {"seed", 0, "1", false, Goes::both,
     [](Options& o, std::string_view v) { return set_number<std::uint64_t>(o.plan.seed, v, 0, UINT64_MAX); }},
    {"json", 0, "result.json", false, Goes::both, set_json},
    {"plot", 0, "latency.svg", false, Goes::both, set_plot},
    {"compare", 0, "before.json", true, Goes::bench, set_compare},
    {"name", 0, "before", false, Goes::bench, [](Options& o, std::string_view v) { return set_to(o.outputs.name, v); }},
    {"backend", 0, "'api=latency=5ms..20ms;size=2k'", true, Goes::conf, set_backend},
    {"prefix", 'p', "/etc/nginx", false, Goes::conf, set_prefix},
    {"quiet", 'q', "", true, Goes::both, [](Options& o, std::string_view) { return set_to(o.outputs.quiet, true); }},
    {"help", 'h', "", true, Goes::both, [](Options& o, std::string_view) { return set_to(o.help, true); }},
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

}  // namespace sluice::bench
