// A client's connection: waits, reads a request, has it served, waits again.
#pragma once

#include <boost/intrusive/list.hpp>

#include "exchange/proxy_header.hpp"
#include "server/http1.hpp"
#include "server/listen_table.hpp"

namespace sluice::server {

class Worker;

/// While nothing is under way it is no more than this object: no coroutine, no buffer. Owned by its worker, on that
/// worker's thread.
class Client final : net::Waiter, public boost::intrusive::list_base_hook<> {
  public:
    Client(Worker& worker, const net::Address& address, const ListenAddress& local, std::uint64_t number);

    /// Takes over the socket and waits for the first request. False: it could not be watched.
    bool open(int fd);

    /// Ends a parked connection unless a request has come meanwhile. The client is gone afterwards if true.
    bool close_if_quiet();
    const ListenAddress& local() const { return local_; }
    /// Whether a request under that configuration is under way.
    bool is_served_by(const route::Snapshot& snapshot) const { return served_by_ == &snapshot; }
    /// In the middle of a handshake: it has sent no request.
    bool is_shaking_hands() const { return shakes_hands_; }
    /// Breaks off whatever is under way.
    void abort();

    /// It may still be sending, or the kernel: linger() must come before the end.
    bool must_linger() const { return (must_linger_ || (!drained_ && stream_.may_be_held_back())) && !aborted_; }
    /// Says that no more will come, waits for the same from the client or for the kernel, retires.
    net::Detached linger();

  private:
    net::Task<void> forget_rest();
    net::Task<void> drain_kernel();
    void park(core::Duration within);
    bool attempt() override { return true; }
    void fail(net::IoError error) override;
    void finish() override;

    /// What a connection is waiting for.
    enum class Phase : std::uint8_t { fresh, handshake, requests };
    net::Detached serve();
    /// False: the connection is to be closed.
    net::Task<bool> begin(Input& in);
    bool awaits_proxy_header() const;
    bool begins_with_request() const;
    net::Task<bool> read_proxy_header(Input& in);
    /// Before any request: `why` while reading the PROXY header, while SSL handshaking.
    void tell(exchange::Level level, std::string_view why, std::string_view doing);
    /// False: there is no TLS to be had with it. True: there is, or plain HTTP, to which the answer says so.
    net::Task<bool> begin_tls(Input& in);
    void tell_no_tls(const net::IoError& error);
    void tell_no_status(const net::IoError& error, const tls::OcspResponder& responder);
    class Chooser;
    bool certify(SSL* ssl, const route::Site& site, proxy::Configured& conf);
    net::Task<bool> check_status(core::Instant deadline);
    net::Task<std::optional<tls::OcspAnswer::Status>> find_status(std::shared_ptr<const tls::OcspQuestion> question,
                                                                  core::Instant deadline, bool& alive);
    /// One request. True: the connection can take another.
    net::Task<bool> serve_one(Input& in);
    net::Task<bool> serve_exchange(Input& in, proxy::Serving& q, std::size_t head_size);
    /// The head's size; 0: there is no request (closed, timed out), or a bad one that has been answered.
    net::Task<std::size_t> read_head(Input& in, proxy::Serving& q);
    /// Of a head that the parser has taken: `failed`, if it is refused all the same.
    http::HeadOutcome judge_size(proxy::Serving& q, std::string_view head);
    void end_without_request(Input& in, proxy::Serving& q, bool timed_out);
    net::Task<void> refuse(Input& in, proxy::Serving& q, int status, const char* why);
    void settle(const proxy::Serving& q, const Http1Requester& requester);
    void record(proxy::Serving& q);

    Worker& worker_;
    net::Stream stream_;
    net::Address address_;
    const ListenAddress& local_;
    core::Instant accepted_;
    core::Duration keep_alive_{};  // as the last request's route has it
    std::uint32_t linger_ms_ = 0, linger_pause_ms_ = 0;  // lingering_time and _timeout, of the last request's route
    std::uint32_t send_ms_ = 60'000;                     // send_timeout of it
    std::uint64_t number_;
    const route::Snapshot* served_by_ = nullptr;
    std::unique_ptr<const exchange::ProxyHeader> proxy_header_;  // if the listener wants one
    std::shared_ptr<const tls::ServerContexts> tls_;             // of the site that the handshake chose
    std::uint32_t requests_ = 0;
    Phase phase_ = Phase::fresh;
    bool parked_ = false, gone_ = false, aborted_ = false, must_linger_ = false, lingers_ = true, shakes_hands_ = false, drained_ = false;
};

}  // namespace sluice::server
