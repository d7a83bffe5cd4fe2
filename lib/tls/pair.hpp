// A certificate, those it depends on, and its key.
#pragma once

#include <memory>

#include "tls/complain.hpp"
#include "tls/facts.hpp"
#include "tls/file.hpp"
#include "tls/openssl.hpp"
#include "tls/passwords.hpp"

namespace sluice::tls {

/// Does not change; shared by contexts and threads.
struct LoadedPair {
    Owned<X509> certificate;
    Owned<STACK_OF(X509)> chain;  // what follows it in its file
    Owned<EVP_PKEY> key;
    CertificateFacts facts;
};

/// Reads and checks both. nullptr: said in `complaints`. Its dates are another matter.
std::shared_ptr<const LoadedPair> load_pair(const Pair& pair, OpenItem& certificate, OpenItem& key,
                                            const Passwords& passwords, Complaints& complaints);

/// Warnings: what is over, not yet valid or about to end at `now`, and what its clients will miss.
void warn_about(const LoadedPair& loaded, const Pair& pair, core::WallTime now, Complaints& complaints);

/// How early the end of a certificate is told.
inline constexpr std::int64_t near_its_end = 14 * 86400;  // seconds

}  // namespace sluice::tls
