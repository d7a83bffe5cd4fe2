// Bytes both ways between a client and a peer after an upgrade (RFC 9110 7.8).
#pragma once

#include <cstdint>
#include <span>

#include "net/stream.hpp"
#include "net/task.hpp"

namespace sluice::proxy {

/// An idle direction holds no buffer. An end of stream on one side is passed on as one; the tunnel ends when both
/// directions have, when one fails, or when neither has moved for `idle`.
class Tunnel final : net::Waiter {
  public:
    Tunnel(net::Loop& loop, net::Stream& client, net::Stream& peer, core::Duration idle)
        : loop_(loop), client_(client), peer_(peer), idle_(idle), moved_(loop.now()) {}

    /// `from_client`, `from_peer`: bytes that came with the heads.
    net::Task<void> run(std::span<char> from_client, std::span<char> from_peer);

    std::uint64_t to_peer() const { return to_peer_; }
    std::uint64_t to_client() const { return to_client_; }

  private:
    net::Task<void> pump(net::Stream& from, net::Stream& to, std::span<char> first, std::uint64_t& count, bool& done);
    net::Task<bool> wait_for_input(net::Stream& from);
    net::Task<bool> pass_on(net::Stream& to, std::span<char> bytes, std::uint64_t& count);
    void end();
    void watch();

    // Waiter: a connection broke, or is to be broken off, while nobody read from it.
    bool attempt() override { return true; }
    void fail(net::IoError) override {}
    void finish() override;

    net::Loop& loop_;
    net::Stream& client_;
    net::Stream& peer_;
    core::Duration idle_;
    core::Instant moved_;  // the last byte in either direction
    std::uint64_t to_peer_ = 0, to_client_ = 0;
    bool client_done_ = false, peer_done_ = false;  // has sent its end
    bool over_ = false;
};

}  // namespace sluice::proxy
