// TLS sessions with peers, taken up again by the next connection.
#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "tls/client_contexts.hpp"
#include "tls/engine.hpp"
#include "upstream/group.hpp"

namespace sluice::upstream {

/// The last session with one peer.
class PeerSession final : public tls::SessionKeeper {
  public:
    PeerSession() = default;
    ~PeerSession() { SSL_SESSION_free(session_); }
    PeerSession(const PeerSession&) = delete;
    PeerSession& operator=(const PeerSession&) = delete;

    void keep(SSL_SESSION* session) override {
        SSL_SESSION_free(session_);
        session_ = session;
    }
    /// nullptr: there is none.
    SSL_SESSION* session() const { return session_; }

  private:
    SSL_SESSION* session_ = nullptr;
};

/// One worker's, on its thread. A session is for one peer, the rules it was agreed on under, and the name asked for.
class PeerSessions {
  public:
    /// `rules`: DialOptions::tls.
    std::shared_ptr<PeerSession> of(const Peer& peer, std::uint64_t rules, std::string_view name);

  private:
    // Names may come from clients.
    static constexpr std::size_t most = 1000;
    using Key = std::tuple<std::size_t, std::uint64_t, std::string>;
    std::map<Key, std::shared_ptr<PeerSession>> all_;
};

}  // namespace sluice::upstream
