#include "server/demo_origins.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

// GCC 12 takes the frame of an asio::awaitable for memory of another allocator.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace sluice::server {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

// Of all origins together, so that the retry of a request that met a reset is not met with another. One thread has it.
unsigned unlucky_requests = 0;

Response answer(const DemoOrigin& origin, const Request& request) {
    const bool missing = request.target() == "/missing";
    Response out(missing ? http::status::not_found : http::status::ok, request.version());
    out.set("X-Origin", origin.name);
    out.set(http::field::content_type, "text/plain");
    out.keep_alive(request.keep_alive());
    out.body() = "This is " + origin.name + ". I got " + std::string(request.method_string()) + " " +
                 std::string(request.target());
    if (!request.body().empty()) out.body() += " with " + std::to_string(request.body().size()) + " bytes";
    out.body() += " from " + std::string(request["X-Forwarded-For"]) + ".\n";
    if (missing) out.body() += "There is nothing here.\n";
    out.content_length(out.body().size());
    if (request.method() == http::verb::head) out.body().clear();
    return out;
}

/// Closes in such a way that the other side gets a reset.
void break_off(tcp::socket& socket) {
    error_code error;
    socket.set_option(asio::socket_base::linger(true, 0), error);
    socket.close(error);
}

asio::awaitable<void> serve(tcp::socket socket, DemoOrigin& origin) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    boost::beast::flat_buffer buffer;
    for (bool more = true; more;) {
        Request request;
        co_await http::async_read(socket, buffer, request, token);
        if (error) co_return;
        ++origin.requests;
        if (request.target() == "/unlucky" && unlucky_requests++ % 2 == 0) co_return break_off(socket);
        if (request.target() == "/slow") {
            asio::steady_timer timer(socket.get_executor(), std::chrono::milliseconds(150));
            co_await timer.async_wait(token);
        }
        const Response response = answer(origin, request);
        http::serializer<false, http::string_body> serializer(response);
        if (request.method() == http::verb::head)
            co_await http::async_write_header(socket, serializer, token);
        else
            co_await http::async_write(socket, serializer, token);
        more = !error && response.keep_alive();
    }
}

asio::awaitable<void> accept(DemoOrigin& origin) {
    error_code error;
    while (!error) {
        tcp::socket socket = co_await origin.acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (!error) asio::co_spawn(origin.acceptor.get_executor(), serve(std::move(socket), origin), asio::detached);
    }
}

}  // namespace

DemoOrigin::DemoOrigin(asio::io_context& context, std::string its_name)
    : name(std::move(its_name)), acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

DemoOrigins::DemoOrigins() {
    for (const char* name : {"ash", "birch", "cedar"}) {
        DemoOrigin& origin = origins_.emplace_back(context_, name);
        asio::co_spawn(context_, accept(origin), asio::detached);
    }
    thread_ = std::thread([this] { context_.run(); });
}

DemoOrigins::~DemoOrigins() {
    context_.stop();
    thread_.join();
}

}  // namespace sluice::server
