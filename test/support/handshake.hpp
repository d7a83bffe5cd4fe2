// A client and a server of TLS that talk in memory.
#pragma once

#include <functional>
#include <string>

#include "tls/openssl.hpp"

namespace sluice::test {

/// Both sides of one connection. The client believes everybody unless its context says otherwise.
class Handshake {
  public:
    Handshake(SSL_CTX* server, SSL_CTX* client, const std::function<void(SSL*)>& prepare = {})
        : server_(SSL_new(server)), client_(SSL_new(client)) {
        BIO *one = nullptr, *other = nullptr;
        BIO_new_bio_pair(&one, 0, &other, 0);
        SSL_set_bio(server_.get(), one, one);
        SSL_set_bio(client_.get(), other, other);
        SSL_set_accept_state(server_.get());
        SSL_set_connect_state(client_.get());
        if (prepare) prepare(client_.get());
    }

    /// Whether both agreed. Tickets have reached the client then.
    bool run() {
        for (int i = 0; i < 20; ++i) {
            const bool theirs = step(client_.get()), ours = step(server_.get());
            if (!problem.empty()) return false;
            if (theirs && ours) return say();
        }
        return false;
    }

    SSL* server() const { return server_.get(); }
    SSL* client() const { return client_.get(); }
    bool resumed() const { return SSL_session_reused(server_.get()) == 1; }
    /// The session as the client would keep it for the next time, and both sides closed.
    tls::Owned<SSL_SESSION> end() {
        tls::Owned<SSL_SESSION> out(SSL_get1_session(client_.get()));
        for (SSL* side : {server_.get(), client_.get()})
            SSL_set_shutdown(side, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        return out;
    }

    std::string problem;

  private:
    bool step(SSL* side) {
        const int code = SSL_do_handshake(side);
        const int error = SSL_get_error(side, code);
        if (code != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE && problem.empty())
            problem = tls::last_error();
        return code == 1;
    }

    bool say() {
        char byte = 0;
        return SSL_write(server_.get(), "x", 1) == 1 && SSL_read(client_.get(), &byte, 1) == 1 && byte == 'x';
    }

    tls::Owned<SSL> server_, client_;
};

/// A client's context that asks for nothing in particular and keeps its sessions.
inline tls::Owned<SSL_CTX> any_client() {
    tls::Owned<SSL_CTX> out(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(out.get(), 0);
    return out;
}

}  // namespace sluice::test
