// How client and server agree on a secret: curves, and parameters for Diffie-Hellman over the integers.
#pragma once

#include "tls/complain.hpp"
#include "tls/file.hpp"
#include "tls/openssl.hpp"

namespace sluice::tls {

// False: said in `complaints`.

/// ssl_ecdh_curve. "auto" leaves OpenSSL's order, which begins with X25519 (later versions have one against quantum
/// computers in front of it).
bool set_curves(SSL_CTX* context, const Item& curves, Complaints& complaints);

/// ssl_dhparam. Without a file ciphers of that kind are not used, as in nginx: they cost a server many times what they
/// cost who attacks it, and all clients of today have curves.
bool set_dhparam(SSL_CTX* context, const Item& file, const Opener& open, Complaints& complaints);

}  // namespace sluice::tls
