// A peer fails, another answers.
#include "support/catch.hpp"
#include "support/run.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

namespace {
const Setup four_peers{.peers = 4, .site = ""};
}

TEST_CASE("the peer closes without an answer, the next one answers") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.closes(),
                   second_peer.gets("GET /a"),
                   second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                   client.gets(200, "hello"),
               },
           .setup = four_peers});
}

TEST_CASE("the peer breaks off in its head, the next one answers") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Le"),
                   peer.closes(),
                   second_peer.gets("GET /a"),
                   second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                   client.gets(200, "hello"),
               },
           .setup = four_peers});
}

TEST_CASE("PUT is sent again with its whole body") {
    rerun({.steps =
               {
                   client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel"),
                   peer.gets_head("PUT /a"),
                   client.sends("lo"),
                   peer.closes(),
                   second_peer.gets_head("PUT /a"),
                   client.sends("world"),
                   second_peer.gets("PUT /a", "helloworld"),
                   second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
               },
           .setup = four_peers});
}

TEST_CASE("POST is not sent again: the client hears of it") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello"),
                   peer.gets_head("POST /a"),
                   peer.closes(),
                   client.gets(502, any_body),
               },
           .idempotent = false});
}

TEST_CASE("the body is cut short: so is the answer") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
                   peer.closes(),
                   client.gets_end(),
               },
           .fails = true});
}

TEST_CASE("proxy_next_upstream: an answer that is not the client's, another peer's is") {
    for (const std::string status : {"500 Internal Server Error", "503 Service Unavailable", "404 Not Found"})
        rerun({.steps =
                   {
                       client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                       peer.gets("GET /a"),
                       peer.sends("HTTP/1.1 " + status + "\r\nContent-Length: 3\r\n\r\nbad"),
                       second_peer.gets("GET /a"),
                       second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                       client.gets(200, "hello"),
                   },
               .setup = {.peers = 4, .site = "client_max_body_size 0; proxy_next_upstream error timeout http_500 http_503 http_404;"}});
}

TEST_CASE("proxy_next_upstream: an answer that never ends is left at its head") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
                   second_peer.gets("GET /a"),
                   second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                   client.gets(200, "hello"),
               },
           .setup = {.peers = 4, .site = "client_max_body_size 0; proxy_next_upstream error timeout http_502;"}});
}

TEST_CASE("proxy_next_upstream: POST is not sent again for an answer, either") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
                   peer.gets("POST /a", "hello"),
                   peer.sends("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nbad"),
                   client.gets(500, "bad"),
               },
           .idempotent = false,
           .setup = {.peers = 4, .site = "client_max_body_size 0; proxy_next_upstream error timeout http_500;"}});
}

TEST_CASE("proxy_next_upstream: a malformed answer only with invalid_header") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
                   second_peer.gets("GET /a"),
                   second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                   client.gets(200, "hello"),
               },
           .setup = {.peers = 4, .site = "client_max_body_size 0; proxy_next_upstream error timeout invalid_header;"}});
}

namespace {

/// As it stands: what the last peer says is the client's, and a script in which more goes wrong has another end.
void play(const Script& script) {
    Run run(script);
    while (!run.is_over() && run.is_well()) run.play_next(true);
    INFO(run.transcript());
    CHECK(run.wrong().empty());
}

std::string refusing(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("proxy_next_upstream: the last answer is the client's, whatever it says and however the first peer failed") {
    for (const std::string status : {"503 Service Unavailable", "502 Bad Gateway", "500 Internal Server Error", "404 Not Found", "403 Forbidden", "429 Too Many Requests", "504 Gateway Time-out"}) {
        const std::vector<std::vector<Step>> failures{
            {peer.sends(refusing(status, "bad"))},
            {peer.sends("HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")},
            {peer.sends("HTTP/1.1 503 Service Unavail"), peer.closes()},
            {peer.closes()},
        };
        for (const std::size_t peers : {2, 4}) {
            for (const auto& failure : failures) {
                Script script{.steps = {client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"), peer.gets("PUT /a", "hello")},
                              .setup = {.peers = peers,
                                        .site = "client_max_body_size 0; proxy_next_upstream_tries 2; proxy_next_upstream error timeout http_403 http_404 http_429 "
                                                "http_500 http_502 http_503 http_504;"}};
                for (const auto& step : failure) script.steps.push_back(step);
                script.steps.push_back(second_peer.gets("PUT /a", "hello"));
                script.steps.push_back(second_peer.sends(refusing(status, "worse")));
                script.steps.push_back(client.gets(std::stoi(status), "worse"));
                play(script);
            }
        }
    }
}

TEST_CASE("proxy_next_upstream: the last peer fails without an answer after another has refused") {
    play({.steps = {client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"), peer.gets("GET /a"), peer.sends(refusing("503 Service Unavailable", "bad")),
                    second_peer.gets("GET /a"), second_peer.closes(), client.gets(502, any_body)},
          .setup = {.peers = 2, .site = "client_max_body_size 0; proxy_next_upstream error timeout http_503;"}});
}
