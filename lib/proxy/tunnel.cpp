#include "proxy/tunnel.hpp"

namespace sluice::proxy {

using net::Task;

Task<void> Tunnel::run(std::span<char> from_client, std::span<char> from_peer) {
    net::Child up;
    up.start(pump(client_, peer_, from_client, to_peer_));
    co_await pump(peer_, client_, from_peer, to_client_);
    co_await up.join();
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

Task<void> Tunnel::pump(net::Stream& from, net::Stream& to, std::span<char> first, std::uint64_t& count) {
    bool well = co_await pass_on(to, first, count);
    while (well && co_await wait_for_input(from)) {
        auto buffer = loop_.buffers().lend_large();
        auto n = from.read_now(buffer.span());
        if (!n && net::Stream::would_block(n.error())) continue;
        if (n && *n == 0) {
            to.shutdown_send();
            co_return;
        }
        well = n && co_await pass_on(to, buffer.span().first(*n), count);
    }
    if (!over_) end();
}

}  // namespace sluice::proxy
