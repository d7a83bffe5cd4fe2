// The client's side of a conf: how large a head may be, how long anybody waits, how fast an answer goes, how a connection
// ends. test/against_nginx asks nginx the same.
#include <sys/socket.h>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

std::string conf(const std::string& server, const std::string& http = "") {
    return http + "\nserver { listen @LISTEN@; server_name a; " + server + " }";
}

std::string with_field(std::size_t size) { return "GET / HTTP/1.1\nHost: a\nX: " + std::string(size, 'x') + "\n"; }

}  // namespace

TEST_CASE("large_client_header_buffers: 414 for the request line, 400 for fields, and the error page of 494") {
    const ConfServer server(conf(R"(
        client_header_buffer_size 100; large_client_header_buffers 2 200;
        error_page 414 /long; error_page 494 /large;
        location = /long { return 200 "long"; }
        location = /large { return 200 "large $request_uri"; }
        location / { return 200 "served"; })"));
    CHECK(server.get("/").body == "served");
    const auto long_line = server.get("/" + std::string(300, 'x'));
    CHECK(long_line.status == 414);
    CHECK(long_line.body == "long");
    CHECK(server.get("/" + std::string(150, 'x')).body == "served");
    const auto large = server.ask(with_field(300));
    CHECK(large.status == 400);
    CHECK(large.body == "large /");
    CHECK(large["Connection"] == "close");
    std::string many = "GET / HTTP/1.1\nHost: a\n";
    for (int i = 0; i < 4; ++i) many += "X: " + std::string(150, 'x') + "\n";
    CHECK(server.ask(many).status == 400);
    const auto line = server.wait_for_error("client sent too long header line while reading client request headers");
    CHECK(line.find("limit: large_client_header_buffers in ") != line.npos);
    CHECK(line.find("test.conf:") != line.npos);
    server.wait_for_error("client sent too long URI while reading client request line");
}

TEST_CASE("a head too large without an error page has nginx's page, and larger buffers take larger heads") {
    const ConfServer server(R"(
        server { listen @LISTEN@ default_server; server_name a; return 200 small; }
        server { listen @LISTEN@; server_name b; large_client_header_buffers 4 100k; return 200 large; })");
    const auto refused = server.ask("GET / HTTP/1.1\nHost: a\nX: " + std::string(9000, 'x') + "\n");
    CHECK(refused.status == 400);
    CHECK(refused.body.find("<center>Request Header Or Cookie Too Large</center>") != std::string::npos);
    CHECK(refused.body.find("reason: request_head_too_large") != std::string::npos);
    CHECK(server.ask("GET / HTTP/1.1\nHost: b\nX: " + std::string(90'000, 'x') + "\n").body == "large");
    CHECK(server.ask("GET / HTTP/1.1\nHost: b\nX: " + std::string(110'000, 'x') + "\n").status == 400);
}

TEST_CASE("max_headers") {
    const ConfServer server(conf("max_headers 4; return 200 ok;"));
    CHECK(server.ask("GET / HTTP/1.1\nHost: a\nA: 1\nB: 2\n").status == 200);
    CHECK(server.ask("GET / HTTP/1.1\nHost: a\nA: 1\nB: 2\nC: 3\n").status == 400);
    CHECK(server.wait_for_error("client sent too many header lines").find("limit: max_headers in ") != std::string::npos);
}

TEST_CASE("client_header_timeout ends the connection without an answer, and is logged with 408") {
    const ConfServer server(conf("client_header_timeout 100ms; access_log @ROOT@/access.log; return 200 ok;"));
    Socket client = server.connect();
    client.send("GET / HTTP/1.1\r\nHo");
    CHECK(client.ends());
    const auto line = server.wait_for_error("client timed out (110: Connection timed out) while reading client request headers");
    CHECK(line.find("limit: client_header_timeout in ") != line.npos);
    CHECK(wait_for_line_in(server.folder() / "access.log", "\"GET / HTTP/1.1\" 408 0") != "");
}

TEST_CASE("reset_timedout_connection resets what ran out of time, and what return 444 ends") {
    const ConfServer server(conf("client_header_timeout 100ms; reset_timedout_connection on; location / { return 444; }"));
    for (const std::string bytes : {"GET / HTTP/1.1\r\nHo", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        Socket client = server.connect();
        client.send(bytes);
        char byte;
        CHECK(recv(client.fd(), &byte, 1, 0) == -1);
        CHECK(errno == ECONNRESET);
    }
}

TEST_CASE("keepalive_disable: old Internet Explorers after a POST, Safari on Macs if it says so") {
    const std::string msie = "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)\n";
    const std::string safari = "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10) AppleWebKit (KHTML, like Gecko) Version/13 Safari/605\n";
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name a; return 200 ok; }
        server { listen @LISTEN@; server_name s; keepalive_disable safari; return 200 ok; }
        server { listen @LISTEN@; server_name n; keepalive_disable none; return 200 ok; })");
    const auto kept = [&](const std::string& head) {
        Socket client = server.connect();
        std::string lines = head + "\n";
        for (std::size_t at = 0; (at = lines.find('\n', at)) != lines.npos; at += 2) lines.replace(at, 1, "\r\n");
        client.send(lines);
        return read_response(client)["Connection"];
    };
    CHECK(kept("GET / HTTP/1.1\nHost: a\n" + msie) == "keep-alive");
    CHECK(kept("POST / HTTP/1.1\nHost: a\nContent-Length: 0\n" + msie) == "close");
    CHECK(kept("POST / HTTP/1.1\nHost: n\nContent-Length: 0\n" + msie) == "keep-alive");
    CHECK(kept("GET / HTTP/1.1\nHost: a\n" + safari) == "keep-alive");
    CHECK(kept("GET / HTTP/1.1\nHost: s\n" + safari) == "close");
    CHECK(kept("POST / HTTP/1.1\nHost: s\nContent-Length: 0\n" + msie) == "keep-alive");
}

TEST_CASE("limit_rate: what a second allows at once, then no faster; $limit_rate and variables too") {
    const std::string body(9000, 'x');
    const ConfServer server(conf("set $text " + body + R"(; set $rate 4k;
        location /at { limit_rate 4k; return 200 $text; }
        location /after { limit_rate 4k; limit_rate_after 8k; return 200 $text; }
        location /variable { limit_rate $rate; return 200 $text; }
        location /set { set $limit_rate 4k; return 200 $text; }
        location /odd { limit_rate $host; return 200 $text; }
        location / { return 200 $text; })"));
    const auto seconds = [&](const std::string& target) {
        const auto begin = std::chrono::steady_clock::now();
        CHECK(server.get(target).body.size() == body.size());
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    // 9,150 bytes at 4,096 a second, the first 4,096 of them at once.
    for (const char* target : {"/at", "/variable", "/set"}) {
        const auto took = seconds(target);
        INFO(target);
        CHECK(took > 1.0);
    }
    for (const char* target : {"/after", "/odd", "/"}) {
        INFO(target);
        CHECK(seconds(target) < 1.0);
    }
}

TEST_CASE("a client that leaves while its answer is held back costs nothing further") {
    const ConfServer server(conf("set $text " + std::string(9000, 'x') + "; limit_rate 1k; return 200 $text;"));
    {
        Socket client = server.connect();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        read_head(client);
    }
    // Ends now, though the rest of the answer would take seven seconds more: the destructor waits for it.
}

TEST_CASE("lingering_close: always reads on, off closes at once") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name a; lingering_close always; lingering_timeout 100s; return 200 ok; }
        server { listen @LISTEN@; server_name o; lingering_close off; client_max_body_size 1; location / { proxy_pass http://127.0.0.1:1; } })");
    Socket always = server.connect();
    always.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(read_response(always).status == 200);
    CHECK(always.ends());  // its FIN is here, and it still reads
    always.send(std::string(1000, 'x'));
    always.send("x");
    Socket off = server.connect();
    off.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 100000\r\n\r\n");
    CHECK(read_response(off).status == 413);
}

TEST_CASE("stub_status has nginx's page, and its variables") {
    const ConfServer server(conf(R"(location /s { stub_status; }
        location /v { return 200 "$connections_active $connections_reading $connections_writing $connections_waiting"; })"));
    Socket waiting = server.connect();
    waiting.send("GET /v HTTP/1.1\r\nHost: a\r\n\r\n");
    read_response(waiting);
    const auto page = server.get("/s");
    CHECK(page.status == 200);
    CHECK(page["Content-Type"] == "text/plain");
    CHECK(page.body == "Active connections: 2 \nserver accepts handled requests\n 2 2 2 \nReading: 0 Writing: 1 Waiting: 1 \n");
    const auto refused = server.ask("POST /s HTTP/1.1\nHost: a\nContent-Length: 0\n");
    CHECK(refused.status == 405);
    CHECK(refused.body.find("405 Not Allowed") != std::string::npos);
    Message numbers = server.get("/v");
    CHECK(numbers.body.substr(1) == " 0 1 1");
}

TEST_CASE("msie_padding: pages long enough for browsers that hide short ones") {
    const ConfServer server(conf("location /off { msie_padding off; return 404; } location / { return 404; }"));
    const std::string chrome = "Host: a\nUser-Agent: Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0 Safari/537.36\n";
    CHECK(server.ask("GET / HTTP/1.1\n" + chrome).body.size() > 512);
    CHECK(server.ask("GET /off HTTP/1.1\n" + chrome).body.size() < 512);
    CHECK(server.get("/").body.size() < 512);
}

TEST_CASE("Proxy-Status says why, if the conf wants it") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name a; location / { proxy_pass http://127.0.0.1:1; }
                 location /off { proxy_status off; proxy_pass http://127.0.0.1:1; }
                 location /paged { error_page 502 /page; proxy_pass http://127.0.0.1:1; }
                 location /page { return 200 "sorry"; }
                 location /fine { return 404; } })");
    CHECK(server.get("/")["Proxy-Status"] == "sluice; error=connection_refused; details=\"peer_refused\"");
    CHECK_FALSE(server.get("/off").has("Proxy-Status"));
    const auto paged = server.get("/paged");
    CHECK(paged.body == "sorry");
    CHECK(paged["Proxy-Status"] == "sluice; error=connection_refused; details=\"peer_refused\"");
    CHECK_FALSE(server.get("/fine").has("Proxy-Status"));
    const auto line = server.wait_for_error("GET /paged HTTP/1.1");
    CHECK(line.find("peer refused the connection (connect): Connection refused after ") != line.npos);
    CHECK(line.find("route: location /paged in ") != line.npos);
}

TEST_CASE("a 413 names the limit and where it was set") {
    const ConfServer server(conf(R"(
        location /up { client_max_body_size 10; proxy_pass http://127.0.0.1:1; })"));
    CHECK(server.ask("POST /up HTTP/1.1\nHost: a\nContent-Length: 11\n", "hello world").status == 413);
    const auto line = server.wait_for_error("client intended to send too large body: 11 bytes, client: ");
    CHECK(line.find("limit: client_max_body_size in ") != line.npos);
    CHECK(line.find("route: location /up in ") != line.npos);
}
