// The secrets of connections, for those who must see what was said on them (NSS key log format, RFC 9850).
#pragma once

#include <string_view>

#include "tls/openssl.hpp"

namespace sluice::tls {

/// Where the lines of a context go: "CLIENT_RANDOM", what the client made up, the secret.
class KeyLog {
  public:
    virtual ~KeyLog() = default;
    /// Without its newline. On the thread of the handshake.
    virtual void take(std::string_view line) = 0;
};

/// From now on the connections of the context tell `log`, which takes the place of the one before. The context's thread.
void tell_keys(SSL_CTX* context, KeyLog* log);
/// No longer that one, if it still is.
void tell_keys_no_more(SSL_CTX* context, const KeyLog* log);

}  // namespace sluice::tls
