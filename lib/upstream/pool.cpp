#include "upstream/pool.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::upstream {

using core::Code;
using core::Failure;
using core::result;
using core::Side;
using core::Stage;

void Connection::finish() { pool_->drop(*this); }

/// The last one that was made in the same way: one from another address, or agreed on by other rules of TLS, must not
/// speak for this one.
ConnectionPtr Pool::take_last(std::vector<ConnectionPtr>& idle, const DialOptions& how) {
    for (std::size_t i = idle.size(); i-- > 0;) {
        if (!idle[i]->was_made(how)) continue;
        ConnectionPtr c = std::move(idle[i]);
        for (std::size_t later = i + 1; later < idle.size(); ++later) {
            idle[later - 1] = std::move(idle[later]);
            idle[later - 1]->place_ = later - 1;
        }
        idle.pop_back();
        --count_;
        return c;
    }
    return nullptr;
}

ConnectionPtr Pool::take_idle(const Peer& peer, bool make_sure, const DialOptions& how) {
    auto& idle = shelf(peer);
    while (ConnectionPtr c = take_last(idle, how)) {
        c->stream.forget_reader();
        c->reused = true;
        if ((!make_sure && !c->stream.input_pending()) || c->stream.quiet()) return c;
    }
    return nullptr;
}

void Pool::put_back(const Peer& peer, const KeepRule& rule, ConnectionPtr connection) {
    auto& idle = shelf(peer);
    Connection& c = *connection;
    if (idle.size() >= rule.idle_connections || c.stream.ending()) return;
    if (++c.requests >= rule.requests || loop_.now() - c.made >= rule.time) return;
    c.pool_ = this;
    c.endpoint_ = peer.endpoint;
    c.place_ = idle.size();
    idle.push_back(std::move(connection));
    ++count_;
    c.stream.await_readable(c, rule.idle);
}

void Pool::drop(Connection& connection) {
    auto& idle = idle_[connection.endpoint_];
    // Order matters only for which is used next: fill the gap with the last.
    const auto place = connection.place_;
    ConnectionPtr gone = std::move(idle[place]);
    if (place + 1 != idle.size()) {
        idle[place] = std::move(idle.back());
        idle[place]->place_ = place;
    }
    idle.pop_back();
    --count_;
}

bool Pool::drop_any() {
    for (auto& idle : idle_) {
        if (idle.empty()) continue;
        drop(*idle.front());
        return true;
    }
    return false;
}

void Pool::close_idle() {
    while (drop_any()) {
    }
}

void Connecting::cancel() {
    cancelled_ = true;
    if (stream_) return stream_->cancel_write(Code::cancelled);
    if (sleep_) return sleep_->wake();
}

net::Task<result<ConnectionPtr>> Pool::connect(const Peer& peer, core::Duration timeout, Connecting& connecting, DialOptions how) {
    constexpr core::Duration pause = std::chrono::milliseconds(50);
    const auto give_up = loop_.now() + timeout;
    auto fd = dial_(peer.address, how);
    while (!fd && fd.error().code == Code::no_descriptors && loop_.now() < give_up) {
        if (!drop_any()) {
            net::Sleep sleep(loop_, pause);
            connecting.sleep_ = &sleep;
            co_await sleep;
            connecting.sleep_ = nullptr;
            if (connecting.cancelled_) co_return Failure{Code::cancelled, Side::self, Stage::connect, 0};
        }
        fd = dial_(peer.address, how);
    }
    if (!fd) co_return fd.error();

    auto connection = std::make_unique<Connection>(loop_);
    connection->made = loop_.now();
    connection->from_ = how.from;
    connection->tls_ = how.tls;
    connection->tls_name_ = how.tls_name;
    if (!connection->stream.open(*fd, true)) {
        const int error = errno;
        close(*fd);
        co_return Failure{Code::system, Side::self, Stage::connect, error};
    }
    connecting.stream_ = &connection->stream;
    auto ready = co_await connection->stream.writable(timeout);
    connecting.stream_ = nullptr;
    if (!ready) co_return net::at(ready.error(), Side::peer, Stage::connect);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(*fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) co_return net::at(net::io_error(error), Side::peer, Stage::connect);
    co_return std::move(connection);
}

}  // namespace sluice::upstream
