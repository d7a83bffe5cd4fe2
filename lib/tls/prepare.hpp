// What the engine adds to a context.
#pragma once

#include <openssl/ssl.h>

namespace sluice::tls {

/// What every context of a server needs for engines made of it.
void prepare_server(SSL_CTX* context);
/// The site's certificates are those that SiteChooser::certify gives a connection.
void certify_by_chooser(SSL_CTX* context);
/// The same toward peers.
void prepare_client(SSL_CTX* context);

}  // namespace sluice::tls
