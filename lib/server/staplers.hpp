// Answers of OCSP responders about our own certificates, fetched ahead of those who ask for them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "route/snapshot.hpp"
#include "server/ocsp_desk.hpp"

namespace sluice::server {

/// Control thread. No handshake waits for an answer: until there is one, none is sent, as in nginx; unlike there the
/// first is fetched at the start and not for the first client.
class Staplers {
  public:
    Staplers(boost::asio::io_context& control, const core::Clock& clock, OcspDesk& desk);

    /// From now on for the certificates of this conf. Answers that are still good are kept.
    void serve(const route::Snapshot& snapshot);

  private:
    /// One certificate, asked about by one question.
    struct Entry {
        OcspDesk::Question question;
        std::vector<std::weak_ptr<tls::Staple>> staples;  // of all sites that have it
        std::string der;
        core::WallTime until;
        std::shared_ptr<const void> asker;  // while a question is under way
        std::unique_ptr<boost::asio::steady_timer> alarm;
    };
    void take_over(Entry& entry, const Entry& before);
    void ask(const std::string& key);
    void take(const std::string& key, const OcspVerdict& verdict);
    void put(Entry& entry);
    void wake_at(const std::string& key, Entry& entry, core::WallTime when);

    boost::asio::io_context& control_;
    const core::Clock& clock_;
    OcspDesk& desk_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace sluice::server
