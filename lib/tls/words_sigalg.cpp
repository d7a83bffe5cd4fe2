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

std::string scheme_name(int type, int hash, const X509* signer) {
    if (type == EVP_PKEY_ED25519) return "ed25519";
    if (type == EVP_PKEY_ED448) return "ed448";
    for (const Scheme& scheme : schemes) {
        if (scheme.type != type || scheme.hash != hash) continue;
        std::string name(scheme.name);
        // The key itself may be for PSS only: another scheme with the same signature.
        if (type == EVP_PKEY_RSA_PSS && signer && EVP_PKEY_is_a(X509_get0_pubkey(signer), "RSA-PSS"))
            name.replace(8, 4, "pss");
        return name;
    }
    return {};
}

}  // namespace

std::string sigalg(SSL* connection) {
    int type = 0, hash = NID_undef;
    if (SSL_get_signature_type_nid(connection, &type) != 1) return {};
    SSL_get_signature_nid(connection, &hash);
    return scheme_name(type, hash, SSL_get_certificate(connection));
}

std::string client_sigalg(SSL* connection) {
    int type = 0, hash = NID_undef;
    if (SSL_get_peer_signature_type_nid(connection, &type) != 1) return {};
    SSL_get_peer_signature_nid(connection, &hash);
    return scheme_name(type, hash, client_certificate(connection));
}

}  // namespace sluice::tls::words
