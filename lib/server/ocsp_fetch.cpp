#include "server/ocsp_fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "server/ocsp_http.hpp"

namespace sluice::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

asio::awaitable<std::string> exchange(beast::tcp_stream& stream, const tls::OcspQuestion& question, OcspHttpParser& parser, error_code& error) {
    const auto request = ocsp_http_request(question);
    co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return ocsp_http_failure("send()", error);
    beast::flat_buffer buffer;
    parser.body_limit(most_of_ocsp_answer);
    co_await http::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
        if (auto problem = problem_with_ocsp_head(parser); !problem.empty()) co_return problem;
        co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    }
    co_return error ? ocsp_http_failure("recv()", error) : problem_with_ocsp_http(parser.get());
}

std::string text_of(const tcp::endpoint& endpoint) {
    const auto ip = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? '[' + ip + ']' : ip) + ':' + std::to_string(endpoint.port());
}

/// It was there, whatever it has said.
bool has_heard(const error_code& error) { return error != beast::error::timeout; }

}  // namespace

void OcspFetcher::ask(Question question, Done done) {
    asio::co_spawn(control_, run(*this, std::move(question), std::move(done)), asio::detached);
}

asio::awaitable<void> OcspFetcher::run(OcspFetcher& fetcher, Question question, Done done) {
    done(co_await fetcher.fetch(std::move(question)));
}

asio::awaitable<OcspFetched> OcspFetcher::fetch(Question question) {
    const auto executor = co_await asio::this_coro::executor;
    const auto& responder = question->responder;
    OcspFetched out;
    out.heard = false;
    const auto found = co_await names_.look_up(responder.host, responder.port);
    if (found.endpoints.empty()) {
        out.problem = responder.host + ' ' + found.problem;
        co_return out;
    }
    for (const tcp::endpoint& endpoint : found.endpoints) {
        out.peer = text_of(endpoint);
        beast::tcp_stream stream(executor);
        stream.expires_after(patience_);
        error_code error;
        co_await stream.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            out.problem = ocsp_http_failure("connect()", error);
            continue;
        }
        OcspHttpParser parser;
        out.problem = co_await exchange(stream, *question, parser, error);
        out.heard = out.heard || has_heard(error);
        if (!out.problem.empty()) continue;
        out.der = std::move(parser.get().body());
        break;
    }
    if (!out.heard) names_.forget(responder.host);
    co_return out;
}

}  // namespace sluice::server
