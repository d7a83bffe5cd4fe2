// What a conf says of TLS, before contexts are made of it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "tls/client_contexts.hpp"
#include "tls/description.hpp"
#include "tls/pair_cache.hpp"
#include "vars/template.hpp"

namespace sluice::route {

/// Pairs in whose names are variables.
struct VariablePairs {
    struct Pair {
        vars::Template certificate, key;
    };
    std::vector<Pair> pairs;
    std::string folder;  // where relative names start, with its slash
    tls::PairCacheRule cache;
};

/// ssl_*: http and server.
struct ServerTls {
    tls::ServerDescription description;
    std::vector<tls::Item> certificates, keys;  // in pairs, once all are known
    std::vector<vars::Template> certificate_names, key_names;  // the same with their variables
    tls::PairCacheRule cache;                                  // of those
    std::optional<core::Duration> handshake_timeout;  // none: client_header_timeout
};

/// proxy_ssl_*.
struct PeerTls {
    tls::ClientDescription description;
    vars::Template certificate_name, key_name;  // of description.pair, with their variables
    tls::PairCacheRule cache;
    vars::Template name;  // that the certificate must have; if has_name, else $proxy_host
    bool has_name = false;
    bool sends_name = false;    // proxy_ssl_server_name
    bool reuses_sessions = true;
};

}  // namespace sluice::route
