// Time to parse one head: ours, and Beast's two ways (basic_parser's bare callbacks; request_parser with its fields).
#include <benchmark/benchmark.h>

#include <boost/beast/http.hpp>
#include <string>

#include "asking.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"
#include "http/target.hpp"

namespace {

namespace beast = boost::beast::http;
namespace asio = boost::asio;
using namespace sluice::http;

const std::string request = sluice::micro::browser_request("/assets/styles/main.css?v=20240611", "www.example.com");

const std::string short_request = "GET /1k HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

const std::string response =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Tue, 11 Jun 2024 09:14:02 GMT\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Length: 1024\r\n"
    "ETag: \"66681f1a-400\"\r\n"
    "Connection: keep-alive\r\n\r\n";

const HeadLimits limits;

void ours_request(benchmark::State& state, const std::string& text) {
    RequestHead head;
    for (auto _ : state) {
        const HeadOutcome outcome = parse_request_head(text, 0, limits, head);
        if (outcome.state != HeadState::complete) state.SkipWithError(outcome.why);
        benchmark::DoNotOptimize(head);
    }
}

void ours_request_framed(benchmark::State& state, const std::string& text) {
    RequestHead head;
    for (auto _ : state) {
        parse_request_head(text, 0, limits, head);
        Framing framing = frame_request(head);
        Target target = parse_target(head);
        bool alive = keeps_alive(head.minor, head.fields);
        benchmark::DoNotOptimize(framing);
        benchmark::DoNotOptimize(target);
        benchmark::DoNotOptimize(alive);
    }
}

void ours_response(benchmark::State& state, const std::string& text) {
    ResponseHead head;
    for (auto _ : state) {
        const HeadOutcome outcome = parse_response_head(text, 0, limits, head);
        if (outcome.state != HeadState::complete) state.SkipWithError(outcome.why);
        benchmark::DoNotOptimize(head);
    }
}

template <class Parser>
void beast_message(benchmark::State& state, const std::string& text) {
    for (auto _ : state) {
        Parser parser;
        boost::system::error_code error;
        parser.put(asio::buffer(text), error);
        if (error && error != beast::error::need_more) state.SkipWithError(error.message().c_str());
        benchmark::DoNotOptimize(parser);
    }
}

/// The least that Beast can do: its state machine, with fields noted as views and no copies.
template <bool Request>
class Views final : public beast::basic_parser<Request> {
    using error_code = boost::system::error_code;
    using text = boost::beast::string_view;

  public:
    Fields fields;

  private:
    void on_request_impl(beast::verb, text, text, int, error_code&) override {}
    void on_response_impl(int, text, int, error_code&) override {}
    void on_field_impl(beast::field, text name, text value, error_code&) override {
        fields.push_back({{name.data(), name.size()}, {value.data(), value.size()}, FieldId::other});
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(text, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}
};

constexpr auto basic_request = beast_message<Views<true>>;
constexpr auto basic_response = beast_message<Views<false>>;
constexpr auto full_request = beast_message<beast::request_parser<beast::string_body>>;
constexpr auto full_response = beast_message<beast::response_parser<beast::string_body>>;

BENCHMARK_CAPTURE(ours_request, eight_fields, request);
BENCHMARK_CAPTURE(ours_request_framed, eight_fields, request);
BENCHMARK_CAPTURE(basic_request, eight_fields, request);
BENCHMARK_CAPTURE(full_request, eight_fields, request);
BENCHMARK_CAPTURE(ours_request, one_field, short_request);
BENCHMARK_CAPTURE(ours_request_framed, one_field, short_request);
BENCHMARK_CAPTURE(basic_request, one_field, short_request);
BENCHMARK_CAPTURE(full_request, one_field, short_request);
BENCHMARK_CAPTURE(ours_response, six_fields, response);
BENCHMARK_CAPTURE(basic_response, six_fields, response);
BENCHMARK_CAPTURE(full_response, six_fields, response);

}  // namespace
