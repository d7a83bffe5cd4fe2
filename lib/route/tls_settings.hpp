// What a conf says of TLS, before contexts are made of it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "tls/client_contexts.hpp"
#include "tls/description.hpp"
#include "vars/template.hpp"

namespace sluice::route {

/// ssl_*: http and server.
struct ServerTls {
    tls::ServerDescription description;
    std::vector<tls::Item> certificates, keys;  // in pairs, once all are known
    std::uint64_t largest_record = 16384;            // ssl_buffer_size, bytes
    std::optional<core::Duration> handshake_timeout;  // none: client_header_timeout
};

/// proxy_ssl_*.
struct PeerTls {
    tls::ClientDescription description;
    vars::Template name;  // that the certificate must have; if has_name, else $proxy_host
    bool has_name = false;
    bool sends_name = false;    // proxy_ssl_server_name
    bool reuses_sessions = true;
};

}  // namespace sluice::route
