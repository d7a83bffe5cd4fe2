#include "tls/staple.hpp"

#include "tls/parts.hpp"

namespace sluice::tls {

namespace {

/// The staple of the certificate that was chosen for this connection.
const Staple* staple_for(SSL* connection) {
    const Parts* parts = parts_of(connection);
    if (!parts || parts->staples.empty()) return nullptr;
    const auto found = std::ranges::find(parts->certificates, SSL_get_certificate(connection));
    if (found == parts->certificates.end()) return nullptr;
    return parts->staples[static_cast<std::size_t>(found - parts->certificates.begin())].get();
}

int for_status(SSL* connection, void*) {
    const Staple* staple = staple_for(connection);
    const auto answer = staple ? staple->get() : nullptr;
    if (!answer) return SSL_TLSEXT_ERR_NOACK;
    void* copy = OPENSSL_memdup(answer->data(), answer->size());  // OpenSSL frees it
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(connection, copy, static_cast<long>(answer->size()));
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void use_staples(SSL_CTX* context) {
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, reinterpret_cast<void (*)()>(for_status));
}

}  // namespace sluice::tls
