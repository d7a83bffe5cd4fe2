// A client that is not there: requests are decided upon and variables read without a connection, and nothing is answered.
#pragma once

#include "exchange/exchange.hpp"

namespace sluice::exchange {

/// A client of whom only the other end of the connection is known.
class SilentRequester final : public Requester {
  public:
    explicit SilentRequester(const net::Address& own = {}) : local(own) {}

    net::Address local;

    core::result<std::span<char>> buffered_body() override { return std::span<char>{}; }
    net::Task<core::result<std::span<char>>> read_body(std::span<char>) override { co_return std::span<char>{}; }
    bool body_done() const override { return true; }
    void cancel_read() override {}
    const http::Fields& trailers() const override { return none_; }
    net::Task<core::result<void>> send_continue() override { co_return core::result<void>{}; }
    net::Task<core::result<void>> send_interim(int, std::string_view, const http::Fields&) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_head(const Answer&, std::span<const char>, bool) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_body(std::span<const char>, bool, const http::Fields*) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_file(const FilePart&, bool) override { co_return core::result<void>{}; }
    std::span<const char> unsent(std::span<const char>) const override { return {}; }
    void move_unsent(std::span<const char>, const char*) override {}
    void cut() override {}
    net::Stream* tunnel() override { return nullptr; }
    std::span<char> buffered_tunnel() override { return {}; }
    net::Address local_address() const override { return local; }
    void on_break(net::Waiter*) override {}

  private:
    http::Fields none_;
};

}  // namespace sluice::exchange
