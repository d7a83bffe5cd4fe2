#include "tls/key_log.hpp"

namespace sluice::tls {

namespace {

int index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

KeyLog* log_of(const SSL_CTX* context) { return static_cast<KeyLog*>(SSL_CTX_get_ex_data(context, index())); }

/// Of the context that the connection uses now: after server_name that is its site's.
void on_line(const SSL* connection, const char* line) {
    if (KeyLog* const log = log_of(SSL_get_SSL_CTX(connection))) log->take(line);
}

}  // namespace

void tell_keys(SSL_CTX* context, KeyLog* log) {
    if (SSL_CTX_set_ex_data(context, index(), log) == 1) SSL_CTX_set_keylog_callback(context, on_line);
}

void tell_keys_no_more(SSL_CTX* context, const KeyLog* log) {
    if (log_of(context) != log) return;
    SSL_CTX_set_keylog_callback(context, nullptr);
    SSL_CTX_set_ex_data(context, index(), nullptr);
}

}  // namespace sluice::tls
