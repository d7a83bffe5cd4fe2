// What a handshake has agreed on, and what the client has shown.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tls/openssl.hpp"

namespace sluice::tls {

/// Outlives the handshake that it comes from: an idle connection has no other memory of it. Of one connection, on its
/// worker's thread.
struct Agreed {
    /// How a side has proved that its certificate is its own; OpenSSL's numbers.
    struct Signature {
        int type = NID_undef, hash = NID_undef;  // EVP_PKEY_..., NID_...
        bool pss_only = false;                   // the key itself is for nothing but RSA-PSS
    };

    Agreed() = default;
    /// Of a server's side, at any time from when it has read the first message.
    explicit Agreed(SSL* connection);
    /// What may change for as long as OpenSSL has the connection: `early`, and the session's number, which comes with a ticket.
    void finish(const SSL* connection);

    std::string_view protocol;  // "TLSv1.3"; for ever
    const SSL_CIPHER* cipher = nullptr;
    int group = NID_undef;          // what keys were exchanged by
    std::string offered_ciphers;    // of the client, two bytes each
    std::vector<int> offered_groups;
    std::string server_name;        // as the client sent it
    std::string alpn_protocol;
    std::array<unsigned char, SSL_MAX_SSL_SESSION_ID_LENGTH> session_id{};
    unsigned session_id_size = 0;
    bool session_reused = false;
    bool early = false;  // the client's last message of the handshake has not come
    long verify_result = X509_V_OK;
    Owned<X509> client;  // nullptr: it showed none
    Signature ours, clients;
};

}  // namespace sluice::tls
