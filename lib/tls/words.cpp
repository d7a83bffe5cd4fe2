#include "tls/words.hpp"

#include <openssl/objects.h>

namespace sluice::tls::words {

namespace {

constexpr char digits[] = "0123456789abcdef";

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string out;
    out.reserve(size * 2);
    for (std::size_t i = 0; i < size; ++i) (out += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
    return out;
}

std::string_view text(const char* words) { return words ? words : ""; }

/// "0x1a2b"
std::string number(unsigned value) {
    const unsigned char bytes[] = {static_cast<unsigned char>(value >> 8), static_cast<unsigned char>(value)};
    return "0x" + hex(bytes, sizeof bytes);
}

std::string group_name(int nid) {
    if (nid == NID_undef) return {};
    if (nid & TLSEXT_nid_unknown) return number(static_cast<unsigned>(nid) & 0xffff);
    return std::string(text(OBJ_nid2sn(nid)));
}

}  // namespace

std::string_view protocol(const SSL* connection) { return text(SSL_get_version(connection)); }

std::string_view cipher(const SSL* connection) { return text(SSL_get_cipher_name(connection)); }

std::string ciphers(SSL* connection) {
    const unsigned char* bytes = nullptr;
    const std::size_t each = SSL_get0_raw_cipherlist(connection, nullptr);
    const std::size_t size = SSL_get0_raw_cipherlist(connection, &bytes);
    std::string out;
    for (std::size_t at = 0; each != 0 && at + each <= size; at += each) {
        if (!out.empty()) out += ':';
        const SSL_CIPHER* known = SSL_CIPHER_find(connection, bytes + at);
        if (known)
            out += SSL_CIPHER_get_name(known);
        else
            out += "0x" + hex(bytes + at, each);
    }
    return out;
}

std::string curve(SSL* connection) { return group_name(static_cast<int>(SSL_get_negotiated_group(connection))); }

std::string curves(SSL* connection) {
    const long count = SSL_get1_groups(connection, nullptr);
    if (count <= 0) return {};
    std::vector<int> groups(static_cast<std::size_t>(count));
    SSL_get1_groups(connection, groups.data());
    std::string out;
    for (const int group : groups) (out += out.empty() ? "" : ":") += group_name(group);
    return out;
}

std::string_view alpn_protocol(const SSL* connection) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::string_view server_name(const SSL* connection) {
    return text(SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name));
}

std::string session_id(const SSL* connection) {
    const SSL_SESSION* session = SSL_get_session(connection);
    if (!session) return {};
    unsigned size = 0;
    const unsigned char* id = SSL_SESSION_get_id(session, &size);
    return hex(id, size);
}

std::string_view session_reused(const SSL* connection) { return SSL_session_reused(connection) == 1 ? "r" : "."; }

std::string_view early_data(const SSL* connection) { return SSL_is_init_finished(connection) ? "" : "1"; }

X509* client_certificate(const SSL* connection) { return SSL_get0_peer_certificate(connection); }

std::string client_verify(const SSL* connection) {
    if (!client_certificate(connection)) return "NONE";
    const long result = SSL_get_verify_result(connection);
    return result == X509_V_OK ? "SUCCESS" : std::string("FAILED:") + X509_verify_cert_error_string(result);
}

bool is_only_unknown_authority(long verify_result) {
    switch (verify_result) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return true;
        default:
            return false;
    }
}

}  // namespace sluice::tls::words
