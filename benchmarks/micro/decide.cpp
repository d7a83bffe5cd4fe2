// Time of a whole decision through a compiled conf: host, path, location, rewrites. Allocations of the scope's arena
// are part of it; reading the head is not.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "asking.hpp"

namespace {

using namespace sluice;

/// `sites` servers, each with an exact and a wildcard name and `locations` prefixes, and the regexes of usual confs.
std::string conf_of(std::size_t sites, std::size_t locations) {
    std::string out = "upstream app { server 127.0.0.1:8080; }\n";
    for (std::size_t i = 0; i < sites; ++i) {
        const std::string site = std::to_string(i);
        out += "server {\nlisten 80;\nserver_name www.site" + site + ".test *.site" + site + ".test;\n";
        for (std::size_t k = 0; k + 3 < locations; ++k)
            out += "location /area" + std::to_string(k % 7) + "/service-" + std::to_string(k) +
                   "/ { proxy_pass http://app/; }\n";
        out +=
            "location / { proxy_pass http://app; }\n"
            "location ~ \\.php$ { return 403; }\n"
            "location /old/ { rewrite ^/old/(.*)$ /area0/service-0/$1 last; }\n}\n";
    }
    return out;
}

/// One request of each of `count` sites in turn.
void decide(benchmark::State& state, const std::string& path) {
    const auto sites = static_cast<std::size_t>(state.range(0)), locations = static_cast<std::size_t>(state.range(1));
    micro::Asking asking(micro::compiled(conf_of(sites, locations)));
    const std::size_t count = std::min<std::size_t>(sites, 64);
    for (std::size_t i = 0; i < count; ++i)
        asking.add("GET " + path + " HTTP/1.1\r\nHost: www.site" + std::to_string(i * sites / count) + ".test\r\n\r\n");
    std::size_t next = 0;
    for (auto _ : state) {
        route::Scope scope(*asking.snapshot, asking.listening(), asking.exchanges[next], asking.tools);
        auto decision = route::decide(scope);
        benchmark::DoNotOptimize(decision);
        next = next + 1 == count ? 0 : next + 1;
    }
}

void sizes(benchmark::internal::Benchmark* b) { b->Args({1, 4})->Args({200, 45})->Args({500, 20}); }

BENCHMARK_CAPTURE(decide, prefix, "/area2/service-9/list?page=2")->Apply(sizes);
BENCHMARK_CAPTURE(decide, root, "/nothing/here")->Apply(sizes);
BENCHMARK_CAPTURE(decide, regex, "/x/index.php")->Apply(sizes);
BENCHMARK_CAPTURE(decide, rewrite_last, "/old/a/b")->Apply(sizes);

}  // namespace
