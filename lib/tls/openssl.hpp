// Owners for OpenSSL's objects, and its errors as words.
#pragma once

#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::tls {

struct Free {
    void operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
    void operator()(SSL* it) const { SSL_free(it); }
    void operator()(SSL_SESSION* it) const { SSL_SESSION_free(it); }
    void operator()(SSL_CONF_CTX* it) const { SSL_CONF_CTX_free(it); }
    void operator()(X509* it) const { X509_free(it); }
    void operator()(X509_CRL* it) const { X509_CRL_free(it); }
    void operator()(X509_STORE* it) const { X509_STORE_free(it); }
    void operator()(STACK_OF(X509) * it) const { sk_X509_pop_free(it, X509_free); }
    void operator()(STACK_OF(X509_NAME) * it) const { sk_X509_NAME_pop_free(it, X509_NAME_free); }
    void operator()(STACK_OF(X509_INFO) * it) const { sk_X509_INFO_pop_free(it, X509_INFO_free); }
    void operator()(GENERAL_NAMES* it) const { GENERAL_NAMES_free(it); }
    void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
    void operator()(EVP_MD_CTX* it) const { EVP_MD_CTX_free(it); }
    void operator()(EVP_CIPHER* it) const { EVP_CIPHER_free(it); }
    void operator()(EVP_MAC* it) const { EVP_MAC_free(it); }
    void operator()(EVP_MAC_CTX* it) const { EVP_MAC_CTX_free(it); }
    void operator()(EVP_CIPHER_CTX* it) const { EVP_CIPHER_CTX_free(it); }
    void operator()(BIO* it) const { BIO_free_all(it); }
    void operator()(BIGNUM* it) const { BN_free(it); }
    void operator()(OCSP_REQUEST* it) const { OCSP_REQUEST_free(it); }
    void operator()(OCSP_RESPONSE* it) const { OCSP_RESPONSE_free(it); }
    void operator()(OCSP_BASICRESP* it) const { OCSP_BASICRESP_free(it); }
    void operator()(OCSP_CERTID* it) const { OCSP_CERTID_free(it); }
};

template <class T>
using Owned = std::unique_ptr<T, Free>;

/// One reference more; OpenSSL counts them atomically.
Owned<X509> share(X509* certificate);

Owned<X509_STORE> share(X509_STORE* store);

/// A BIO that reads `text`, which must outlive it.
Owned<BIO> reader_of(std::string_view text);
/// A BIO that keeps what is written, and that as text.
Owned<BIO> writer();
std::string_view written(BIO* writer);

/// The oldest error in the calling thread's queue as nginx's users know it, "SSL: error:0A00010B:SSL routines::wrong
/// version number", with OpenSSL's remark behind a colon; "SSL:" if there is none. The queue is empty then.
std::string last_error();

/// `SSL_CTX_set_cipher_list("x") failed (SSL: error:…)`; empties the queue.
std::string failed_call(std::string_view call, std::string_view object);

}  // namespace sluice::tls
