// One question to an OCSP responder over HTTP (RFC 6960 A.1).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "server/ocsp_names.hpp"
#include "tls/ocsp_question.hpp"

namespace sluice::server {

struct OcspFetched {
    std::string der;      // if problem is empty
    std::string problem;  // "OCSP responder timed out (110: Connection timed out)"
    std::string peer;     // "127.0.0.1:8080": who was asked last; "" if the name was not found
    bool heard = true;    // false: the responder was not found, not reached, or took too long
};

/// Control thread.
class OcspFetcher {
  public:
    using Question = std::shared_ptr<const tls::OcspQuestion>;
    using Done = std::function<void(OcspFetched)>;

    /// `patience`: how long one address of a responder may take.
    OcspFetcher(boost::asio::io_context& control, const core::Clock& clock, std::chrono::milliseconds patience = std::chrono::seconds(60))
        : control_(control), patience_(patience), names_(clock, std::chrono::seconds(30)) {}

    /// Asks each address of the responder until one answers. `done` is called later, or never if this is destroyed before.
    void ask(Question question, Done done);
    /// A name is looked for, which nothing can end.
    bool is_busy() const { return names_.is_busy(); }

  private:
    static boost::asio::awaitable<void> run(OcspFetcher& fetcher, Question question, Done done);
    boost::asio::awaitable<OcspFetched> fetch(Question question);

    boost::asio::io_context& control_;
    std::chrono::milliseconds patience_;
    OcspNames names_;
};

}  // namespace sluice::server
