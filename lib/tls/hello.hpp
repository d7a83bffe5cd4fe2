// The client's first message: whom it asks for, and the context that serves it.
#pragma once

#include <openssl/ssl.h>

#include <string_view>

namespace sluice::tls {

/// The name in the server_name extension (RFC 6066 3), within a client-hello callback; "": none, or none that can be read.
std::string_view server_name_of(SSL* ssl);

/// Puts a context in the place of the first one, with all that SSL_set_SSL_CTX leaves as it was: verification, options,
/// protocols, tickets, early data. Before anything is decided of the handshake: a session of another context is not taken
/// up then, unless both have the same session id context.
void use_context(SSL* ssl, SSL_CTX* context);

}  // namespace sluice::tls
