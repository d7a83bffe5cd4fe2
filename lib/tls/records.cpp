#include "tls/records.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace sluice::tls {

namespace {

constexpr unsigned char type_data = SSL3_RT_APPLICATION_DATA, type_alert = SSL3_RT_ALERT, type_handshake = SSL3_RT_HANDSHAKE;
/// In a row, and while nothing was sent: of empty records as OpenSSL has it; and of messages, of which it takes any number.
constexpr unsigned most_empty = 32, most_messages = 1024;
/// Of AES-GCM under one key 2^24.5 may be sent (RFC 8446 5.5).
constexpr std::uint64_t most_under_one_key = std::uint64_t{1} << 24;

/// Prepared keys of one thread, which take 1 KB each: those in use, not one for each connection. Who finds another's in its
/// place prepares its own anew (0.2 µs).
class Prepared {
  public:
    /// nullptr: OpenSSL has failed.
    EVP_CIPHER_CTX* of(std::uint64_t id, const EVP_CIPHER* cipher, const unsigned char* key, bool seals) {
        auto& place = places_[id % places];
        if (place.id == id) return place.state.get();
        if (!place.state) place.state.reset(EVP_CIPHER_CTX_new());
        place.id = 0;
        if (!place.state || EVP_CipherInit_ex(place.state.get(), cipher, nullptr, key, nullptr, seals ? 1 : 0) != 1) return nullptr;
        place.id = id;
        return place.state.get();
    }
    void forget(std::uint64_t id) {
        auto& place = places_[id % places];
        if (place.id != id) return;
        EVP_CIPHER_CTX_reset(place.state.get());
        place.id = 0;
    }

  private:
    static constexpr std::size_t places = 256;
    struct Place {
        std::uint64_t id = 0;
        Owned<EVP_CIPHER_CTX> state;
    };
    std::array<Place, places> places_;
};

Prepared& prepared() {
    thread_local Prepared all;
    return all;
}

std::uint64_t new_id() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

struct Suite {
    unsigned id;  // as on the wire
    const char *cipher, *hash;
    unsigned char key_size;
};

constexpr Suite suites[] = {{0x1301, "AES-128-GCM", "SHA256", 16}, {0x1302, "AES-256-GCM", "SHA384", 32}, {0x1303, "ChaCha20-Poly1305", "SHA256", 32}};

const Suite* suite_of(unsigned cipher_id) {
    const auto* const found = std::ranges::find(suites, cipher_id, &Suite::id);
    return found == std::end(suites) ? nullptr : found;
}

const EVP_CIPHER* cipher_of(const Suite& suite) {
    static const EVP_CIPHER* const all[] = {EVP_CIPHER_fetch(nullptr, suites[0].cipher, nullptr), EVP_CIPHER_fetch(nullptr, suites[1].cipher, nullptr),
                                            EVP_CIPHER_fetch(nullptr, suites[2].cipher, nullptr)};
    return all[&suite - suites];
}

unsigned char* bytes(char* at) { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* bytes(const char* at) { return reinterpret_cast<const unsigned char*>(at); }

/// The record's number in the last eight bytes of the nonce (RFC 8446 5.3).
std::array<unsigned char, 12> nonce_of(std::array<unsigned char, 12> iv, std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i) iv[11 - i] ^= static_cast<unsigned char>(number >> (8 * i));
    return iv;
}

std::size_t announced(std::span<const char> in) { return static_cast<std::size_t>(bytes(in.data())[3]) << 8 | bytes(in.data())[4]; }

Records::Opened refuse(unsigned char alert, int reason) { return {Records::Kind::failed, 0, {}, alert, reason}; }

}  // namespace

Protection::Protection(Way way, unsigned cipher_id, const Secret& secret, std::uint64_t next) : way_(way), next_(next), secret_(secret) {
    const auto& suite = *suite_of(cipher_id);
    key_size_ = suite.key_size;
    cipher_ = cipher_of(suite);
    hash_ = hash_named(suite.hash);
    good_ = cipher_ && hash_ && derive();
}

Protection::~Protection() {
    prepared().forget(id_);
    OPENSSL_cleanse(key_.data(), key_.size());
    OPENSSL_cleanse(iv_.data(), iv_.size());
}

bool Protection::derive() {
    prepared().forget(id_);
    id_ = new_id();
    return hkdf_expand_label(hash_, secret_.bytes(), "key", std::span(key_).first(key_size_)) && hkdf_expand_label(hash_, secret_.bytes(), "iv", iv_);
}

