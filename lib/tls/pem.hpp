// What stands in a text that should be PEM (RFC 7468).
#pragma once

#include <string>
#include <string_view>

namespace sluice::tls {

/// Why OpenSSL could make nothing of a text, and the way out.
struct PemMistake {
    std::string message;  // "it has no certificate, but a private key"
    std::string help;
};

/// What was looked for: as people call it, and the end of its label.
struct PemKind {
    std::string_view name, label;
};
constexpr PemKind a_certificate{"certificate", "CERTIFICATE"};
constexpr PemKind an_authority{"certificate of an authority", "CERTIFICATE"};
constexpr PemKind a_private_key{"private key", "PRIVATE KEY"};
constexpr PemKind dh_parameters{"DH parameters", "DH PARAMETERS"};
constexpr PemKind a_crl{"list of revoked certificates", "X509 CRL"};

/// `file`: what to call it in the help. Takes OpenSSL's errors out of its queue.
PemMistake explain_pem(std::string_view text, PemKind wanted, const std::string& file);

}  // namespace sluice::tls
