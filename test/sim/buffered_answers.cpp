// Answers that are read ahead of a slow client (proxy_buffering), into memory and onto a disk that is slow or full.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;
using namespace std::chrono_literals;

namespace {
/// More than the client's socket takes at once in the modes with small buffers.
std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += std::to_string(out.size()) + ' ';
    return out.substr(0, size);
}
const std::string large = text(150'000);
Setup with(const std::string& words) {
    return {.buffers = true, .site = "client_max_body_size 0; proxy_buffers 4 4k; proxy_busy_buffers_size 4k; " + words};
}
std::string head(std::size_t length) { return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n"; }

/// The peer says it all, and time passes, before the client takes anything.
std::vector<Step> slow_client(const std::string& answer, const std::string& body) {
    return {
        client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
        peer.gets("GET /a"),
        peer.sends(answer.substr(0, 100'000)),
        proxy.waits(1s),
        peer.sends(answer.substr(100'000)),
        proxy.waits(1s),
        client.gets(200, body),
    };
}

std::string chunked(const std::string& body) {
    std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 50'000) {
        const auto piece = body.substr(at, 50'000);
        char size[16];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        ((out += size) += piece) += "\r\n";
    }
    return out + "0\r\nX-Sum: 12\r\n\r\n";
}
}  // namespace

TEST_CASE("an answer goes through memory and a file") { rerun({.steps = slow_client(head(large.size()) + large, large), .setup = with("")}); }

TEST_CASE("a chunked answer with trailers goes through memory and a file") {
    rerun({.steps = slow_client(chunked(large), large), .setup = with("")});
}

TEST_CASE("a file that is not to grow beyond its limit") {
    rerun({.steps = slow_client(head(large.size()) + large, large), .setup = with("proxy_max_temp_file_size 32k;")});
}

TEST_CASE("no file: the peer waits") {
    rerun({.steps = slow_client(head(large.size()) + large, large), .setup = with("proxy_max_temp_file_size 0;")});
}

TEST_CASE("X-Accel-Buffering: no, the peer waits") {
    rerun({.steps = slow_client("HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nContent-Length: 150000\r\n\r\n" + large, large), .setup = with("")});
}

TEST_CASE("an answer in small pieces that the client takes as they come") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 8\r\n\r\n"),
                   peer.sends("one\n"),
                   client.gets_bytes("one\n"),
                   proxy.waits(30s),
                   peer.sends("two\n"),
                   client.gets(200, "one\ntwo\n"),
               },
           .setup = with("")});
}