bool Protection::update() {
    Secret later;
    if (!hkdf_expand_label(hash_, secret_.bytes(), "traffic upd", later.room(secret_.bytes().size()))) return false;
    secret_ = later;
    next_ = 0;
    return derive();
}

EVP_CIPHER_CTX* Protection::state() { return prepared().of(id_, cipher_, key_.data(), way_ == Way::seals); }

bool Protection::seal(unsigned char type, std::span<const iovec> content, std::size_t size, char* out) {
    const auto length = size + 1 + tag;
    const unsigned char head[header] = {type_data, 3, 3, static_cast<unsigned char>(length >> 8), static_cast<unsigned char>(length)};
    std::memcpy(out, head, header);
    char* const body = out + header;
    auto* const cipher = state();
    const auto nonce = nonce_of(iv_, next_++);
    int n = 0;
    if (!cipher || EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data()) != 1 || EVP_EncryptUpdate(cipher, nullptr, &n, head, header) != 1) return false;
    if (content.size() == 1 && size > 1024) {
        // From where it lies: a copy would cost a tenth of the encryption.
        if (EVP_EncryptUpdate(cipher, bytes(body), &n, static_cast<const unsigned char*>(content.front().iov_base), static_cast<int>(size)) != 1 ||
            EVP_EncryptUpdate(cipher, bytes(body) + size, &n, &type, 1) != 1)
            return false;
    } else {
        std::size_t at = 0;
        for (const auto& part : content) {
            std::memcpy(body + at, part.iov_base, part.iov_len);
            at += part.iov_len;
        }
        body[size] = static_cast<char>(type);
        if (EVP_EncryptUpdate(cipher, bytes(body), &n, bytes(body), static_cast<int>(size + 1)) != 1) return false;
    }
    return EVP_EncryptFinal_ex(cipher, bytes(body), &n) == 1 && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag, body + size + 1) == 1;
}

bool Protection::open(std::span<const char> sealed, char* out) {
    auto* const cipher = state();
    const auto nonce = nonce_of(iv_, next_++);
    const auto size = sealed.size() - header - tag;
    unsigned char expected[tag];
    std::memcpy(expected, sealed.data() + header + size, tag);
    int n = 0;
    return cipher && EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data()) == 1 && EVP_DecryptUpdate(cipher, nullptr, &n, bytes(sealed.data()), header) == 1 &&
           EVP_DecryptUpdate(cipher, bytes(out), &n, bytes(sealed.data()) + header, static_cast<int>(size)) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, tag, expected) == 1 && EVP_DecryptFinal_ex(cipher, bytes(out), &n) == 1;
}

void RecordCounter::add(std::span<const char> bytes) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto n = std::min(left_, bytes.size());
            left_ -= n;
            bytes = bytes.subspan(n);
            continue;
        }
        head_[head_size_++] = static_cast<unsigned char>(bytes.front());
        bytes = bytes.subspan(1);
        if (head_size_ < head_.size()) continue;
        head_size_ = 0;
        left_ = std::size_t{head_[3]} << 8 | head_[4];
        ++count_;
    }
}

std::unique_ptr<Records> Records::take_over(const SSL_CIPHER* cipher, const TrafficSecrets& secrets, std::uint64_t sent) {
    const auto id = SSL_CIPHER_get_protocol_id(cipher);
    if (!suite_of(id)) return nullptr;
    auto out = std::make_unique<Records>(id, secrets, sent);
    return out->in_.good() && out->out_.good() ? std::move(out) : nullptr;
}

Records::Records(unsigned cipher_id, const TrafficSecrets& secrets, std::uint64_t sent)
    : in_(Protection::Way::opens, cipher_id, secrets.client, 0), out_(Protection::Way::seals, cipher_id, secrets.server, sent) {}

bool Records::is_whole(std::span<const char> in) {
    if (!in.empty() && bytes(in.data())[0] != type_data) return true;
    if (in.size() < Protection::header) return false;
    const auto length = announced(in);
    return length > Protection::most_ciphertext || in.size() >= Protection::header + length;
}

Records::Opened Records::open(std::span<char> in, std::span<char> room) {
    if (!is_whole(in)) return {};
    // After the handshake nothing comes in the open, change_cipher_spec neither (RFC 8446 5).
    if (bytes(in.data())[0] != type_data) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_BAD_RECORD_TYPE);
    const auto length = announced(in);
    if (length > Protection::most_ciphertext) return refuse(SSL_AD_RECORD_OVERFLOW, SSL_R_ENCRYPTED_LENGTH_TOO_LONG);
    if (length <= Protection::tag) return refuse(SSL_AD_BAD_RECORD_MAC, SSL_R_LENGTH_TOO_SHORT);
    const auto used = Protection::header + length;
    const auto size = length - Protection::tag;
    char* const out = size <= room.size() ? room.data() : in.data() + Protection::header;
    if (!in_.open(in.first(used), out)) return refuse(SSL_AD_BAD_RECORD_MAC, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    return read_inner({out, size}, used);
}

