// A request in the light of a conf, without a socket: what most of these measure something of.
#pragma once

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "exchange/silent_requester.hpp"
#include "http/framing.hpp"
#include "http/target.hpp"
#include "route/decide.hpp"

namespace sluice::micro {

/// `http` is what stands in the block of that name.
inline std::shared_ptr<const route::Snapshot> compiled(const std::string& http) {
    config::Conf conf = config::parse(config::MemoryFiles({{"conf", "events {}\nhttp {\n" + http + "}\n"}}), "conf");
    config::check(conf);
    auto snapshot = compile::compile(std::move(conf));
    if (!snapshot->conf.ok()) throw std::runtime_error(config::render(snapshot->conf.diagnostics, snapshot->conf.sources));
    return snapshot;
}

/// 8 fields, 400 bytes: a browser asking for something below a page.
inline std::string browser_request(const std::string& target, const std::string& host) {
    return "GET " + target + " HTTP/1.1\r\nHost: " + host +
           "\r\n"
           "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0\r\n"
           "Accept: text/css,*/*;q=0.1\r\n"
           "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
           "Accept-Encoding: gzip, deflate, br\r\n"
           "Referer: https://www.example.com/articles/2024/06/index.html\r\n"
           "Cookie: session=6f9b1c2e0a7d4e55; theme=dark\r\n"
           "Connection: keep-alive\r\n\r\n";
}

/// Exchanges whose heads have been read, and what a worker lends them.
class Asking {
  public:
    explicit Asking(std::shared_ptr<const route::Snapshot> conf) : snapshot(std::move(conf)) {}

    exchange::Exchange& add(std::string head) {
        const std::string& text = heads_.emplace_back(std::move(head));
        exchange::Exchange& x = exchanges.emplace_back();
        x.client = &client_;
        x.local = &local_;
        x.requester = &requester_;
        if (http::parse_request_head(text, 0, {}, x.head).state != http::HeadState::complete)
            throw std::runtime_error("no head: " + text);
        x.framing = http::frame_request(x.head);
        x.target = http::parse_target(x.head);
        return x;
    }
    const route::Listening& listening() const { return snapshot->listening.front(); }

    std::shared_ptr<const route::Snapshot> snapshot;
    std::deque<exchange::Exchange> exchanges;
    core::BufferPool buffers;
    http::DateCache dates;
    core::ManualClock clock;
    core::Rng rng{1};
    route::Tools tools{buffers, dates, clock, rng, {}};

  private:
    std::deque<std::string> heads_;
    net::Address local_ = *net::Address::parse("127.0.0.1", 80), client_ = *net::Address::parse("127.0.0.1", 4000);
    exchange::SilentRequester requester_;
};

}  // namespace sluice::micro
