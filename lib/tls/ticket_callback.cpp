// Between OpenSSL and the keys.
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include "tls/parts.hpp"
#include "tls/tickets.hpp"

namespace sluice::tls {

namespace {

/// Looked up once: OpenSSL's search by name is a good part of what a ticket costs.
const EVP_CIPHER* cipher_for(const TicketKey& key) {
    static const Owned<EVP_CIPHER> aes_128(EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr));
    static const Owned<EVP_CIPHER> aes_256(EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr));
    return key.size == 16 ? aes_128.get() : aes_256.get();
}

bool set_hmac(EVP_MAC_CTX* hmac, TicketKey& key) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.hmac.data(), key.size),
                                     OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(hmac, parameters) == 1;
}

constexpr int failed = -1, without = 0, done = 1, renew = 2;

int encrypt(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* hmac) {
    TicketKey key;
    if (!keys.current(key)) return without;
    const EVP_CIPHER* algorithm = cipher_for(key);
    std::copy(key.name.begin(), key.name.end(), name);
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(algorithm)) != 1) return failed;
    return EVP_EncryptInit_ex(cipher, algorithm, nullptr, key.aes.data(), iv) == 1 && set_hmac(hmac, key) ? done
                                                                                                          : failed;
}

int decrypt(TicketKeys& keys, const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
            EVP_MAC_CTX* hmac, bool always_renew) {
    TicketKey key;
    const auto found = keys.find(name, key);
    if (!found.known) return without;
    if (!set_hmac(hmac, key) || EVP_DecryptInit_ex(cipher, cipher_for(key), nullptr, key.aes.data(), iv) != 1)
        return failed;
    return found.old || always_renew ? renew : done;
}

int for_ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* hmac,
               int encrypts) {
    const Parts* parts = parts_of(connection);
    if (!parts || !parts->tickets) return without;
    // Up to TLS 1.2 a ticket is a part of the handshake.
    if (encrypts == 1 && parts->checks_clients && SSL_version(connection) != TLS1_3_VERSION) return without;
    if (encrypts == 1) return encrypt(*parts->tickets, name, iv, cipher, hmac);
    // In TLS 1.3 a ticket should be used once (RFC 8446 C.4), so each brings another.
    return decrypt(*parts->tickets, name, iv, cipher, hmac, SSL_version(connection) == TLS1_3_VERSION);
}

}  // namespace

void use_ticket_keys(SSL_CTX* context) { SSL_CTX_set_tlsext_ticket_key_evp_cb(context, for_ticket); }

}  // namespace sluice::tls
