// What OpenSSL's handshakes do here in other ways than its own: a provider (provider(7)).
#pragma once

#include <openssl/core.h>

namespace sluice::tls {

/// Offers TLS 1.3's key schedule and X25519 to OpenSSL, which takes ours where it is asked for `provider_properties`. At any
/// time, any number of times. Not where a conf of OpenSSL's has it do without its default provider, or has FIPS's.
void offer_provider();
/// For SSL_CTX_new_ex(): of all that is equally good, ours.
inline constexpr const char* provider_properties = "?provider=sluice";

// Of the provider's parts.

inline constexpr const char* provider_name = "provider=sluice";
const OSSL_ALGORITHM* key_schedules();
const OSSL_ALGORITHM* key_managements();
const OSSL_ALGORITHM* key_exchanges();

/// As tables of functions hold one.
template <class F>
auto as_function(F* function) {
    return reinterpret_cast<void (*)()>(function);
}

}  // namespace sluice::tls
