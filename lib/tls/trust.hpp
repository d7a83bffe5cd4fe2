// Who is believed: authorities, and lists of certificates that were revoked.
#pragma once

#include <memory>

#include "core/time.hpp"
#include "tls/complain.hpp"
#include "tls/file.hpp"
#include "tls/openssl.hpp"

namespace sluice::tls {

/// What a trust is made of; an empty item asks for nothing.
struct TrustRule {
    Item client_authorities;  // their names are sent to clients
    Item trusted_authorities;
    Item crl;             // then no certificate without a valid list of its issuer is good
    bool system = false;  // the machine's authorities too
};

/// Does not change; shared by contexts and threads (OpenSSL locks the store for the moment of a look-up).
struct Trust {
    Owned<X509_STORE> store;
    Owned<STACK_OF(X509_NAME)> client_names;  // nullptr: none are sent
    std::string digest;                       // SHA-256 over all that it believes and does not
    core::WallTime crl_ends;                  // of the list that ends first; 0: none says
};

/// The files of a rule, opened; nothing that is not asked for.
struct TrustFiles {
    TrustFiles(const TrustRule& rule, const Opener& open)
        : clients(rule.client_authorities, open), trusted(rule.trusted_authorities, open), crl(rule.crl, open) {}
    std::string identity(const TrustRule& rule) const;
    OpenItem clients, trusted, crl;
};

/// nullptr: said in `complaints`.
std::shared_ptr<const Trust> load_trust(const TrustRule& rule, TrustFiles& files, Complaints& complaints);

/// Warns of a list of revoked certificates that is out of date: OpenSSL then refuses everybody.
void warn_about(const Trust& trust, const TrustRule& rule, core::WallTime now, Complaints& complaints);

}  // namespace sluice::tls
