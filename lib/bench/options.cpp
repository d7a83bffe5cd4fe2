#include "bench/options.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "bench/mock.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

constexpr unsigned most_threads = 256;
constexpr std::uint64_t most_body = 1u << 30;
constexpr std::uint32_t most_connections = 100000;
constexpr double unlimited = 7 * 86400, usual_seconds = 10;

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
    std::ostringstream bytes;
    if (!in || !(bytes << in.rdbuf() || in.eof())) return "cannot be read";
    out = std::move(bytes).str();
    return "";
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
    if (!bytes || *bytes > most_body) return "is no size, as 2048, 64k and 10m are; 1g at most";
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
    return value.empty() || value.ends_with('/') ? "names no file" : "";
}
std::string set_json(Options& out, std::string_view value) { return set_path(out.outputs.json, value); }
std::string set_plot(Options& out, std::string_view value) {
    if (!value.ends_with(".svg")) return "is no name of an SVG file, as latency.svg is";
    return set_path(out.outputs.plot, value);
}
std::string set_compare(Options& out, std::string_view value) {
    return set_file(out.outputs.compare.emplace_back(), value);
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

enum class Goes : std::uint8_t { both, bench, conf };

struct Flag {
    std::string_view name;
    char letter;               // 0: none
    std::string_view example;  // of its value; "" if it takes none
    bool repeats;
    Goes goes;
    std::string (*set)(Options&, std::string_view value);
};

constexpr Flag flags[] = {
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

/// Names that other programs have for these flags.
struct OtherName {
    std::string_view name, ours;
};
constexpr OtherName other_names[] = {
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

bool belongs(const Flag& flag, Command command) {
    return flag.goes == Goes::both || (flag.goes == Goes::conf) == (command == Command::conf);
}

std::string shown(const Flag& flag) { return concat({"--", flag.name}); }

std::string unknown_flag(std::string_view word, Command command) {
    const auto given = word.substr(0, word.find('='));
    const auto name = given.substr(std::min(given.find_first_not_of('-'), given.size()));
    std::vector<std::string_view> names;
    for (const Flag& flag : flags)
        if (belongs(flag, command)) names.push_back(flag.name);
    std::string_view meant = name.size() > 1 ? core::nearest(name, names.data(), names.data() + names.size()) : "";
    if (const auto* other = std::ranges::find(other_names, name, &OtherName::name); other != std::end(other_names))
        meant = other->ours;
    if (!meant.empty()) return concat({in_quotes(given), ": no such flag; did you mean --", meant, "?"});
    return concat({in_quotes(given), ": no such flag; --help shows all"});
}

struct Found {
    const Flag* flag = nullptr;
    std::optional<std::string_view> value;  // in the same word
};

/// "--name", "--name=value", "-n", "-n5"
Found find_flag(std::string_view word, Command command) {
    const auto row = [&](auto matches) -> const Flag* {
        const Flag* out = std::ranges::find_if(flags, matches);
        return out == std::end(flags) || !belongs(*out, command) ? nullptr : out;
    };
    if (word.starts_with("--")) {
        const auto equals = word.find('=');
        const auto name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
        const Flag* flag = row([&](const Flag& f) { return f.name == name; });
        return {flag, equals == word.npos ? std::nullopt : std::optional(word.substr(equals + 1))};
    }
    const Flag* flag = row([&](const Flag& f) { return f.letter != 0 && f.letter == word[1]; });
    return {flag, word.size() == 2 ? std::nullopt : std::optional(word.substr(2))};
}

class Parser {
  public:
    Parser(std::span<const std::string> args, Command command) : args_(args), command_(command) {}

    ParsedOptions run() {
        for (std::size_t i = 0; i < args_.size() && out_.message.empty(); ++i) out_.message = take(i);
        if (out_.message.empty() && !out_.options.help) out_.message = check_together();
        return std::move(out_);
    }

  private:
    std::string take(std::size_t& i) {
        const std::string_view word = args_[i];
        if (word.size() < 2 || word.front() != '-') return take_url(word);
        const Found found = find_flag(word, command_);
        if (!found.flag) return unknown_flag(word, command_);
        const Flag& flag = *found.flag;
        if (!flag.repeats && std::ranges::count(seen_, &flag) != 0) return concat({shown(flag), ": is given twice"});
        seen_.push_back(&flag);
        if (flag.example.empty())
            return found.value ? concat({shown(flag), ": takes no value"}) : flag.set(out_.options, "");
        std::string_view value;
        if (found.value)
            value = *found.value;
        else if (i + 1 < args_.size() && !args_[i + 1].starts_with("--"))
            value = args_[++i];
        else
            return concat({shown(flag), ": needs a value, as in ", shown(flag), " ", flag.example});
        const auto wrong = flag.set(out_.options, value);
        return wrong.empty() ? "" : concat({shown(flag), " ", in_quotes(value), ": ", wrong});
    }

    std::string take_url(std::string_view word) {
        if (command_ == Command::conf)
            return concat({in_quotes(word), ": is no flag; the conf's routes are driven, no URLs"});
        auto parsed = parse_url(word);
        if (!parsed.message.empty()) return concat({in_quotes(word), ": ", parsed.message});
        out_.options.wanted.push_back({std::move(parsed.url), "", 1});
        return "";
    }

    bool has(std::string_view name) const {
        return std::ranges::any_of(seen_, [&](const Flag* flag) { return flag->name == name; });
    }

    /// Both of them; "" if not.
    std::string both(std::string_view a, std::string_view b, std::string_view why) const {
        return has(a) && has(b) ? concat({"--", a, " and --", b, ": ", why}) : "";
    }

    std::string check_together() const {
        const Options& o = out_.options;
        if (command_ == Command::bench && o.wanted.empty())
            return "which URL? as in sluice bench http://localhost:8080/";
        for (const auto& wrong : {both("body", "body-size", "only one of them can be the body"),
                                  both("new-connections", "per-connection", "only one of them can hold"),
                                  both("rate", "phase", "a phase has its own rate; only one of them can hold"),
                                  both("for", "phase", "a phase has its own for=TIME; only one of them can hold")})
            if (!wrong.empty()) return wrong;
        if (has("key") && !has("cert")) return "--key: goes only with --cert";
        if (has("compare") && !has("plot")) return "--compare: goes only with --plot FILE.svg, which shows it";
        for (const Phase& phase : o.phases)
            if (phase.open() != o.phases.front().open())
                return "--phase: either all phases have a rate, or all have connections";
        if (!o.phases.empty() && !o.phases.front().open() && has("connections"))
            return "--connections and --phase: the phases have their own numbers of connections";
        if (has("arrivals") && !o.rate && (o.phases.empty() || !o.phases.front().open()))
            return "--arrivals: goes only with --rate, or phases with a rate";
        return check_threads();
    }

    /// Each thread needs a connection of its own, at least at the busiest time.
    std::string check_threads() const {
        const Options& o = out_.options;
        std::uint32_t most = o.phases.empty() || o.phases.front().open() ? o.plan.connections : 0;
        for (const Phase& phase : o.phases) most = std::max({most, phase.connections_from, phase.connections_to});
        if (o.plan.threads <= most) return "";
        return concat({"--threads ", in_quotes(std::to_string(o.plan.threads)), ": is more than the ",
                       config::counted(most, "connection"), " to share"});
    }

    std::span<const std::string> args_;
    Command command_;
    ParsedOptions out_;
    std::vector<const Flag*> seen_;
};

std::size_t index_of(std::vector<Origin>& origins, const Origin& origin) {
    const auto found = std::ranges::find(origins, origin);
    if (found != origins.end()) return static_cast<std::size_t>(found - origins.begin());
    origins.push_back(origin);
    return origins.size() - 1;
}

/// Where the URL leads with --connect and --sni.
Origin directed(const Options& options, const Origin& named) {
    Origin out = named;
    if (!options.connect.empty()) {
        const Origin instead = parse_connect(options.connect, named.port).url.origin;
        out.sni = named.host;
        out.host = instead.host;
        out.port = instead.port;
        out.unix_path = instead.unix_path;
    }
    if (!options.sni.empty()) out.sni = options.sni;
    return out;
}

}  // namespace

ParsedOptions parse_options(std::span<const std::string> args, Command command) { return Parser(args, command).run(); }

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

std::vector<Phase> phases_of(const Options& options) {
    std::vector<Phase> out = options.phases;
    if (out.empty()) {
        Phase& phase = out.emplace_back();
        phase.seconds = options.seconds.value_or(options.plan.requests_limit != 0 ? unlimited : usual_seconds);
        if (options.rate)
            phase.rate_from = phase.rate_to = *options.rate;
        else
            phase.connections_from = phase.connections_to = options.plan.connections;
    }
    if (options.warmup > 0) {
        Phase warm = out.front();
        warm.name = "warmup";
        warm.seconds = options.warmup;
        warm.rate_to = warm.rate_from;
        warm.connections_to = warm.connections_from;
        warm.counts = false;
        out.insert(out.begin(), std::move(warm));
    }
    return out;
}

Plan plan_of(const Options& options) {
    Plan out = options.plan;
    out.random = options.random;
    out.phases = phases_of(options);
    for (const Wanted& wanted : options.wanted) {
        std::string method = wanted.method.empty() ? options.method : wanted.method;
        if (method.empty()) method = options.has_body ? "POST" : "GET";
        Request request = make_request(wanted.url, {method, options.fields, options.body, options.has_body});
        request.weight = wanted.weight;
        request.origin = index_of(out.origins, directed(options, wanted.url.origin));
        out.requests.push_back(std::move(request));
    }
    return out;
}

}  // namespace sluice::bench
