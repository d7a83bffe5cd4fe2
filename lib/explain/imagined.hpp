// A client that nobody sees: its request is decided upon, and never answered.
#pragma once

#include "exchange/exchange.hpp"

namespace sluice::explain {

class ImaginedClient final : public exchange::Requester {
  public:
    explicit ImaginedClient(const net::Address& local) : local_(local) {}

    core::result<std::span<char>> buffered_body() override { return std::span<char>{}; }
    net::Task<core::result<std::span<char>>> read_body(std::span<char>) override { co_return std::span<char>{}; }
    bool body_done() const override { return true; }
    void cancel_read() override {}
    const http::Fields& trailers() const override { return none_; }
    net::Task<core::result<void>> send_continue() override { co_return core::result<void>{}; }
    net::Task<core::result<void>> send_interim(int, std::string_view, const http::Fields&) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_head(const exchange::Answer&, std::span<const char>, bool) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_body(std::span<const char>, bool, const http::Fields*) override {
        co_return core::result<void>{};
    }
    net::Task<core::result<void>> send_file(const exchange::FilePart&, bool) override { co_return core::result<void>{}; }
    void cut() override {}
    net::Stream* tunnel() override { return nullptr; }
    std::span<char> buffered_tunnel() override { return {}; }
    net::Address local_address() const override { return local_; }
    void on_break(net::Waiter*) override {}

  private:
    net::Address local_;
    http::Fields none_;
};

}  // namespace sluice::explain
