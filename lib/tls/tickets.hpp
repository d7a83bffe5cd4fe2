// Keys of session tickets (RFC 5077 4, RFC 8446 4.6.1): what a client keeps for us, encrypted.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "core/clock.hpp"
#include "tls/complain.hpp"
#include "tls/file.hpp"
#include "tls/openssl.hpp"
#include "tls/passwords.hpp"

namespace sluice::tls {

/// AES-CBC with HMAC-SHA256, in the shapes of nginx's files: 48 bytes are a name, an AES-128 key and a key of 16 bytes
/// for the HMAC; 80 are a name, a key of 32 bytes for the HMAC and an AES-256 key. Wiped when it goes.
struct TicketKey {
    using Name = std::array<unsigned char, 16>;

    Name name{};
    std::array<unsigned char, 32> aes{}, hmac{};
    unsigned size = 32;  // of aes and of hmac, that are in use: 16 or 32 bytes
    core::Instant made{};

    TicketKey() = default;
    TicketKey(const TicketKey&) = default;
    TicketKey& operator=(const TicketKey&) = default;
    ~TicketKey();
};

/// Shared by the contexts of all workers. Any thread: a lock is held while a key of 100 bytes is copied, for longer
/// never.
class TicketKeys {
  public:
    /// Keys of random bytes that nobody ever sees. A new one encrypts each hour; the old one decrypts for as long as a
    /// session that it encrypted last may be taken up.
    static std::shared_ptr<TicketKeys> rotating(const core::Clock& clock);
    /// ssl_session_ticket_key: the first file encrypts, all decrypt. nullptr: said in `complaints`.
    static std::shared_ptr<TicketKeys> from_files(const std::vector<Item>& files, const Opener& open,
                                                  const core::Clock& clock, Complaints& complaints);

    /// Some context keeps sessions for that long. Keys are changed less often then, so that there are never many.
    void keep_for(std::chrono::seconds timeout);

    /// What encrypts now; false: the system gives no random bytes, and there is no key.
    bool current(TicketKey& out);
    struct Found {
        bool known = false;
        bool old = false;  // the client should be given another ticket
    };
    Found find(const unsigned char* name, TicketKey& out);

    /// How many there are.
    std::size_t size() const;

  private:
    explicit TicketKeys(const core::Clock& clock, bool rotates) : clock_(clock), rotates_(rotates) {}

    core::Duration period() const;
    void rotate(core::Instant now);

    const core::Clock& clock_;
    const bool rotates_;
    mutable std::mutex mutex_;
    std::vector<TicketKey> keys_;  // the newest first
    std::chrono::seconds timeout_{300};
};

/// Has tickets of `context` encrypted by the keys of the context that a connection uses in the end (parts_of(), see
/// tls/parts).
void use_ticket_keys(SSL_CTX* context);

}  // namespace sluice::tls
