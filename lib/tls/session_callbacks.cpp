// Between OpenSSL and the cache.
#include "tls/parts.hpp"
#include "tls/passwords.hpp"
#include "tls/session_cache.hpp"

namespace sluice::tls {

namespace {

std::string_view id_of(const SSL_SESSION* session) {
    unsigned size = 0;
    const unsigned char* id = SSL_SESSION_get_id(session, &size);
    return {reinterpret_cast<const char*>(id), size};
}

/// With TLS 1.3 OpenSSL tells of sessions that went into tickets, too: they need no room here.
bool lives_in_ticket(const SSL* connection) {
    return SSL_version(connection) == TLS1_3_VERSION && (SSL_get_options(connection) & SSL_OP_NO_TICKET) == 0;
}

void put(const Parts& parts, const SSL_SESSION* session) {
    const int size = i2d_SSL_SESSION(session, nullptr);
    if (size <= 0 || static_cast<std::size_t>(size) > SessionCache::most_of_one) return;
    std::string bytes(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(bytes.data());
    i2d_SSL_SESSION(session, &at);
    parts.cache->put(id_of(session), bytes, parts.timeout);
    wipe(bytes);
}

bool awaits_check(const Parts& parts, const SSL* connection) {
    return parts.checks_clients && SSL_version(connection) != TLS1_3_VERSION;
}

/// 0: we do not keep a reference.
int keep(SSL* connection, SSL_SESSION* session) {
    const Parts* parts = parts_of(connection);
    if (!parts || !parts->cache || lives_in_ticket(connection) || awaits_check(*parts, connection)) return 0;
    put(*parts, session);
    return 0;
}

SSL_SESSION* find(SSL* connection, const unsigned char* id, int size, int* copy) {
    *copy = 0;  // the reference is OpenSSL's
    const Parts* parts = parts_of(connection);
    if (!parts || !parts->cache || size <= 0) return nullptr;
    std::string bytes = parts->cache->get({reinterpret_cast<const char*>(id), static_cast<std::size_t>(size)});
    if (bytes.empty()) return nullptr;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    SSL_SESSION* session = d2i_SSL_SESSION(nullptr, &at, static_cast<long>(bytes.size()));
    wipe(bytes);
    return session;
}

void forget(SSL_CTX* context, SSL_SESSION* session) {
    const Parts* parts = parts_of(context);
    if (parts && parts->cache) parts->cache->remove(id_of(session));
}

}  // namespace

void keep_checked_session(SSL* connection) {
    const Parts* parts = parts_of(connection);
    if (!parts) return;
    if (!awaits_check(*parts, connection)) {
        if (parts->gives_tickets) SSL_new_session_ticket(connection);
        return;
    }
    if (parts->cache) put(*parts, SSL_get_session(connection));
}

void use_session_cache(SSL_CTX* context) {
    SSL_CTX_sess_set_new_cb(context, keep);
    SSL_CTX_sess_set_get_cb(context, find);
    SSL_CTX_sess_set_remove_cb(context, forget);
}

}  // namespace sluice::tls
