// What a certificate says, for messages, checks and pages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "tls/openssl.hpp"

namespace sluice::tls {

struct CertificateFacts {
    std::string subject, issuer;     // RFC 2253: "CN=example.com,O=Example"
    std::vector<std::string> names;  // DNS names and addresses that it is for; without any the subject's common name
    core::WallTime not_before, not_after;
    std::string key;  // "RSA", "EC", "ED25519": OpenSSL's name
    int key_bits = 0;
    std::string serial;  // hexadecimal, upper case
    bool self_signed = false;
    bool issuer_missing = false;  // neither self-signed nor followed by its issuer
    std::string certificate_file, key_file;
};

/// The files are left empty.
CertificateFacts facts_of(X509* certificate, const STACK_OF(X509) * chain);

core::WallTime time_of(const ASN1_TIME* time);
std::string name_words(const X509_NAME* name);
/// "EC, 256 bits"
std::string key_words(const EVP_PKEY* key);
/// "2026-11-21 12:00:00 UTC"
std::string time_words(core::WallTime time);
/// "3 days", "1 day", "5 hours": whole ones, rounded down, of a positive time.
std::string span_words(std::int64_t seconds);

}  // namespace sluice::tls