Records::Opened Records::read_inner(std::span<const char> inner, std::size_t used) {
    if (inner.size() > Protection::most_content + 1) return refuse(SSL_AD_RECORD_OVERFLOW, SSL_R_DATA_LENGTH_TOO_LONG);
    while (!inner.empty() && inner.back() == 0) inner = inner.first(inner.size() - 1);  // padding
    if (inner.empty()) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_BAD_RECORD_TYPE);
    const auto type = static_cast<unsigned char>(inner.back());
    const auto content = inner.first(inner.size() - 1);
    if (started_ > 0 && type != type_handshake) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_UNEXPECTED_RECORD);
    if (type == type_data && !content.empty()) {
        empty_ = messages_ = 0;
        return {Kind::data, used, content};
    }
    if (type == type_data && ++empty_ <= most_empty) return {Kind::data, used, content};
    if (type == type_data || ++messages_ > most_messages) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_RECORD_TOO_SMALL);
    if (type == type_alert) return read_alert(content, used);
    if (type == type_handshake) return read_handshake(content, used);
    return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_UNEXPECTED_RECORD);
}

Records::Opened Records::read_alert(std::span<const char> content, std::size_t used) {
    if (content.size() != 2) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_INVALID_ALERT);
    const auto description = static_cast<unsigned char>(content[1]);
    if (description == SSL_AD_CLOSE_NOTIFY) return {Kind::end, used};
    if (description == SSL_AD_USER_CANCELLED) return {Kind::message, used};
    return refuse(0, SSL_AD_REASON_OFFSET + description);
}

/// Nothing but changes of keys is left for a client to say (RFC 8446 4.6): no certificate has been asked for, and there
/// are no new negotiations.
Records::Opened Records::read_handshake(std::span<const char> content, std::size_t used) {
    static constexpr char begin[] = {SSL3_MT_KEY_UPDATE, 0, 0, 1};
    const auto rest = std::min(content.size(), message_.size() - started_);
    std::copy_n(content.begin(), rest, message_.begin() + started_);
    started_ = static_cast<unsigned char>(started_ + rest);
    if (content.empty() || message_[0] != begin[0]) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_UNEXPECTED_MESSAGE);
    if (!std::equal(begin, begin + std::min<std::size_t>(started_, 4), message_.begin())) return refuse(SSL_AD_DECODE_ERROR, SSL_R_LENGTH_MISMATCH);
    if (rest < content.size()) return refuse(SSL_AD_UNEXPECTED_MESSAGE, SSL_R_NOT_ON_RECORD_BOUNDARY);
    if (started_ < message_.size()) return {Kind::message, used};
    started_ = 0;
    if (message_[4] != SSL_KEY_UPDATE_NOT_REQUESTED && message_[4] != SSL_KEY_UPDATE_REQUESTED) return refuse(SSL_AD_ILLEGAL_PARAMETER, SSL_R_BAD_KEY_UPDATE);
    owes_update_ = owes_update_ || message_[4] == SSL_KEY_UPDATE_REQUESTED;
    if (!in_.update()) return refuse(SSL_AD_INTERNAL_ERROR, ERR_R_INTERNAL_ERROR);
    return {Kind::message, used};
}

std::size_t Records::seal(std::span<const iovec> content, std::size_t size, char* out) {
    std::size_t done = 0;
    empty_ = messages_ = 0;
    if (owes_update_ || out_.next() >= most_under_one_key) {
        char update[] = {SSL3_MT_KEY_UPDATE, 0, 0, 1, SSL_KEY_UPDATE_NOT_REQUESTED};
        const iovec message{update, sizeof update};
        if (!out_.seal(type_handshake, {&message, 1}, sizeof update, out) || !out_.update()) return 0;
        done = Protection::added + sizeof update;
        owes_update_ = false;
    }
    if (!out_.seal(type_data, content, size, out + done)) return 0;
    return done + Protection::added + size;
}

std::size_t Records::seal_alert(unsigned char level, unsigned char description, std::span<char, Protection::added + 2> out) {
    char alert[] = {static_cast<char>(level), static_cast<char>(description)};
    const iovec message{alert, sizeof alert};
    return out_.seal(type_alert, {&message, 1}, sizeof alert, out.data()) ? out.size() : 0;
}

}  // namespace sluice::tls
