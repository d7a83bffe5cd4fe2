#include "bench/mock_server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <future>

#include "bench/mock_request.hpp"
#include "config/words.hpp"

// GCC 12 takes the frame of an asio::awaitable for memory of another allocator.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace sluice::bench {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned char handshake_record = 22;  // RFC 8446 5.1

double uniform(core::Rng& rng) { return static_cast<double>(rng.next() >> 11) * 0x1p-53; }

/// What one request gets.
struct Fate {
    bool reset = false;
    int status = 200;
    std::size_t size = 0;
    std::chrono::nanoseconds delay{};
    std::string redirect = {};  // X-Accel-Redirect
};

Fate decide(const MockProfile& profile, core::Rng& rng) {
    Fate out;
    out.status = profile.status;
    out.size = profile.size_from +
               static_cast<std::size_t>(uniform(rng) * static_cast<double>(profile.size_to - profile.size_from + 1));
    out.delay = std::chrono::nanoseconds(static_cast<std::int64_t>(
        (profile.latency_from + uniform(rng) * (profile.latency_to - profile.latency_from)) * 1e9));
    if (profile.reset > 0 && uniform(rng) < profile.reset) out.reset = true;
    if (profile.fail > 0 && uniform(rng) < profile.fail) out.status = 500;
    return out;
}

/// The same, if the request is one that is to lead on.
void lead_on(Fate& fate, Mock& mock, std::string_view target) {
    if (!mock.act || (!mock.act->spares.empty() && target.find(mock.act->spares) != target.npos)) return;
    ++mock.acted;
    fate.reset = mock.act->reset;
    if (mock.act->status != 0) fate.status = mock.act->status;
    fate.redirect = mock.act->redirect;
}

std::string head_of(const Fate& fate, bool keep) {
    const bool bare = fate.status == 204 || fate.status == 304;
    return config::concat({"HTTP/1.1 ", std::to_string(fate.status), fate.status == 200 ? " OK" : " Mock",
                           "\r\nServer: sluice-bench\r\nContent-Type: text/plain\r\n",
                           bare ? "" : config::concat({"Content-Length: ", std::to_string(fate.size), "\r\n"}),
                           fate.redirect.empty() ? "" : config::concat({"X-Accel-Redirect: ", fate.redirect, "\r\n"}),
                           keep ? "\r\n" : "Connection: close\r\n\r\n"});
}

/// Closes in such a way that the other side gets a reset.
void break_off(tcp::socket& socket) {
    error_code error;
    socket.set_option(asio::socket_base::linger(true, 0), error);
    socket.close(error);
}

struct Session {
    Mock& mock;
    MockServer& server;
    tcp::socket socket;
    std::vector<char> buffer = std::vector<char>(16 * 1024);
    std::size_t held = 0;
};

/// One request after the other, until the connection ends. `stream` is the session's socket, or TLS over it.
template <class Stream>
asio::awaitable<void> serve(Stream& stream, Session& session) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        MockRequest request;
        while (!request.is_done()) {
            if (session.held > 0) {
                const std::size_t n = request.put(asio::const_buffer(session.buffer.data(), session.held), error);
                std::memmove(session.buffer.data(), session.buffer.data() + n, session.held - n);
                session.held -= n;
                if (error && error != http::error::need_more) co_return;
                if (request.is_done()) break;
                if (n > 0 && !error) continue;
            }
            if (session.held == session.buffer.size()) session.buffer.resize(session.held * 2);
            session.held += co_await stream.async_read_some(
                asio::mutable_buffer(session.buffer.data() + session.held, session.buffer.size() - session.held),
                token);
            if (error) co_return;
        }
        ++session.mock.requests;
        Fate fate = decide(session.mock.profile, session.server.rng());
        lead_on(fate, session.mock, request.target());
        if (fate.delay.count() > 0) {
            timer.expires_after(fate.delay);
            co_await timer.async_wait(token);
        }
        if (fate.reset) co_return break_off(session.socket);
        const std::string head = head_of(fate, request.keep_alive());
        const bool bare = request.head_only() || fate.status == 204 || fate.status == 304;
        const std::array<asio::const_buffer, 2> parts{
            asio::buffer(head), asio::const_buffer(session.mock.body.data(), bare ? 0 : fate.size)};
        co_await asio::async_write(stream, parts, token);
        if (error || !request.keep_alive()) co_return;
    }
}

/// The first byte says whether the client speaks TLS.
asio::awaitable<void> welcome(tcp::socket socket, Mock& mock, MockServer& server) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    socket.set_option(tcp::no_delay(true), error);
    Session session{mock, server, std::move(socket)};
    session.held = co_await session.socket.async_read_some(asio::buffer(session.buffer), token);
    if (error) co_return;
    if (static_cast<unsigned char>(session.buffer[0]) != handshake_record) {
        co_await serve(session.socket, session);
        co_return;
    }
    asio::ssl::stream<tcp::socket&> tls(session.socket, server.tls());
    co_await tls.async_handshake(asio::ssl::stream_base::server,
                                 asio::const_buffer(session.buffer.data(), session.held), token);
    session.held = 0;
    if (!error) co_await serve(tls, session);
}

asio::awaitable<void> accept(Mock& mock, MockServer& server) {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    asio::steady_timer pause(mock.acceptor.get_executor());
    for (;;) {
        tcp::socket socket = co_await mock.acceptor.async_accept(token);
        if (!error)
            asio::co_spawn(mock.acceptor.get_executor(), welcome(std::move(socket), mock, server), asio::detached);
        else if (error == asio::error::operation_aborted)
            co_return;
        else {  // out of descriptors, most likely
            pause.expires_after(std::chrono::milliseconds(10));
            co_await pause.async_wait(token);
        }
    }
}

}  // namespace

Mock::Mock(asio::io_context& context, std::uint16_t at, MockProfile how)
    : acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), at)),
      port(at),
      profile(std::move(how)),
      body(profile.size_to, 'x') {}

MockServer::MockServer(const std::string& certificate, const std::string& key, std::uint64_t seed) : rng_(seed) {
    tls_.use_certificate_chain_file(certificate);
    tls_.use_private_key_file(key, asio::ssl::context::pem);
}

MockServer::~MockServer() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

std::string MockServer::add(std::uint16_t port, const MockProfile& profile) {
    try {
        mocks_.emplace_back(context_, port, profile);
    } catch (const boost::system::system_error& error) {
        return config::concat(
            {"cannot start a backend on 127.0.0.1:", std::to_string(port), ": ", error.code().message()});
    }
    asio::co_spawn(context_, accept(mocks_.back(), *this), asio::detached);
    return "";
}

void MockServer::act(std::span<const std::uint16_t> ports, const std::optional<explain::PeerAnswer>& how) {
    std::promise<void> done;
    asio::post(context_, [&] {
        for (Mock& mock : mocks_) mock.act = std::ranges::find(ports, mock.port) != ports.end() ? how : std::nullopt;
        done.set_value();
    });
    done.get_future().wait();
}

std::uint64_t MockServer::acted() const {
    std::uint64_t out = 0;
    for (const Mock& mock : mocks_) out += mock.acted;
    return out;
}

void MockServer::start() {
    thread_ = std::thread([this] { context_.run(); });
}

}  // namespace sluice::bench
