// Time to pick a peer of a group and to tell that it has answered, by algorithm and number of peers.
#include <benchmark/benchmark.h>

#include <vector>

#include "upstream/group.hpp"

namespace {

using namespace sluice;

void pick(benchmark::State& state, const char* algorithm) {
    std::vector<upstream::Group::PeerSpec> peers;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        peers.push_back({.address = *net::Address::parse("127.0.0.1", static_cast<std::uint16_t>(1000 + i)),
                         .weight = 1 + static_cast<std::uint32_t>(i % 3)});
    upstream::Group group("app", *balance::find_balancer(algorithm), std::move(peers));
    upstream::GroupAtWorker worker(group);
    const balance::PeerSet none;
    for (auto _ : state) {
        auto picked = worker.pick(none, true, core::Instant{});
        if (!picked) return state.SkipWithError("no peer");
        benchmark::DoNotOptimize(picked);
        worker.report_success(*picked);
    }
}

BENCHMARK_CAPTURE(pick, round_robin, "round_robin")->Arg(1)->Arg(10)->Arg(1000);
BENCHMARK_CAPTURE(pick, least_conn, "least_conn")->Arg(1)->Arg(10)->Arg(1000);

}  // namespace
