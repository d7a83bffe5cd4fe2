// The record protocol of TLS 1.3 (RFC 8446 5) on a connection whose handshake is over: no input or output of its own.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>

#include "tls/key_schedule.hpp"

namespace sluice::tls {

/// How one side's records are protected: the key and nonce of RFC 8446 7.3, and the number of the next one. Made, used and
/// destroyed on one thread; wiped when it goes.
class Protection {
  public:
    enum class Way : std::uint8_t { seals, opens };
    /// Bytes of a record that are not its content, and those that may be it (RFC 8446 5.1, 5.2).
    static constexpr std::size_t header = 5, tag = 16, added = header + 1 + tag;
    static constexpr std::size_t most_content = 16384, most_ciphertext = most_content + 256;

    /// The cipher is one of 0x1301 to 0x1303 (RFC 8446 B.4). False from good(): OpenSSL has failed.
    Protection(Way way, unsigned cipher_id, const Secret& secret, std::uint64_t next);
    ~Protection();
    Protection(const Protection&) = delete;
    Protection& operator=(const Protection&) = delete;
    bool good() const { return good_; }
    std::uint64_t next() const { return next_; }

    /// The next keys (RFC 8446 7.2). False: OpenSSL has failed.
    bool update();

    /// `content` and its type as a record, to `out`, which has room for `added` bytes more than `content` has. False: OpenSSL
    /// has failed.
    bool seal(unsigned char type, std::span<const iovec> content, std::size_t size, char* out);
    /// What `sealed` (a header and what it announces) hides, with type and padding, to `out`, which has room for all of it
    /// and may be where it is. False: it is not from whom we have agreed with.
    bool open(std::span<const char> sealed, char* out);

  private:
    bool derive();
    EVP_CIPHER_CTX* state();

    Way way_;
    bool good_ = false;
    unsigned char key_size_ = 0;
    const EVP_CIPHER* cipher_;
    const EVP_MD* hash_;
    std::uint64_t next_;  // number of the next record
    std::uint64_t id_ = 0;  // of this key, in all of the process
    Secret secret_;
    std::array<unsigned char, 32> key_{};
    std::array<unsigned char, 12> iv_{};
};

/// How many records have gone by in a stream of bytes.
class RecordCounter {
  public:
    void add(std::span<const char> bytes);
    std::uint64_t count() const { return count_; }
    /// The last one is whole.
    bool is_between() const { return head_size_ == 0 && left_ == 0; }

  private:
    std::uint64_t count_ = 0;
    std::size_t left_ = 0, head_size_ = 0;
    std::array<unsigned char, Protection::header> head_{};
};

/// Both directions.
class Records {
  public:
    enum class Kind : std::uint8_t {
        partial,  // more must come
        data,     // `content`, which may be empty
        message,  // one of TLS's own, which has been dealt with
        end,      // close_notify
        failed,   // see alert and reason
    };
    struct Opened {
        Kind kind{};
        std::size_t used = 0;  // bytes of the input
        std::span<const char> content{};
        unsigned char alert = 0;  // to be sent: SSL_AD_...; 0: none
        int reason = 0;           // OpenSSL's: SSL_R_...
    };

    /// Of the server. `sent`: records that have been sent with its traffic secret. nullptr: another cipher, or OpenSSL fails.
    static std::unique_ptr<Records> take_over(const SSL_CIPHER* cipher, const TrafficSecrets& secrets, std::uint64_t sent);
    /// The same for a cipher that Protection takes.
    Records(unsigned cipher_id, const TrafficSecrets& secrets, std::uint64_t sent);

    /// The record at the front of `in`, which is overwritten. Content comes in `room` if it has room for all of the record,
    /// else in `in`.
    Opened open(std::span<char> in, std::span<char> room);
    /// Whether `in` begins with a whole record, or with something that open() refuses.
    static bool is_whole(std::span<const char> in);

    /// Records of data to `out`: a change of keys before it, if one is due. Bytes made; 0: OpenSSL has failed.
    std::size_t seal(std::span<const iovec> content, std::size_t size, char* out);
    /// What seal() adds at most.
    static constexpr std::size_t most_added = 2 * Protection::added + 5;
    std::size_t seal_alert(unsigned char level, unsigned char description, std::span<char, Protection::added + 2> out);

  private:
    Opened read_inner(std::span<const char> inner, std::size_t used);
    Opened read_alert(std::span<const char> content, std::size_t used);
    Opened read_handshake(std::span<const char> content, std::size_t used);

    Protection in_, out_;
    bool owes_update_ = false;  // RFC 8446 4.6.3: before the next data
    unsigned char started_ = 0;  // bytes of a message of which the rest has not come
    std::uint16_t empty_ = 0, messages_ = 0;  // records without data, in a row and while nothing was sent either
    std::array<char, 5> message_{};
};

}  // namespace sluice::tls
