#include "bench/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstring>

namespace sluice::bench {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t first_buffer = 4096, largest_buffer = 64 * 1024, record_buffer = 16 * 1024;
constexpr unsigned reads_at_once = 16;

using NoDelay = asio::detail::socket_option::boolean<IPPROTO_TCP, TCP_NODELAY>;

asio::generic::stream_protocol::endpoint endpoint_of(const net::Address& address) {
    const auto native = address.native();
    return {native.get(), native.size, address.family() == net::Address::Family::unix_path ? 0 : IPPROTO_TCP};
}

/// An address is verified as one, a name as a name; only a name is asked for.
void set_name(SSL* ssl, const Origin& origin) {
    const std::string& name = origin.sni.empty() ? origin.host : origin.sni;
    if (name.empty()) return;
    if (net::Address::parse(name, 0)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
        return;
    }
    // What the macro SSL_set_tlsext_host_name does, without its old-style cast.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    SSL_set1_host(ssl, name.c_str());
}

}  // namespace

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Connection::Connection(asio::io_context& context, Wiring& wiring, ConnectionOwner& owner, std::size_t origin)
    : context_(context), wiring_(wiring), owner_(owner), origin_(origin), socket_(context) {}

void Connection::prepare() {
    if (state_ == State::closed) connect();
}

void Connection::start(const Job& job) {
    job_ = job;
    done_ = {};
    done_.began = now_ns();
    retried_ = false;
    const auto patience = static_cast<std::int64_t>(wiring_.plan.timeout * 1e9);
    deadline_ = (wiring_.plan.open() ? std::min(job.due, done_.began) : done_.began) + patience;
    switch (state_) {
        case State::idle:
            return send();
        case State::closed:
            return connect();
        case State::closing:
            after_ = After::again;
            break;
        case State::connecting:  // prepared, and not there yet
        case State::shaking:
        case State::busy:
            break;
    }
}

void Connection::check(std::int64_t now) {
    if (!job_ || now < deadline_ || state_ == State::closing) return;
    fail(state_ == State::connecting || state_ == State::shaking ? Trouble::connect_timeout : Trouble::timeout);
}

void Connection::abandon() {
    abandoned_ = true;
    job_.reset();
    close(After::nothing);
}

void Connection::connect() {
    state_ = State::connecting;
    served_ = 0;
    held_ = 0;
    connect_began_ = now_ns();
    ++under_way_;
    socket_.async_connect(endpoint_of(wiring_.plan.addresses[origin_]), [this](error_code error) {
        if (returned()) on_connected(error);
    });
}

void Connection::on_connected(error_code error) {
    if (error) return fail(Trouble::connect, error);
    if (wiring_.plan.addresses[origin_].family() != net::Address::Family::unix_path)
        socket_.set_option(NoDelay(true), error);
    socket_.non_blocking(true, error);
    if (wiring_.plan.origins[origin_].secure)
        shake_hands();
    else
        on_ready();
}

void Connection::shake_hands() {
    state_ = State::shaking;
    tls_ = std::make_unique<asio::ssl::stream<Socket&>>(socket_, wiring_.tls[origin_].context());
    SSL* ssl = tls_->native_handle();
    set_name(ssl, wiring_.plan.origins[origin_]);
    wiring_.tls[origin_].take_up(ssl);
    ++under_way_;
    tls_->async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
        if (!returned()) return;
        if (error) return fail(Trouble::handshake, error);
        if (SSL_session_reused(tls_->native_handle())) ++wiring_.tally.resumed;
        on_ready();
    });
}

void Connection::on_ready() {
    ++wiring_.tally.connections;
    wiring_.connect_times.record(now_ns() - connect_began_);
    state_ = State::idle;
    if (job_)
        send();
    else
        owner_.prepared(*this, true);
}

void Connection::send() {
    state_ = State::busy;
    anything_ = false;
    const Request& wanted = request();
    answer_.emplace(wanted.head_only);
    last_ = wiring_.plan.per_connection != 0 && served_ + 1 >= wiring_.plan.per_connection;
    const std::string& bytes = last_ ? wanted.last_bytes : wanted.bytes;
    wiring_.tally.bytes_out += bytes.size();
    write(bytes.data(), bytes.size());
    if (state_ == State::busy) read();
}

/// What is wrong with writing is found out by reading: the server may have answered before it closed.
void Connection::write(const char* bytes, std::size_t size) {
    if (!tls_) {
        error_code error;
        const std::size_t n = socket_.write_some(asio::const_buffer(bytes, size), error);
        if (n == size || (error && error != asio::error::would_block)) return;
        bytes += n;
        size -= n;
    }
    writing_ = true;
    ++under_way_;
    const auto ended = [this](error_code, std::size_t) {
        writing_ = false;
        returned();
    };
    if (tls_)
        asio::async_write(*tls_, asio::const_buffer(bytes, size), ended);
    else
        asio::async_write(socket_, asio::const_buffer(bytes, size), ended);
}

