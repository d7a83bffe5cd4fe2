#include "proxy/tunnel.hpp"

namespace sluice::proxy {

using net::Task;

Task<void> Tunnel::run(std::span<char> from_client, std::span<char> from_peer) {
    net::Child up;
    watch();
    up.start(pump(client_, peer_, from_client, to_peer_, client_done_));
    co_await pump(peer_, client_, from_peer, to_client_, peer_done_);
    co_await up.join();
    client_.on_break(nullptr);
    peer_.on_break(nullptr);
}

void Tunnel::watch() {
    client_.on_break(this);
    peer_.on_break(this);
}

void Tunnel::finish() {
    // Two ends of stream look like a break as well: what is still on its way from there must not be lost for that.
    const bool broken = (client_done_ && client_.broken()) || (peer_done_ && peer_.broken());
    if (!broken && !client_.is_aborted()) return watch();
    // Whoever waits goes on at once and ends the other direction, and this tunnel: nothing may follow.
    for (net::Stream* s : {&client_, &peer_}) {
        if (s->has_reader()) return s->cancel_read(core::Code::cancelled);
        if (s->has_writer()) return s->cancel_write(core::Code::cancelled);
    }
}

/// Something broke: whatever the other direction waits for will not come.
void Tunnel::end() {
    over_ = true;
    for (net::Stream* s : {&client_, &peer_}) {
        s->cancel_read(core::Code::cancelled);
        s->cancel_write(core::Code::cancelled);
    }
}

/// False: the tunnel is over.
Task<bool> Tunnel::wait_for_input(net::Stream& from) {
    for (;;) {
        auto ready = co_await from.readable(idle_ - (loop_.now() - moved_));
        if (over_) co_return false;
        if (ready) co_return true;
        const bool quiet_enough = loop_.now() - moved_ >= idle_;
        if (ready.error().code != core::Code::timed_out || quiet_enough) co_return false;
    }
}

Task<bool> Tunnel::pass_on(net::Stream& to, std::span<char> bytes, std::uint64_t& count) {
    if (bytes.empty()) co_return true;
    iovec parts[1] = {net::part(std::span<const char>(bytes))};
    auto n = co_await to.write(parts, idle_);
    if (!n || over_) co_return false;
    count += *n;
    moved_ = loop_.now();
    co_return true;
}

Task<void> Tunnel::pump(net::Stream& from, net::Stream& to, std::span<char> first, std::uint64_t& count, bool& done) {
    bool well = co_await pass_on(to, first, count);
    while (well && co_await wait_for_input(from)) {
        auto buffer = loop_.buffers().lend_large();
        auto n = from.read_now(buffer.span());
        if (!n && net::Stream::would_block(n.error())) continue;
        if (n && *n == 0) {
            done = true;
            to.shutdown_send();
            if (from.broken()) break;  // nothing can be delivered there either
            co_return;
        }
        well = n && co_await pass_on(to, buffer.span().first(*n), count);
    }
    if (!over_) end();
}

}  // namespace sluice::proxy
