// Addresses of OCSP responders.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"

namespace sluice::server {

struct FoundName {
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    std::string problem;  // "could not be resolved (Host not found)", if there are none
};

/// Looks names up on a few threads of its own: Asio has one, and a name server that is silent would stop it for all. They
/// begin with the first name that is no address. What was found is kept for a minute. The control thread's.
class OcspNames {
  public:
    /// `patience`: how long somebody waits for one name; the thread may go on longer.
    OcspNames(const core::Clock& clock, std::chrono::milliseconds patience) : clock_(clock), patience_(patience) {}

    boost::asio::awaitable<FoundName> look_up(std::string host, std::uint16_t port);
    /// Nobody was there: look again next time.
    void forget(const std::string& host) { known_.erase(host); }
    /// Some thread looks for a name, which nothing can end; also the destructor waits for it.
    bool is_busy() const { return *looking_ > 0; }

    static constexpr unsigned threads = 4;
    static constexpr core::Duration kept = std::chrono::minutes(1);

  private:
    using Addresses = std::vector<boost::asio::ip::address>;
    struct Known {
        Addresses addresses;
        core::Instant until;
    };
    struct Search;
    static void search(std::shared_ptr<Search> search, std::shared_ptr<std::atomic<unsigned>> looking);
    void make_room(core::Instant now);

    const core::Clock& clock_;
    std::chrono::milliseconds patience_;
    std::map<std::string, Known> known_;
    std::shared_ptr<std::atomic<unsigned>> looking_ = std::make_shared<std::atomic<unsigned>>(0);
    std::unique_ptr<boost::asio::thread_pool> pool_;
};

}  // namespace sluice::server
