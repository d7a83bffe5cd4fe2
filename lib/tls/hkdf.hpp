// The key derivation of TLS 1.3 (RFC 8446 7.1): HKDF (RFC 5869) over a hash. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "tls/openssl.hpp"

namespace sluice::tls {

using Bytes = std::span<const unsigned char>;

/// A secret of the key schedule, as long as its hash: 32 or 48 bytes. Wiped when it goes.
class Secret {
  public:
    static constexpr std::size_t most = 48;

    Secret() = default;
    explicit Secret(Bytes bytes);  // of more than `most` bytes the first
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    Bytes bytes() const { return {bytes_.data(), size_}; }
    std::span<unsigned char> room(std::size_t size) { return {bytes_.data(), size_ = size}; }
    bool empty() const { return size_ == 0; }

  private:
    std::array<unsigned char, most> bytes_{};
    std::size_t size_ = 0;
};

/// By one of OpenSSL's names for it ("SHA256", "SHA2-256"). nullptr: none that TLS 1.3 has a cipher for.
const EVP_MD* hash_named(std::string_view name);

// False: OpenSSL has failed, or a length is one that cannot be; `out` is nothing then.

/// As many bytes as the hash has.
bool hkdf_extract(const EVP_MD* hash, Bytes salt, Bytes input, std::span<unsigned char> out);
/// HKDF-Expand-Label. `prefix` is "tls13 ".
bool hkdf_expand_label(const EVP_MD* hash, Bytes secret, std::string_view prefix, std::string_view label, Bytes context, std::span<unsigned char> out);
inline bool hkdf_expand_label(const EVP_MD* hash, Bytes secret, std::string_view label, std::span<unsigned char> out) {
    return hkdf_expand_label(hash, secret, "tls13 ", label, {}, out);
}

}  // namespace sluice::tls
