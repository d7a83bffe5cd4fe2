// The public key of X25519 (RFC 7748) in half the time that OpenSSL takes. Any thread; in time that says nothing of the
// secret.
#pragma once

#include <array>

namespace sluice::tls {

using X25519Bytes = std::array<unsigned char, 32>;

/// As a secret is before it is used (RFC 7748 5).
void x25519_clamp(X25519Bytes& secret);
/// Of a secret, clamped or not. False: libsodium has failed.
bool x25519_public(const X25519Bytes& secret, X25519Bytes& out);

}  // namespace sluice::tls
