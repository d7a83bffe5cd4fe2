// What the callbacks of a context need, and where they find it.
#pragma once

#include <memory>

#include "tls/openssl.hpp"
#include "tls/session_cache.hpp"
#include "tls/staple.hpp"
#include "tls/tickets.hpp"

namespace sluice::tls {

/// Belongs to the contexts of one site, and goes with the last: connections may outlive the conf that they came under.
struct Parts {
    std::shared_ptr<TicketKeys> tickets;           // nullptr: none are given
    std::shared_ptr<SessionCache> cache;           // nullptr: none is shared
    std::vector<std::shared_ptr<Staple>> staples;  // one for each pair, in their order; empty: no stapling
    std::vector<X509*> certificates;               // of those pairs; compared, not read
    std::shared_ptr<SessionCache> statuses;        // of clients' certificates; nullptr: they are not kept
    bool checks_clients = false;                   // a session may be taken up once that has been asked, not before
    bool gives_tickets = false;                    // then: with TLS 1.3 there is something to take up
    bool shapes_records = false;                   // a command of the conf is about records, which only OpenSSL follows
    std::chrono::seconds timeout{};
    std::uint32_t largest_record = 16384;
};

/// False: out of memory.
bool attach(SSL_CTX* context, std::shared_ptr<const Parts> parts);
/// nullptr: there are none.
const Parts* parts_of(const SSL_CTX* context);
/// Those of the context that the connection uses now, which after server_name is another than the one it began with.
const Parts* parts_of(const SSL* connection);

}  // namespace sluice::tls
