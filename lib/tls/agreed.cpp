#include "tls/agreed.hpp"

#include <algorithm>

namespace sluice::tls {

namespace {

bool is_pss_only(const X509* certificate) {
    const EVP_PKEY* const key = certificate ? X509_get0_pubkey(certificate) : nullptr;
    return key && EVP_PKEY_is_a(key, "RSA-PSS");
}

std::string_view view(const unsigned char* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

}  // namespace

Agreed::Agreed(SSL* connection) : protocol(SSL_get_version(connection)), cipher(SSL_get_current_cipher(connection)) {
    if (SSL_get_session(connection)) group = static_cast<int>(SSL_get_negotiated_group(connection));
    const unsigned char* bytes = nullptr;
    if (const auto size = SSL_get0_raw_cipherlist(connection, &bytes); size > 0) offered_ciphers = view(bytes, size);
    if (const long count = SSL_get1_groups(connection, nullptr); count > 0) {
        offered_groups.resize(static_cast<std::size_t>(count));
        SSL_get1_groups(connection, offered_groups.data());
    }
    if (const char* const name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name)) server_name = name;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection, &bytes, &size);
    alpn_protocol = view(bytes, size);
    finish(connection);
    session_reused = SSL_session_reused(connection) == 1;
    verify_result = SSL_get_verify_result(connection);
    if (X509* const shown = SSL_get0_peer_certificate(connection)) client = share(shown);
    if (SSL_get_signature_type_nid(connection, &ours.type) == 1) {
        SSL_get_signature_nid(connection, &ours.hash);
        ours.pss_only = ours.type == EVP_PKEY_RSA_PSS && is_pss_only(SSL_get_certificate(connection));
    }
    if (SSL_get_peer_signature_type_nid(connection, &clients.type) == 1) {
        SSL_get_peer_signature_nid(connection, &clients.hash);
        clients.pss_only = clients.type == EVP_PKEY_RSA_PSS && is_pss_only(client.get());
    }
}

void Agreed::finish(const SSL* connection) {
    early = !SSL_is_init_finished(connection);
    const SSL_SESSION* const session = SSL_get_session(connection);
    if (!session) return;
    const unsigned char* const id = SSL_SESSION_get_id(session, &session_id_size);
    std::copy_n(id, session_id_size, session_id.begin());
}

}  // namespace sluice::tls
