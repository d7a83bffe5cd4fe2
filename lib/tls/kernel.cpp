#include "tls/kernel.hpp"

#include <linux/tls.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace sluice::tls {

bool kernel_has_tls() {
    static const bool has = [] {
        std::ifstream list("/proc/sys/net/ipv4/tcp_available_ulp");
        using Word = std::istream_iterator<std::string>;
        return std::find(Word(list), Word(), "tls") != Word();
    }();
    return has;
}

std::span<const char> kernel_keys(const void* keys) {
    tls_crypto_info info;
    std::memcpy(&info, keys, sizeof info);
    const auto whole = [&](std::size_t size) { return std::span(static_cast<const char*>(keys), size); };
    switch (info.cipher_type) {
        case TLS_CIPHER_AES_GCM_128:
            return whole(sizeof(tls12_crypto_info_aes_gcm_128));
        case TLS_CIPHER_AES_GCM_256:
            return whole(sizeof(tls12_crypto_info_aes_gcm_256));
        case TLS_CIPHER_AES_CCM_128:
            return whole(sizeof(tls12_crypto_info_aes_ccm_128));
        case TLS_CIPHER_CHACHA20_POLY1305:
            return whole(sizeof(tls12_crypto_info_chacha20_poly1305));
        default:
            return {};
    }
}

}  // namespace sluice::tls
