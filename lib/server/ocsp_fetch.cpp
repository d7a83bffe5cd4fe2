#include "server/ocsp_fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "core/log_escape.hpp"

namespace sluice::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;

/// "connect() failed (111: Connection refused)", or that it took too long.
std::string words_of(const char* doing, const error_code& error) {
    if (error == beast::error::timeout) return "OCSP responder timed out (110: Connection timed out)";
    if (error == http::error::end_of_stream || error == http::error::partial_message || error == asio::error::connection_reset)
        return "OCSP responder prematurely closed connection";
    if (error.category() == http::make_error_code(http::error::bad_version).category())
        return "OCSP responder sent invalid response (" + error.message() + ")";
    return std::string(doing) + " failed (" + std::to_string(error.value()) + ": " + error.message() + ")";
}

/// nginx sends no more than these.
http::request<http::empty_body> request_of(const tls::OcspQuestion& question) {
    http::request<http::empty_body> out;
    out.method(http::verb::get);
    out.version(10);
    out.target(tls::ocsp_target(question.responder.path, question.request));
    out.set(http::field::host, question.responder.authority());
    return out;
}

/// "": it has what was asked for.
std::string problem_with(const Parser::value_type& answer) {
    if (answer.result_int() != 200) return "OCSP responder answered with status " + std::to_string(answer.result_int());
    const auto type = answer[http::field::content_type];
    if (beast::iequals(type.substr(0, type.find(';')), "application/ocsp-response")) return {};
    std::string out = "OCSP responder sent invalid \"Content-Type\" header: \"";
    core::append_escaped(out, std::string_view(type.data(), type.size()));
    return out += '"';
}

asio::awaitable<std::string> exchange(beast::tcp_stream& stream, const tls::OcspQuestion& question, Parser& parser, error_code& error) {
    const auto request = request_of(question);
    co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return words_of("send()", error);
    beast::flat_buffer buffer;
    parser.body_limit(most_of_ocsp_answer);
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    co_return error ? words_of("recv()", error) : problem_with(parser.get());
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
            out.problem = words_of("connect()", error);
            continue;
        }
        Parser parser;
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
