// What the connections to one origin know of TLS.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "bench/plan.hpp"

namespace sluice::bench {

/// One thread's. Keeps the newest session for those that may take one up.
class ClientTls {
  public:
    ClientTls() = default;
    ClientTls(const ClientTls&) = delete;
    ClientTls& operator=(const ClientTls&) = delete;
    ~ClientTls() { SSL_SESSION_free(session_); }

    /// What cannot be read or is no certificate, or "".
    std::string prepare(const TlsPlan& plan);

    boost::asio::ssl::context& context() { return *context_; }
    /// Before the handshake: offers the session, if there is one, and keeps the next.
    void take_up(SSL* ssl);

  private:
    static int keep(SSL* ssl, SSL_SESSION* session);

    std::unique_ptr<boost::asio::ssl::context> context_;
    SSL_SESSION* session_ = nullptr;
    bool resume_ = false;
};

}  // namespace sluice::bench
