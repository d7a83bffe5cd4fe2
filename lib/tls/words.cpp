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

std::string_view protocol(const Agreed& agreed) { return agreed.protocol; }

std::string_view cipher(const Agreed& agreed) { return text(SSL_CIPHER_get_name(agreed.cipher)); }

std::string ciphers(const Agreed& agreed) {
    // OpenSSL asks for a connection, and looks at nothing but that it is one of TLS.
    static const Owned<SSL_CTX> context(SSL_CTX_new(TLS_method()));
    static const Owned<SSL> any(context ? SSL_new(context.get()) : nullptr);
    const auto& offered = agreed.offered_ciphers;
    std::string out;
    for (std::size_t at = 0; at + 2 <= offered.size(); at += 2) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(offered.data()) + at;
        if (!out.empty()) out += ':';
        const SSL_CIPHER* known = any ? SSL_CIPHER_find(any.get(), bytes) : nullptr;
        if (known)
            out += SSL_CIPHER_get_name(known);
        else
            out += "0x" + hex(bytes, 2);
    }
    return out;
}

std::string curve(const Agreed& agreed) { return group_name(agreed.group); }

std::string curves(const Agreed& agreed) {
    std::string out;
    for (const int group : agreed.offered_groups) (out += out.empty() ? "" : ":") += group_name(group);
    return out;
}

std::string_view alpn_protocol(const Agreed& agreed) { return agreed.alpn_protocol; }

std::string_view server_name(const Agreed& agreed) { return agreed.server_name; }

std::string session_id(const Agreed& agreed) { return hex(agreed.session_id.data(), agreed.session_id_size); }

std::string_view session_reused(const Agreed& agreed) { return agreed.session_reused ? "r" : "."; }

std::string_view early_data(const Agreed& agreed) { return agreed.early ? "1" : ""; }

std::string client_verify(const Agreed& agreed) {
    if (!agreed.client) return "NONE";
    return agreed.verify_result == X509_V_OK ? "SUCCESS" : std::string("FAILED:") + X509_verify_cert_error_string(agreed.verify_result);
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
