// What an exchange at a worker needs to be served: borrowed, all of it outlives the exchange.
#pragma once

#include "core/rng.hpp"
#include "observe/logs.hpp"
#include "upstream/pool.hpp"

namespace sluice::proxy {

/// Longest waits; nginx's defaults, but for the tunnel, which nginx ends after 60 idle seconds.
struct Timeouts {
    core::Duration client_head = std::chrono::seconds(60);   // for the whole head
    core::Duration client_body = std::chrono::seconds(60);   // between two reads
    core::Duration client_send = std::chrono::seconds(60);   // between two writes
    core::Duration keep_alive = std::chrono::seconds(75);    // idle between requests
    core::Duration peer_send = std::chrono::seconds(60);
    core::Duration peer_read = std::chrono::seconds(60);
    core::Duration tunnel = std::chrono::hours(1);           // idle in both directions; nginx's proxy_read_timeout: 60 s
    core::Duration linger = std::chrono::seconds(5);         // between two reads of what is thrown away before closing
    core::Duration linger_total = std::chrono::seconds(30);
};

struct Limits {
    http::HeadLimits head;
    std::uint64_t max_body = UINT64_MAX;  // of a request, bytes; more is answered 413
};

/// One worker's; that worker's thread only.
struct Service {
    net::Loop& loop;
    upstream::GroupAtWorker& group;
    upstream::Pool& pool;
    const Timeouts& timeouts;
    const Limits& limits;
    observe::Logs& logs;
    core::Rng& rng;
    bool draining = false;  // no connection is kept for another request
};

}  // namespace sluice::proxy
