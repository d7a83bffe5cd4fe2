// Each limit in time, with what becomes of the exchange that meets it and what the error log says of it.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

std::string passing(const Origin& origin, const std::string& words) {
    return "server { listen @LISTEN@; client_max_body_size 0; location / { " + words + " proxy_pass http://" + origin.address() + "; } }";
}

/// Takes a request and keeps silent until the test is over.
class Silent {
  public:
    Silent() : origin_([this](Origin::Visit& visit) {
          visit.read_request();
          gate_.wait();
      }) {}
    ~Silent() { gate_.open(); }
    const Origin& origin() const { return origin_; }

  private:
    Gate gate_;
    Origin origin_;
};

/// Nobody accepts, and the queue is full: who connects hears nothing.
class Full {
  public:
    Full() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof in;
        REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&in), size) == 0);
        REQUIRE(listen(listener_, 0) == 0);
        getsockname(listener_, reinterpret_cast<sockaddr*>(&in), &size);
        address = "127.0.0.1:" + std::to_string(ntohs(in.sin_port));
        for (int& fd : waiting_) {
            fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            [[maybe_unused]] const int outcome = connect(fd, reinterpret_cast<sockaddr*>(&in), size);
        }
    }
    ~Full() {
        for (const int fd : waiting_) close(fd);
        close(listener_);
    }
    Full(const Full&) = delete;
    Full& operator=(const Full&) = delete;

    std::string address;

  private:
    int listener_;
    int waiting_[4];
};

void check_line(const ConfServer& server, const std::string& what, const std::string& limit) {
    const auto line = server.wait_for_error(what);
    CHECK(line.find("limit: " + limit + " in ") != line.npos);
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("proxy_connect_timeout") {
    const Full full;
    const ConfServer server("server { listen @LISTEN@; location / { proxy_connect_timeout 100ms; proxy_pass http://" + full.address + "; } }");
    CHECK(server.get().status == 504);
    check_line(server, full.address, "proxy_connect_timeout");
}

TEST_CASE("proxy_read_timeout") {
    const Silent silent;
    const ConfServer server(passing(silent.origin(), "proxy_read_timeout 100ms;"));
    CHECK(server.get().status == 504);
    check_line(server, silent.origin().address(), "proxy_read_timeout");
}

TEST_CASE("proxy_send_timeout") {
    Gate gate;
    const Origin origin([&](Origin::Visit& visit) {
        visit.socket.take_little();
        gate.wait();
    });
    const ConfServer server(passing(origin, "proxy_send_timeout 100ms;"));
    CHECK(server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n", std::string(16'000'000, 'x')).status == 504);
    check_line(server, origin.address(), "proxy_send_timeout");
    gate.open();
}

TEST_CASE("proxy_tunnel_timeout ends an upgraded connection that is silent, and goes before proxy_read_timeout") {
    Gate gate;
    const Origin origin([&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
        gate.wait();
    });
    const ConfServer server(passing(origin, "proxy_tunnel_timeout 100ms; proxy_read_timeout 100s;"));
    Socket client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    CHECK(read_head(client).start_line == "HTTP/1.1 101 Switching Protocols");
    CHECK(client.read_to_end().first.empty());
    gate.open();
}

TEST_CASE("proxy_next_upstream_timeout: when it has passed, no other peer is tried") {
    const Silent silent;
    const Origin spare(ok("spare"));
    const ConfServer server("upstream back { server " + silent.origin().address() + " max_fails=0; server " + spare.address() +
                            " backup; } server { listen @LISTEN@; proxy_read_timeout 200ms; location / { proxy_pass http://back; } "
                            "location /once { proxy_next_upstream_timeout 100ms; proxy_pass http://back; } }");
    CHECK(server.get("/").body == "spare");
    CHECK(server.get("/once").status == 504);
}

TEST_CASE("client_body_timeout ends the connection without an answer, and is logged with 408") {
    const Origin origin(ok("a"));
    const ConfServer server(passing(origin, "client_body_timeout 100ms; access_log @ROOT@/access.log;"));
    Socket client = server.connect();
    client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(client.read_to_end().first.empty());
    check_line(server, "POST /slow", "client_body_timeout");
    CHECK(wait_for_line_in(server.folder() / "access.log", "\"POST /slow HTTP/1.1\" 408 0") != "");
    CHECK(origin.requests() == 0);
}

TEST_CASE("send_timeout ends an answer that its client does not take") {
    const Origin origin(ok(std::string(16'000'000, 'x')));
    for (const std::string words : {"proxy_buffering off;", "proxy_max_temp_file_size 0;", "limit_rate 100m;"}) {
        INFO(words);
        const ConfServer server(passing(origin, "send_timeout 300ms; " + words));
        Socket client = server.connect();
        client.take_little();
        client.send(get);
        check_line(server, "client timed out (response body)", "send_timeout");
    }
}

TEST_CASE("lingering_time: so long the rest of a refused body is read, and no longer") {
    const ConfServer server(
        "server { listen @LISTEN@; client_max_body_size 1; lingering_time 100ms; lingering_timeout 100s; location / { proxy_pass http://127.0.0.1:1; } }");
    Socket client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
    CHECK(read_head(client).start_line == "HTTP/1.1 413 Request Entity Too Large");
    const std::string more(1000, 'x');
    const auto until = std::chrono::steady_clock::now() + patience;
    bool ended = false;
    while (!ended && std::chrono::steady_clock::now() < until) {
        try {
            client.send(more);
        } catch (const Closed&) {
            ended = true;
        }
    }
    CHECK(ended);
}

TEST_CASE("keepalive_time: a connection that has lived so long ends with its next answer") {
    const ConfServer server("server { listen @LISTEN@; keepalive_requests 1000000; keepalive_time 1ms; return 200 ok; }");
    Socket client = server.connect();
    const auto until = std::chrono::steady_clock::now() + patience;
    std::string said;
    while (said != "close" && std::chrono::steady_clock::now() < until) {
        client.send(get);
        said = read_response(client)["Connection"];
    }
    CHECK(said == "close");
}

TEST_CASE("keepalive_time of an upstream: a kept connection that has lived so long serves no more") {
    const Origin origin(ok("a"));
    const ConfServer server("upstream back { server " + origin.address() +
                            "; keepalive 4; keepalive_requests 1000000; keepalive_time 1ms; } "
                            "server { listen @LISTEN@; keepalive_requests 1000000; location / { proxy_pass http://back; } }");
    const auto until = std::chrono::steady_clock::now() + patience;
    while (origin.connections() < 3 && std::chrono::steady_clock::now() < until) CHECK(server.get().body == "a");
    CHECK(origin.connections() >= 3);
}

TEST_CASE("least_conn in a conf: who is busy is left alone") {
    const Silent busy;
    const Origin idle(ok("idle"));
    const ConfServer server("upstream back { least_conn; server " + busy.origin().address() + "; server " + idle.address() +
                            "; } server { listen @LISTEN@; location / { proxy_pass http://back; } }");
    Socket first = server.connect(), second = server.connect();
    for (auto* client : {&first, &second}) client->send(get);
    busy.origin().wait_for_requests(1);
    idle.wait_for_requests(1);
    for (int i = 0; i < 10; ++i) CHECK(server.get().body == "idle");
}
