// The origins of --demo: small HTTP servers, each on a port of its own, all on one thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <string>
#include <thread>

namespace sluice::server {

/// What one origin is called, where it listens, how many requests it has got.
struct DemoOrigin {
    std::string name;
    boost::asio::ip::tcp::acceptor acceptor;
    std::atomic<unsigned> requests{0};

    DemoOrigin(boost::asio::io_context& context, std::string its_name);
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
};

/// They answer with their name, the request they got and the X-Forwarded-For in it. Some paths do something else:
/// /missing is not there, /slow takes 150 ms, and every other request for /unlucky is met with a reset.
/// Lives on the thread that makes it; the origins have their own, which ends with it.
class DemoOrigins {
  public:
    DemoOrigins();
    ~DemoOrigins();

    const std::deque<DemoOrigin>& all() const { return origins_; }

  private:
    boost::asio::io_context context_{1};
    std::deque<DemoOrigin> origins_;
    std::thread thread_;
};

}  // namespace sluice::server
