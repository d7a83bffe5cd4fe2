// Time to decide where a request goes: the path made normal, the site among 500, the location among 10,000.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "route/locations.hpp"
#include "route/names.hpp"
#include "route/uri.hpp"

namespace {

using namespace sluice;
using namespace sluice::route;
using Kind = LocationSpec::Kind;

constexpr std::size_t sites = 500;
constexpr std::size_t location_count = 10'000;

std::string numbered(std::string_view before, std::size_t i, std::string_view after) {
    return std::string(before) + std::to_string(i) + std::string(after);
}

/// 500 sites, each with an exact name, a wildcard at either end, and every tenth with a regex.
const Names& names(bool with_regexes) {
    const auto build = [](bool regexes) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < sites; ++i) {
            texts.push_back(numbered("www.site", i, ".example.com"));
            texts.push_back(numbered("*.site", i, ".example.net"));
            texts.push_back(numbered("mail.site", i, ".*"));
            if (regexes && i % 10 == 0) texts.push_back(numbered("~^(?<user>[a-z]+)\\.home", i, "\\.example\\.org$"));
        }
        std::vector<NameSpec> specs;
        for (const std::string& text : texts) specs.push_back({text, static_cast<std::uint32_t>(specs.size())});
        std::vector<NameComplaint> complaints;
        return Names::build(specs, 0, complaints);
    };
    static const Names plain = build(false), full = build(true);
    return with_regexes ? full : plain;
}

void site(benchmark::State& state, const std::string& host, bool with_regexes) {
    const Names& in = names(with_regexes);
    core::Captures captures;
    std::string storage;
    for (auto _ : state) {
        const HostName name = normalise_host(host, storage);
        NameChoice choice = in.decide(name.name, captures);
        benchmark::DoNotOptimize(choice);
    }
}

/// 10,000 prefix locations below 100 areas, or that many exact ones; and some regexes that every path not settled
/// tries.
const Locations& locations(bool with_regexes) {
    const auto build = [](bool regexes) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < location_count; ++i)
            texts.push_back(numbered("/area", i % 100, numbered("/service-", i, "/")));
        std::vector<LocationSpec> specs;
        for (const std::string& text : texts) specs.push_back({Kind::prefix, text});
        specs.push_back({Kind::prefix, "/"});
        specs.push_back({Kind::exact, "/favicon.ico"});
        if (regexes)
            for (const char* text : {"\\.php$", "\\.(?:gif|jpe?g|png)$", "^/api/v(\\d+)/", "/\\.ht"})
                specs.push_back({Kind::regex, text});
        std::vector<LocationComplaint> complaints;
        return Locations::build(specs, complaints);
    };
    static const Locations plain = build(false), full = build(true);
    return with_regexes ? full : plain;
}

void location(benchmark::State& state, const std::string& path, bool with_regexes) {
    const Locations& in = locations(with_regexes);
    LocationChoice choice;
    for (auto _ : state) {
        in.decide(path, choice);
        benchmark::DoNotOptimize(choice);
    }
}

/// Paths all over the tree, so that it is not in the first cache.
void location_spread(benchmark::State& state) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < location_count; ++i) {
        const std::size_t n = i * 7919 % location_count;
        paths.push_back(numbered("/area", n % 100, numbered("/service-", n, "/index.html")));
    }
    const Locations& in = locations(false);
    LocationChoice choice;
    std::size_t next = 0;
    for (auto _ : state) {
        in.decide(paths[next], choice);
        next = next + 1 == paths.size() ? 0 : next + 1;
        benchmark::DoNotOptimize(choice);
    }
}

void uri(benchmark::State& state, const std::string& target) {
    std::string storage;
    for (auto _ : state) {
        NormalUri out = normalise_uri(target, true, storage);
        benchmark::DoNotOptimize(out);
    }
}

void whole(benchmark::State& state, bool with_regexes) {
    const Names& in_names = names(with_regexes);
    const Locations& in_locations = locations(with_regexes);
    const std::string host = "www.site250.example.com:8080", target = "/area50/service-5050/list?page=2";
    core::Captures captures;
    std::string host_storage, uri_storage;
    LocationChoice choice;
    for (auto _ : state) {
        NameChoice name = in_names.decide(normalise_host(host, host_storage).name, captures);
        in_locations.decide(normalise_uri(target, true, uri_storage).path, choice);
        benchmark::DoNotOptimize(name);
        benchmark::DoNotOptimize(choice);
    }
}

BENCHMARK_CAPTURE(site, exact, "www.site250.example.com", false);
BENCHMARK_CAPTURE(site, exact_upper_with_port, "WWW.Site250.example.com:8080", false);
BENCHMARK_CAPTURE(site, leading_wildcard, "a.b.site250.example.net", false);
BENCHMARK_CAPTURE(site, trailing_wildcard, "mail.site250.co.uk", false);
BENCHMARK_CAPTURE(site, none, "nobody.knows.this.host.test", false);
BENCHMARK_CAPTURE(site, last_of_50_regexes, "joe.home490.example.org", true);
BENCHMARK_CAPTURE(location, prefix, "/area50/service-5050/list", false);
BENCHMARK_CAPTURE(location, root, "/nothing/here", false);
BENCHMARK_CAPTURE(location, exact, "/favicon.ico", true);
BENCHMARK_CAPTURE(location, prefix_and_4_regexes, "/area50/service-5050/list", true);
BENCHMARK_CAPTURE(location, regex, "/api/v2/users", true);
BENCHMARK(location_spread);
BENCHMARK_CAPTURE(uri, plain, "/area50/service-5050/list?page=2");
BENCHMARK_CAPTURE(uri, rewritten, "/area50/./service%2D5050//list?page=2");
BENCHMARK_CAPTURE(whole, plain, false);
BENCHMARK_CAPTURE(whole, with_54_regexes, true);

}  // namespace
