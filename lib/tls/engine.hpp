// One TLS connection over bytes that come and go elsewhere. Never blocks; opens no socket.
#pragma once

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "tls/agreed.hpp"
#include "tls/records.hpp"

namespace sluice::tls {

/// The bytes below: a socket, or a test.
class Transport {
  public:
    /// Bytes read; 0: the other side sends no more; -1: errno, EAGAIN if there are none now.
    virtual ssize_t receive(std::span<char> room) = 0;
    /// Bytes taken; -1: errno. `more`: others follow at once.
    virtual ssize_t send(std::span<const char> bytes, bool more) = 0;
    /// Makes the records of all that is sent from now on, with these keys (kernel_keys()). False: it does not.
    virtual bool encrypt(std::span<const char> keys) = 0;
    /// While it makes the records: as send(), data in several parts.
    virtual ssize_t send_parts(std::span<const iovec> parts) = 0;
    /// While it makes the records: as send(), one of another type.
    virtual ssize_t send_record(unsigned char type, std::span<const char> content) = 0;
    /// receive() would find nothing.
    virtual bool is_dry() const = 0;

  protected:
    ~Transport() = default;
};

/// Asked once per connection, in the middle of the client's first message.
class SiteChooser {
  public:
    /// The context that serves this name ("": the client named none), of the same worker. nullptr: the handshake is
    /// refused, the name is not known here.
    virtual SSL_CTX* choose(std::string_view server_name) = 0;
    /// Where names of certificates have variables, once the client's first message has been read: gives the connection
    /// its own. False: there is none to be had, and the handshake fails.
    virtual bool certify(SSL*) { return true; }

  protected:
    ~SiteChooser() = default;
};

/// Where sessions with a peer go: with TLS 1.3 they come when the handshake is long over. Must outlive its engines.
class SessionKeeper {
  public:
    /// Takes over the session.
    virtual void keep(SSL_SESSION* session) = 0;

  protected:
    ~SessionKeeper() = default;
};

enum class Outcome : std::uint8_t {
    done,
    want_read,   // again when there is something to receive
    want_write,  // again when there is room to send
    end,         // the other side has said that it is done (close_notify)
    cut,         // it has closed without saying so: what came may be not all
    broken,      // the transport failed, see Step::os_error
    failed,      // not TLS, or a TLS that cannot be: see problem()
};

struct Step {
    Outcome outcome{};
    std::size_t size = 0;
    int os_error = 0;
};

/// OpenSSL shakes hands. Then, of a server and with TLS 1.3, it is let go: the records of the data are made here, and an
/// idle connection has no more than their keys. Other connections keep it, and it makes their records.
class Engine {
  public:
    static constexpr std::size_t most_ahead = 65536;

    struct Setup {
        SSL_CTX* context = nullptr;
        bool server = true;
        SiteChooser* chooser = nullptr;   // of a server; used until the handshake is done
        SessionKeeper* keeper = nullptr;  // of a client; nullptr: sessions are not kept
        SSL_SESSION* session = nullptr;   // to take up again
        const char* server_name = nullptr;  // of a client: what is asked for (RFC 6066 3)
        std::uint32_t largest_record = 16384;  // where no site has been chosen
        bool early_data = false;  // of a server: some context may take it
    };

    /// False from ok(): out of memory.
    Engine(const Setup& setup, Transport& transport);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    bool ok() const { return ssl_ || records_; }

    /// Bytes that were received before: `most_ahead` at most.
    void begin_with(std::span<const char> bytes) { ahead_.assign(bytes.data(), bytes.size()); }
    /// done: both sides agree, or a request has come early. At most one signature is made in one call.
    Step handshake();
    /// The next handshake() may sign, decrypt with the key of a certificate, or verify certificates.
    bool next_takes_long() const;
    bool is_established() const { return established_; }

    /// done: `size` bytes, as many as have come and fit.
    Step read(std::span<char> room);
    /// Nothing more will be read.
    bool is_over() const { return last_.outcome != Outcome::done; }
    /// Whether read() may find something without receiving anything.
    bool has_input() const;
    /// want_read, and nothing else, if the other side has sent nothing (or nothing but messages of TLS's own).
    Step peek();

