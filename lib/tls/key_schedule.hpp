// TLS 1.3's key schedule (RFC 8446 7.1) as OpenSSL's handshakes run it here: cheaper than its own, and observable.
#pragma once

#include "tls/hkdf.hpp"

namespace sluice::tls {

/// What data is protected with once a handshake is over. Empty until then.
struct TrafficSecrets {
    Secret client, server;
};

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