void Connection::read() {
    if (buffer_.empty()) buffer_.resize(tls_ ? record_buffer : first_buffer);
    if (held_ == buffer_.size()) {
        if (held_ >= largest_buffer) return fail(Trouble::malformed);
        buffer_.resize(held_ * 4);
    }
    ++under_way_;
    const auto ended = [this](error_code error, std::size_t size) {
        if (returned()) on_read(error, size);
    };
    const asio::mutable_buffer room(buffer_.data() + held_, buffer_.size() - held_);
    if (tls_)
        tls_->async_read_some(room, ended);
    else
        socket_.async_read_some(room, ended);
}

void Connection::on_read(error_code error, std::size_t size) {
    wiring_.tally.bytes_in += size;
    if (error) return on_end(error);
    anything_ = true;
    const bool was_full = held_ + size == buffer_.size();
    if (!take(buffer_.data(), held_ + size)) return;
    // A long body passes through memory that all connections share, as long as there is more to read at once; then
    // others have their turn.
    for (unsigned turn = 0; turn < reads_at_once && was_full && held_ == 0 && !tls_; ++turn) {
        const std::size_t n = socket_.read_some(asio::buffer(wiring_.large), error);
        if (error == asio::error::would_block) break;
        if (error) return on_end(error);
        wiring_.tally.bytes_in += n;
        if (!take(wiring_.large.data(), n)) return;
        if (n < wiring_.large.size()) break;
    }
    read();
}

bool Connection::take(const char* bytes, std::size_t size) {
    for (;;) {
        const auto taken = answer_->take(bytes, size);
        bytes += taken.bytes;
        size -= taken.bytes;
        if (taken.state == Answer::State::interim) {
            answer_.emplace(request().head_only);
            if (size > 0) continue;
        }
        if (taken.state == Answer::State::malformed) {
            fail(Trouble::malformed);
            return false;
        }
        if (taken.state == Answer::State::done) {
            held_ = size;
            complete();
            return false;
        }
        break;
    }
    if (size > largest_buffer) {
        fail(Trouble::malformed);
        return false;
    }
    if (size > buffer_.size()) buffer_.resize(size);
    if (size > 0) std::memmove(buffer_.data(), bytes, size);
    held_ = size;
    return true;
}

/// A TLS stream that ends without close_notify may have been cut by anyone: that is no end of an answer.
void Connection::on_end(error_code error) {
    const bool in_order = error == asio::error::eof;
    if (in_order && answer_->end()) return complete();
    const bool stale = served_ > 0 && !anything_ && request().repeatable && !retried_;
    if (stale) {
        retried_ = true;
        ++wiring_.tally.retried;
        return close(After::again);
    }
    const bool closed = in_order || error == asio::ssl::error::stream_truncated;
    fail(!closed ? Trouble::reset : anything_ ? Trouble::short_body : Trouble::closed, error);
}

void Connection::complete() {
    done_.ended = now_ns();
    done_.status = answer_->status();
    wiring_.tally.body_bytes += answer_->body_bytes();
    ++served_;
    // What comes behind the answer belongs to no request: not a connection to go on with.
    if (last_ || writing_ || held_ > 0 || done_.status == 101 || !answer_->keeps_connection())
        return close(After::tell);
    state_ = State::idle;
    tell();
}

void Connection::fail(Trouble trouble, error_code why) {
    std::string& words = wiring_.words[static_cast<std::size_t>(trouble)];
    if (why && words.empty()) words = why.message();
    done_.ended = now_ns();
    done_.trouble = trouble;
    close(After::tell);
}

void Connection::close(After after) {
    state_ = State::closing;
    after_ = after;
    error_code ignored;
    socket_.close(ignored);
    if (under_way_ == 0) settle();
}

bool Connection::returned() {
    --under_way_;
    if (state_ != State::closing) return true;
    if (under_way_ == 0) settle();
    return false;
}

void Connection::settle() {
    // A session whose connection was not shut down would not be taken up again.
    if (tls_) SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    tls_.reset();
    held_ = 0;
    state_ = State::closed;
    if (abandoned_) return;
    if (after_ == After::again) return connect();
    if (after_ == After::tell) tell();
}

void Connection::tell() {
    if (!job_) return owner_.prepared(*this, false);
    const Job job = *job_;
    job_.reset();
    owner_.done(*this, job, done_);
}

}  // namespace sluice::bench
