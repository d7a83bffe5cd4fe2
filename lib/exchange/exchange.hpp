// One request and its response, whatever protocol the client speaks.
#pragma once

#include <span>

#include "core/failure.hpp"
#include "exchange/record.hpp"
#include "http/framing.hpp"
#include "http/target.hpp"
#include "net/address.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"
#include "tls/server_contexts.hpp"

namespace sluice::exchange {

/// The head of the answer to a client. `fields` holds only end-to-end fields, without Content-Length and the like.
struct Answer {
    int status = 0;
    std::string_view reason;  // phrase; "" takes the usual one
    http::Fields* fields = nullptr;
    http::BodyKind kind = http::BodyKind::none;  // how long the body is: none, length, or chunked (length not known)
    std::uint64_t length = 0;                    // with `none`: what Content-Length says to a HEAD, if has_length
    bool has_length = false;
    bool has_server = false, has_date = false;  // among the fields: ours are not added
    bool file_follows = false;  // as the next part of the body
    bool trails = false;        // fields of add_trailer follow the body, if the protocol has room for them
};

/// Part of a file as part of an answer's body.
struct FilePart {
    int descriptor = -1;
    std::uint64_t offset = 0, size = 0;
    bool direct = false;          // by sendfile(2), where the connection can
    std::uint64_t max_chunk = 0;  // bytes of it in one turn; 0: any
};

/// The client's side of an exchange: the body it sends, the answer it takes. HTTP/1 implements it in server/http1.
class Requester {
  public:
    /// Body bytes that came with the head: a view that stays until the exchange ends; a failure if they are malformed or
    /// too many. Once.
    virtual core::result<std::span<char>> buffered_body() = 0;
    /// More body into `room`: where it lies in `room`; empty at the end.
    virtual net::Task<core::result<std::span<char>>> read_body(std::span<char> room) = 0;
    /// All of the body, with its trailers, has been read.
    virtual bool body_done() const = 0;
    /// Ends a read_body() that waits, with Code::cancelled. The rest of the body is nobody's.
    virtual void cancel_read() = 0;
    virtual const http::Fields& trailers() const = 0;

    /// 100 Continue, if the client waits for one and has sent nothing yet.
    virtual net::Task<core::result<void>> send_continue() = 0;
    /// Another 1xx; dropped where the client could not take it.
    virtual net::Task<core::result<void>> send_interim(int status, std::string_view reason, const http::Fields& fields) = 0;
    /// The head and the first bytes of the body, which is complete with them if `last`.
    virtual net::Task<core::result<void>> send_head(const Answer& answer, std::span<const char> body, bool last) = 0;
    virtual net::Task<core::result<void>> send_body(std::span<const char> body, bool last, const http::Fields* trailers) = 0;
    /// The same with bytes that come from a file. Code::end_of_stream of ourselves: the file has become shorter.
    virtual net::Task<core::result<void>> send_file(const FilePart& part, bool last) = 0;
    /// While send_head() or send_body() waits for the client: those of `bytes`, which it was given, that it still needs.
    virtual std::span<const char> unsent(std::span<const char> bytes) const = 0;
    /// Has it take them from a copy at `to`.
    virtual void move_unsent(std::span<const char> unsent, const char* to) = 0;
    /// The answer cannot be completed: the client must not take it for whole.
    virtual void cut() = 0;

    /// The client's stream, for a tunnel, after the 101 has been sent. What the client has sent already comes out of
    /// buffered_tunnel().
    virtual net::Stream* tunnel() = 0;
    virtual std::span<char> buffered_tunnel() = 0;

    /// Of the connection, when the listener's is any address.
    virtual net::Address local_address() const = 0;

    /// Tells `waiter` (by finish()) if the client's connection breaks while nobody reads from it.
    virtual void on_break(net::Waiter* waiter) = 0;
    /// We have given the client up ourselves, at the end of the process or of its conf.
    virtual bool is_aborted() const { return false; }

  protected:
    ~Requester() = default;
};

/// Lives in the frame of the coroutine that serves it. Views look into the client's head buffer.
struct Exchange {
    http::RequestHead head;
    http::Target target;
    http::Framing framing;
    Record record;
    const net::Address* client = nullptr;     // whose request it is: the other end of the connection, or who that speaks for
    const net::Address* connected = nullptr;  // the other end of the connection, if that is not `client`
    const net::Address* local = nullptr;   // the listener's address
    Requester* requester = nullptr;
    const tls::Engine* tls = nullptr;                    // of the client's connection; nullptr: none, or nobody is there
    const tls::ServerContexts* tls_contexts = nullptr;   // of the site that its handshake was made with
    bool secure = false;       // the request came over TLS
    bool answered = false;     // bytes of the answer have been sent
    bool expects_continue = false;
    bool body_is_taken = false;  // by an attempt: its length is no longer a reason to refuse the request
};

}  // namespace sluice::exchange
