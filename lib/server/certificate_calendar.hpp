// Certificates that end soon are told of, day by day.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "route/snapshot.hpp"

namespace sluice::server {

/// Control thread.
class CertificateCalendar {
  public:
    using Tell = std::function<void(const std::string&)>;
    /// Those in use: each with its words in the conf.
    using Pairs = std::vector<std::pair<tls::Pair, std::shared_ptr<const tls::LoadedPair>>>;

    CertificateCalendar(boost::asio::io_context& control, const core::Clock& clock, Tell tell,
                        std::chrono::milliseconds period = std::chrono::hours(24));

    /// Tells now and once in each period, of these and no others any more.
    void watch(Pairs pairs);

  private:
    void tell();

    const core::Clock& clock_;
    Tell tell_;
    std::chrono::milliseconds period_;
    Pairs pairs_;
    boost::asio::steady_timer alarm_;
};

/// The certificates of all sites, each once.
CertificateCalendar::Pairs pairs_in_use(const route::Snapshot& snapshot);

}  // namespace sluice::server
