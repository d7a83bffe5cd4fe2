// Backends that answer as their profiles say, on ports of the loopback, on a thread of their own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "bench/mock.hpp"
#include "core/rng.hpp"
#include "explain/question.hpp"

namespace sluice::bench {

/// One backend: where it listens, and how it answers. Plain or TLS, as the client begins.
struct Mock {
    boost::asio::ip::tcp::acceptor acceptor;
    const std::uint16_t port;
    MockProfile profile;
    std::string body;                        // as large as any answer
    std::optional<explain::PeerAnswer> act;  // what leads a request on; on the backends' thread
    std::atomic<std::uint64_t> acted{0};     // how often it has
    std::atomic<std::uint64_t> requests{0};

    Mock(boost::asio::io_context& context, std::uint16_t port, MockProfile how);
};

/// Made and ended on one thread; the backends have their own.
class MockServer {
  public:
    /// PEM files, for clients that speak TLS.
    MockServer(const std::string& certificate, const std::string& key, std::uint64_t seed);
    ~MockServer();
    MockServer(const MockServer&) = delete;
    MockServer& operator=(const MockServer&) = delete;

    /// Before start(). What is wrong, or "".
    std::string add(std::uint16_t port, const MockProfile& profile);
    void start();

    /// From now on those at the ports lead requests on in that way, and no others; returns when they know. After
    /// start().
    void act(std::span<const std::uint16_t> ports, const std::optional<explain::PeerAnswer>& how);
    /// How many requests were led on so far.
    std::uint64_t acted() const;

    boost::asio::ssl::context& tls() { return tls_; }
    core::Rng& rng() { return rng_; }

  private:
    boost::asio::io_context context_{1};
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
    core::Rng rng_;
    std::deque<Mock> mocks_;
    std::thread thread_;
};

}  // namespace sluice::bench
