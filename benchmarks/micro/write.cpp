// Time to write the head that a peer gets, and to take out of an answer what is not for the client.
#include <benchmark/benchmark.h>

#include "asking.hpp"
#include "proxy/headers.hpp"

namespace {

using namespace sluice;

const char* const plain = "server { listen 80; location / { proxy_pass http://127.0.0.1:8080; } }\n";
const char* const usual =
    "proxy_set_header Host $host;\n"
    "proxy_set_header X-Real-IP $remote_addr;\n"
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
    "proxy_set_header X-Forwarded-Proto $scheme;\n"
    "server { listen 80; location / { proxy_pass http://127.0.0.1:8080; } }\n";

void request_head(benchmark::State& state, const char* conf) {
    micro::Asking asking(micro::compiled(conf));
    auto& x = asking.add(micro::browser_request("/assets/main.css?v=1", "www.example.com"));
    for (auto _ : state) {
        route::Scope scope(*asking.snapshot, asking.listening(), x, asking.tools);
        benchmark::DoNotOptimize(route::decide(scope));
        const auto head = proxy::write_request_head(scope, "/assets/main.css?v=1", "127.0.0.1:8080", std::nullopt, asking.buffers);
        if (head.bytes.empty()) return state.SkipWithError("nothing written");
        benchmark::DoNotOptimize(head.bytes.data());
    }
}

void answer_fields(benchmark::State& state) {
    micro::Asking asking(micro::compiled(plain));
    auto& x = asking.add(micro::browser_request("/", "www.example.com"));
    route::Scope scope(*asking.snapshot, asking.listening(), x, asking.tools);
    route::decide(scope);
    http::ResponseHead answer;
    http::parse_response_head(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 11 Jun 2024 09:14:02 GMT\r\nContent-Type: text/css\r\n"
        "Content-Length: 1024\r\nETag: \"66681f1a-400\"\r\nConnection: keep-alive\r\n\r\n",
        0, {}, answer);
    for (auto _ : state) {
        http::Fields fields = answer.fields;
        proxy::keep_end_to_end(fields, scope.settings().proxy);
        benchmark::DoNotOptimize(fields);
    }
}

// Both with the decision before it, which bench_micro --benchmark_filter=decide has alone.
BENCHMARK_CAPTURE(request_head, as_it_came, plain);
BENCHMARK_CAPTURE(request_head, four_set_headers, usual);
BENCHMARK(answer_fields);

}  // namespace
