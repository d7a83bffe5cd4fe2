// TLS 1.3's key schedule (RFC 8446 7.1) as OpenSSL's handshakes run it here: cheaper than its own, and observable.
#pragma once

#include "tls/hkdf.hpp"

namespace sluice::tls {

/// What data is protected with once a handshake is over. Empty until then.
struct TrafficSecrets {
    Secret client, server;
};

/// Offers "TLS13-KDF" to OpenSSL, which takes it where it is asked for `key_schedule_properties`. At any time, any number
/// of times. Not where OpenSSL has been told to use nothing but what FIPS knows.
void offer_key_schedule();
/// For SSL_CTX_new_ex(): of all that is equally good, ours.
inline constexpr const char* key_schedule_properties = "?provider=sluice";

/// While it lives, the traffic secrets that this thread's handshakes derive are put down. One at a time. nullptr: nothing
/// is.
class Observed {
  public:
    explicit Observed(TrafficSecrets* secrets);
    ~Observed();
    Observed(const Observed&) = delete;
    Observed& operator=(const Observed&) = delete;
};

}  // namespace sluice::tls
