#include "server/demo_client.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

namespace sluice::server {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::generic::stream_protocol;
using boost::system::error_code;

constexpr DemoRequest table[] = {
    {"GET", "/", "", "", "", 200, "three in turn"},
    {"GET", "/", "", "", "", 200, ""},
    {"GET", "/", "", "", "", 200, ""},
    {"GET", "/search?q=sluice", "", "", "", 200, "and round again"},
    {"HEAD", "/", "", "", "", 200, "a head without a body"},
    {"POST", "/orders", "", "", "one pair of waders", 200, "a body of known length"},
    {"PUT", "/orders/1", "Transfer-Encoding", "chunked", "two pairs of waders", 200, "a body in chunks"},
    {"GET", "/", "X-Forwarded-For", "203.0.113.7", "", 200, "came through another proxy (below)"},
    {"GET", "/missing", "", "", "", 404, "an origin says no"},
    {"GET", "/slow", "", "", "", 200, "takes its 150 ms"},
    {"GET", "/unlucky", "", "", "", 200, "the origin breaks off; sluice tries again"},
    {"POST", "/", "Transfer-Encoding", "chunked, identity", "who is to say where this ends?", 400,
     "smuggling: goes no further"},
};

http::request<http::string_body> make(const DemoRequest& r) {
    http::request<http::string_body> out;
    out.method_string({r.method.data(), r.method.size()});
    out.target({r.path.data(), r.path.size()});
    out.set(http::field::host, "demo.example");
    out.set(http::field::user_agent, "demo");
    out.set(http::field::connection, "close");
    out.body() = r.body;
    if (r.method == "POST" && r.field.empty()) out.prepare_payload();
    if (!r.field.empty())
        out.set(boost::beast::string_view(r.field.data(), r.field.size()),
                boost::beast::string_view(r.value.data(), r.value.size()));
    return out;
}

void wait_for_close(stream_protocol::socket& socket) {
    error_code error;
    char rest[512];
    while (!error) socket.read_some(asio::buffer(rest), error);
}

}  // namespace

std::span<const DemoRequest> demo_requests() { return table; }

DemoAnswer send(const DemoRequest& request, const net::Address& to) {
    asio::io_context context{1};
    stream_protocol::socket socket(context);
    const auto native = to.native();
    const auto began = std::chrono::steady_clock::now();
    error_code error;
    socket.connect(stream_protocol::endpoint(native.get(), native.size), error);
    if (!error) http::write(socket, make(request), error);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(request.method == "HEAD");
    if (!error) http::read(socket, buffer, parser, error);
    if (error) return {0, "", 0, "", error.message()};
    const auto took = std::chrono::steady_clock::now() - began;
    wait_for_close(socket);
    return {static_cast<int>(parser.get().result_int()), std::string(parser.get()["X-Origin"]),
            static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()), parser.get().body(),
            ""};
}

}  // namespace sluice::server
