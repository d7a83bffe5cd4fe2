#include "tls/hkdf.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::tls {

namespace {

constexpr std::size_t largest_block = 128, largest_hash = 64;

bool feed(EVP_MD_CTX* state, Bytes bytes) { return bytes.empty() || EVP_DigestUpdate(state, bytes.data(), bytes.size()) == 1; }

/// HMAC (RFC 2104). OpenSSL's own takes four times as long to be set up as to run over what is hashed here; a state that
/// is used again for the same hash costs nothing.
class Hmac {
  public:
    Hmac(const EVP_MD* hash, Bytes key) : hash_(hash), size_(static_cast<std::size_t>(EVP_MD_get_size(hash))), block_(static_cast<std::size_t>(EVP_MD_get_block_size(hash))) {
        if (key.size() <= block_) {
            std::memcpy(key_, key.data(), key.size());
            return;
        }
        good_ = begin() && feed(state(), key) && finish(key_);
    }
    ~Hmac() {
        OPENSSL_cleanse(key_, sizeof key_);
        begin();  // or the state keeps what it has made last
    }
    Hmac(const Hmac&) = delete;
    Hmac& operator=(const Hmac&) = delete;

    /// `out` has room for a hash.
    bool of(Bytes message, unsigned char* out) {
        return good_ && begin() && pad(0x36) && feed(state(), message) && finish(out) && begin() && pad(0x5c) && feed(state(), {out, size_}) && finish(out);
    }

  private:
    static EVP_MD_CTX* state() {
        thread_local const Owned<EVP_MD_CTX> one(EVP_MD_CTX_new());
        return one.get();
    }
    bool begin() { return state() && EVP_DigestInit_ex2(state(), hash_, nullptr) == 1; }
    bool finish(unsigned char* out) { return EVP_DigestFinal_ex(state(), out, nullptr) == 1; }
    bool pad(unsigned char with) {
        unsigned char block[largest_block];
        std::transform(key_, key_ + block_, block, [with](unsigned char byte) { return static_cast<unsigned char>(byte ^ with); });
        const bool good = feed(state(), {block, block_});
        OPENSSL_cleanse(block, sizeof block);
        return good;
    }

    const EVP_MD* hash_;
    std::size_t size_, block_;
    unsigned char key_[largest_block] = {};
    bool good_ = true;
};

}  // namespace

Secret::Secret(Bytes bytes) : size_(std::min(bytes.size(), most)) { std::copy_n(bytes.begin(), size_, bytes_.begin()); }

const EVP_MD* hash_named(std::string_view name) {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
    if (name == "SHA2-256" || name == "SHA256" || name == "SHA-256") return sha256;
    if (name == "SHA2-384" || name == "SHA384" || name == "SHA-384") return sha384;
    return nullptr;
}

bool hkdf_extract(const EVP_MD* hash, Bytes salt, Bytes input, std::span<unsigned char> out) {
    if (out.size() != static_cast<std::size_t>(EVP_MD_get_size(hash))) return false;
    return Hmac(hash, salt).of(input, out.data());
}

bool hkdf_expand_label(const EVP_MD* hash, Bytes secret, std::string_view prefix, std::string_view label, Bytes context, std::span<unsigned char> out) {
    const auto size = static_cast<std::size_t>(EVP_MD_get_size(hash));
    const auto label_size = prefix.size() + label.size();
    if (label_size > 255 || context.size() > 255 || out.size() > 255 * size) return false;
    // The block before, what RFC 8446 calls HkdfLabel, and the block's number.
    unsigned char message[largest_hash + 2 + 1 + 255 + 1 + 255 + 1];
    unsigned char* const info = message + size;
    unsigned char* end = info;
    const auto add = [&end](const auto& bytes) { end = std::copy(bytes.begin(), bytes.end(), end); };
    *end++ = static_cast<unsigned char>(out.size() >> 8);
    *end++ = static_cast<unsigned char>(out.size());
    *end++ = static_cast<unsigned char>(label_size);
    add(prefix);
    add(label);
    *end++ = static_cast<unsigned char>(context.size());
    add(context);
    unsigned char& number = *end++ = 1;
    Hmac hmac(hash, secret);
    const unsigned char* begin = info;
    bool good = true;
    for (std::size_t done = 0; good && done < out.size(); ++number) {
        unsigned char block[largest_hash];
        good = hmac.of({begin, end}, block);
        const auto n = std::min(size, out.size() - done);
        std::memcpy(out.data() + done, block, n);
        std::memcpy(message, block, size);
        OPENSSL_cleanse(block, size);
        begin = message;
        done += n;
    }
    OPENSSL_cleanse(message, size);
    return good;
}

}  // namespace sluice::tls
