// Time to make the line of an access log.
#include <benchmark/benchmark.h>

#include "asking.hpp"
#include "route/log_line.hpp"

namespace {

using namespace sluice;

void line(benchmark::State& state, const std::string& format) {
    micro::Asking asking(micro::compiled(format + "server { listen 80; location / { access_log off.log wanted; return 200; } }\n"));
    auto& x = asking.add(micro::browser_request("/assets/main.css?v=1", "www.example.com"));
    x.record.status = 200;
    route::Scope scope(*asking.snapshot, asking.listening(), x, asking.tools);
    route::decide(scope);
    const auto& logs = scope.settings().access_logs;
    std::string out;
    for (auto _ : state) {
        out.clear();
        route::append_log_line(out, *logs->front().format, scope);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}

const std::string combined =
    "log_format wanted '$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
    "\"$http_user_agent\"';\n";
const std::string timed =
    "log_format wanted '$remote_addr $host \"$request\" $status $bytes_sent $request_time $upstream_addr $upstream_status "
    "$upstream_response_time $request_id';\n";
const std::string as_json =
    "log_format wanted escape=json '{\"from\":\"$remote_addr\",\"request\":\"$request\",\"status\":$status,"
    "\"agent\":\"$http_user_agent\",\"seconds\":$request_time}';\n";

BENCHMARK_CAPTURE(line, combined, combined);
BENCHMARK_CAPTURE(line, ten_variables, timed);
BENCHMARK_CAPTURE(line, json, as_json);

}  // namespace
