// $ssl_sigalg and $ssl_client_sigalg.
#include <openssl/objects.h>

#include "tls/words.hpp"

namespace sluice::tls::words {

namespace {

/// A signature scheme of RFC 8446 4.2.3 from what OpenSSL 3 says of it. With TLS 1.2 the curve of an ECDSA key is not
/// part of the scheme: the names are the same, as in OpenSSL.
struct Scheme {
    int type, hash;
    std::string_view name;
};

constexpr Scheme schemes[] = {
    {EVP_PKEY_RSA, NID_sha1, "rsa_pkcs1_sha1"},
    {EVP_PKEY_RSA, NID_sha256, "rsa_pkcs1_sha256"},
    {EVP_PKEY_RSA, NID_sha384, "rsa_pkcs1_sha384"},
    {EVP_PKEY_RSA, NID_sha512, "rsa_pkcs1_sha512"},
    {EVP_PKEY_RSA_PSS, NID_sha256, "rsa_pss_rsae_sha256"},
    {EVP_PKEY_RSA_PSS, NID_sha384, "rsa_pss_rsae_sha384"},
    {EVP_PKEY_RSA_PSS, NID_sha512, "rsa_pss_rsae_sha512"},
    {EVP_PKEY_EC, NID_sha1, "ecdsa_sha1"},
    {EVP_PKEY_EC, NID_sha256, "ecdsa_secp256r1_sha256"},
    {EVP_PKEY_EC, NID_sha384, "ecdsa_secp384r1_sha384"},
    {EVP_PKEY_EC, NID_sha512, "ecdsa_secp521r1_sha512"},
};

std::string scheme_name(const Agreed::Signature& made) {
    if (made.type == EVP_PKEY_ED25519) return "ed25519";
    if (made.type == EVP_PKEY_ED448) return "ed448";
    for (const Scheme& scheme : schemes) {
        if (scheme.type != made.type || scheme.hash != made.hash) continue;
        std::string name(scheme.name);
        // The key itself may be for PSS only: another scheme with the same signature.
        if (made.pss_only) name.replace(8, 4, "pss");
        return name;
    }
    return {};
}

}  // namespace

std::string sigalg(const Agreed& agreed) { return scheme_name(agreed.ours); }

std::string client_sigalg(const Agreed& agreed) { return scheme_name(agreed.clients); }

}  // namespace sluice::tls::words