    /// done: `size` bytes, all of `parts` unless has_unsent(); want_write: `size` bytes of them, come again with the rest,
    /// unchanged. The first records after a pause are small ones: the other side can begin with what one round trip brings.
    /// Several records leave in one send.
    Step write(std::span<const iovec> parts, core::Instant now, bool ends);
    /// Records have been made that the transport has not taken: write() must come again, if with nothing more.
    bool has_unsent() const { return !unsent_.empty(); }
    /// The transport makes the records: data may go out without write().
    bool is_encrypted_below() const { return encrypts_below_; }
    /// Nothing good comes of this connection any more; what has come may still be read.
    bool has_failed() const { return failed_; }
    /// Says that no more will come. As far as there is room; nobody waits for it.
    void close_notify();

    /// nullptr: it has been let go.
    SSL* ssl() const { return ssl_.get(); }
    /// Of a server whose handshake has come as far as the choice of a certificate.
    const Agreed& agreed() const;
    /// It has failed because the other side's certificate is not one that is trusted here.
    bool refused_certificate() const { return refused_certificate_; }
    /// What failed, in OpenSSL's words: "SSL: error:0A00010B:SSL routines::wrong version number".
    const std::string& problem() const { return problem_; }
    /// Of a server: why the client's certificate is not good though it verifies; "": nothing is known against it.
    std::string_view client_doubt() const { return client_doubt_ ? std::string_view(*client_doubt_) : std::string_view(); }
    void doubt_client(std::string why) { client_doubt_ = std::make_unique<const std::string>(std::move(why)); }
    /// The client was refused for the name it asked for.
    bool refused_name() const { return refused_name_; }

  private:
    friend struct Callbacks;
    /// Records that are made before they are sent: as much as one buffer of a relay brings. A slow client has one at a time.
    static constexpr std::size_t most_gathered = 16 * 16384;

    /// Of a server's handshake that may end with the letting go.
    struct Shaking {
        TrafficSecrets secrets;
        RecordCounter sent;  // with the server's traffic secret
    };

    /// Its memory, too.
    static void release(std::string& bytes) { std::string().swap(bytes); }

    Step judge(int code);
    Step end_with(Step step);
    int receive(char* room, int size);
    int receive_ahead();
    std::span<char> ahead() { return std::span(ahead_).subspan(ahead_used_); }
    void use_ahead(std::size_t size);
    int send(const char* bytes, int size);
    int send_record(std::span<const char> content);
    Step write_below(std::span<const iovec> parts, std::size_t total, core::Instant now);
    Step handshake_early();
    Step establish();
    void stop_shaking();
    Step flush();
    Step break_write(int os_error);
    bool send_gathered(bool more);
    Step read_early(std::span<char> room);
    Step take_waiting(std::span<char> room);
    std::size_t record_limit(core::Instant now);
    void add_to_burst(std::size_t sent);
    ssize_t send_from(std::span<const iovec> parts, std::size_t skip);

    bool can_settle(const Shaking& shaking) const;
    void settle();
    Step read_records(std::span<char> room, bool only_one = false);
    Step refuse_record(const Records::Opened& record);
    Step write_records(std::span<const iovec> parts, std::size_t total, core::Instant now, bool ends);
    bool send_made(std::span<const char> records, bool more);
    void send_alert(unsigned char level, unsigned char description);

    Transport& transport_;
    SiteChooser* chooser_;
    SessionKeeper* keeper_;
    Owned<SSL> ssl_;
    std::unique_ptr<Records> records_;
    std::unique_ptr<Shaking> shaking_;
    std::unique_ptr<Agreed> agreed_;
    std::string ahead_;  // received, and not asked for yet
    std::size_t ahead_used_ = 0;
    std::string problem_;
    std::unique_ptr<const std::string> client_doubt_;
    std::string unsent_;  // records, in part or whole
    std::string* gathered_ = nullptr;  // where records go while several are made
    std::string waiting_;  // data that has come and has not been read
    core::Instant last_write_{};
    Step last_{};  // how it has ended, if it has
    std::uint32_t largest_record_;
    std::uint32_t burst_ = 0;    // bytes sent since the last pause
    std::uint32_t pending_ = 0;  // size of a record that has gone out in part
    int os_error_ = 0;
    bool more_ = false, end_ = false, established_ = false, refused_name_ = false, failed_ = false, slow_ = false, takes_early_ = false;
    bool encrypts_below_ = false, refused_certificate_ = false;
    unsigned char record_type_ = 0;  // of what OpenSSL sends next, where records are made below
};

}  // namespace sluice::tls
