// Backends that answer as their profiles say, on ports of the loopback, on a thread of their own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <thread>

#include "bench/mock.hpp"
#include "core/rng.hpp"

namespace sluice::bench {

/// One backend: where it listens, and how it answers. Plain or TLS, as the client begins.
struct Mock {
    boost::asio::ip::tcp::acceptor acceptor;
    MockProfile profile;
    std::string body;  // as large as any answer
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
