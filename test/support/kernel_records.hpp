// What a kernel with TLS makes of what is sent over a socket: records of RFC 8446 5.2 and RFC 5288, AES-GCM alone.
#pragma once

#include <linux/tls.h>
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <span>
#include <string>

namespace sluice::test {

class KernelRecords {
  public:
    /// `keys`: a struct tls12_crypto_info_aes_gcm_128 or _256. False: of another kind.
    bool take(std::span<const char> keys) {
        tls_crypto_info info;
        std::memcpy(&info, keys.data(), sizeof info);
        version_ = info.version;
        if (info.cipher_type == TLS_CIPHER_AES_GCM_128) return take<tls12_crypto_info_aes_gcm_128>(keys);
        return info.cipher_type == TLS_CIPHER_AES_GCM_256 && take<tls12_crypto_info_aes_gcm_256>(keys);
    }

    /// The record of up to 16 KiB of content.
    std::string make(unsigned char type, std::string_view content) {
        const bool modern = version_ == TLS_1_3_VERSION;
        std::string plain(content);
        if (modern) plain += static_cast<char>(type);
        const std::size_t size = plain.size() + 16 + (modern ? 0 : 8);
        const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xff); };
        std::string head{static_cast<char>(modern ? 23 : type), 3, 3, byte(size >> 8), byte(size)};
        std::array<unsigned char, 12> nonce;
        std::memcpy(nonce.data(), salt_.data(), 4);
        std::memcpy(nonce.data() + 4, iv_.data(), 8);
        std::string known = head;
        if (modern) {
            for (int i = 0; i < 8; ++i) nonce[4 + i] ^= sequence_[i];
        } else {
            known.assign(reinterpret_cast<const char*>(sequence_.data()), 8);
            known += {static_cast<char>(type), 3, 3, byte(plain.size() >> 8), byte(plain.size())};
            head.append(reinterpret_cast<const char*>(iv_.data()), 8);
            increment(iv_);
        }
        increment(sequence_);
        return head + seal(nonce, known, plain);
    }

  private:
    using Eight = std::array<unsigned char, 8>;

    template <class Keys>
    bool take(std::span<const char> bytes) {
        Keys keys;
        if (bytes.size() != sizeof keys) return false;
        std::memcpy(&keys, bytes.data(), sizeof keys);
        key_.assign(reinterpret_cast<const char*>(keys.key), sizeof keys.key);
        std::memcpy(salt_.data(), keys.salt, salt_.size());
        std::memcpy(iv_.data(), keys.iv, iv_.size());
        std::memcpy(sequence_.data(), keys.rec_seq, sequence_.size());
        return true;
    }

    static void increment(Eight& number) {
        for (int i = 7; i >= 0 && ++number[i] == 0;) --i;
    }

    std::string seal(const std::array<unsigned char, 12>& nonce, const std::string& known, const std::string& plain) const {
        const auto bytes = [](const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); };
        EVP_CIPHER_CTX* const sealing = EVP_CIPHER_CTX_new();
        std::string out(plain.size() + 16, '\0');
        auto* const room = reinterpret_cast<unsigned char*>(out.data());
        int n = 0;
        EVP_EncryptInit_ex(sealing, key_.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), nullptr, bytes(key_), nonce.data());
        EVP_EncryptUpdate(sealing, nullptr, &n, bytes(known), static_cast<int>(known.size()));
        EVP_EncryptUpdate(sealing, room, &n, bytes(plain), static_cast<int>(plain.size()));
        EVP_EncryptFinal_ex(sealing, room + n, &n);
        EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, 16, room + plain.size());
        EVP_CIPHER_CTX_free(sealing);
        return out;
    }

    std::string key_;
    std::array<unsigned char, 4> salt_{};
    Eight iv_{}, sequence_{};
    int version_ = 0;
};

}  // namespace sluice::test
