// allow, deny, satisfy, the real_ip family, the PROXY protocol, odd names of fields: through the real program.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

Message ask(const ConfServer& server, const std::string& line, const std::string& fields = "") {
    return server.ask(line + " HTTP/1.1\r\nHost: a\r\n" + fields);
}

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

/// A header of version 2: TCP over IPv4 from 192.0.2.9:40000 to 192.0.2.1:443, with these TLVs.
std::string version_2(const std::string& tlvs, char command = '\x21') {
    const std::string rest = std::string("\xc0\0\x02\x09\xc0\0\x02\x01\x9c\x40\x01\xbb", 12) + tlvs;
    return signature + command + '\x11' + static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size()) + rest;
}

std::string tlv(char type, const std::string& value) { return std::string{type, '\0', static_cast<char>(value.size())} + value; }

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

std::uint16_t local_port(int fd) {
    sockaddr_in in{};
    socklen_t size = sizeof in;
    getsockname(fd, reinterpret_cast<sockaddr*>(&in), &size);
    return ntohs(in.sin_port);
}

/// Seconds until the kernel probes the other end of this connection; -1: it does not.
long probes_in(const Socket& client) {
    char wanted[8];
    snprintf(wanted, sizeof wanted, ":%04X", local_port(client.fd()));
    std::ifstream in("/proc/net/tcp");
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string number, local, remote, state, queues, timer;
        words >> number >> local >> remote >> state >> queues >> timer;
        if (remote.size() < 5 || !remote.ends_with(wanted) || state != "01") continue;
        return timer.starts_with("02:") ? std::stol(timer.substr(3), nullptr, 16) / 100 : -1;
    }
    return -2;
}

}  // namespace

TEST_CASE("a client that a rule keeps out gets a 403, and the log names the rule") {
    const Origin origin(ok("in"));
    const ConfServer server(
        "server { listen @LISTEN@; listen unix:@ROOT@/socket;\n"
        "location /deny { deny all; proxy_pass http://" + origin.address() + "; }\n"
        "location /other { deny 10.0.0.0/8; proxy_pass http://" + origin.address() + "; }\n"
        "location /any { satisfy any; deny 127.0.0.0/8; proxy_pass http://" + origin.address() + "; }\n"
        "location /unix { allow unix:; deny all; proxy_pass http://" + origin.address() + "; }\n"
        "location /get { limit_except GET { deny all; } proxy_pass http://" + origin.address() + "; }\n"
        "location /page { deny all; error_page 403 =200 @page; }\n"
        "location @page { proxy_pass http://" + origin.address() + "; }\n"
        "location /return { deny all; return 200 text; } }");
    const auto refused = server.get("/deny");
    CHECK(refused.status == 403);
    CHECK(refused.body.find("<!-- reason: denied_by_rule (access forbidden by rule) -->") != std::string::npos);
    const auto line = server.wait_for_error("access forbidden by rule, client: 127.0.0.1, server: , request: \"GET /deny HTTP/1.1\", host: \"a\"");
    CHECK(line.find(", rule: " + server.folder().conf_path() + ":") != std::string::npos);
    CHECK(line.find("[error]") != std::string::npos);
    CHECK(server.get("/other").body == "in");
    CHECK(server.get("/any").status == 403);
    CHECK(server.get("/unix").status == 403);
    CHECK(server.get("/get").body == "in");
    CHECK(ask(server, "POST /get", "Content-Length: 0\r\n").status == 403);
    CHECK(server.get("/page").body == "in");
    CHECK(server.get("/return").body == "text");
    Socket local = Socket::connect("unix:" + (server.folder() / "socket"));
    local.send(get("/unix"));
    CHECK(read_response(local).body == "in");
    local.send(get("/deny"));
    CHECK(read_response(local).status == 403);
    local.send(get("/unix"));  // a 403 does not end the connection
    CHECK(read_response(local).body == "in");
}

TEST_CASE("the address that a trusted proxy tells is the client's for rules, variables, peers and logs") {
    const Origin origin(ok("in"));
    const ConfServer server(
        "log_format who \"$remote_addr|$remote_port|$realip_remote_addr\"; access_log @ROOT@/access.log who;\n"
        "geo $place { default far; 203.0.113.0/24 near; }\n"
        "server { listen @LISTEN@; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on;\n"
        "deny 203.0.113.66;\n"
        "location / { return 200 \"$remote_addr $place\"; }\n"
        "location /peer { proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_pass http://" +
        origin.address() + "; } }");
    CHECK(ask(server, "GET /", "X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n").body == "203.0.113.7 near");
    CHECK(ask(server, "GET /", "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 127.0.0.1\r\n").body == "203.0.113.7 near");
    CHECK(ask(server, "GET /").body == "127.0.0.1 far");
    CHECK(ask(server, "GET /peer", "X-Forwarded-For: 203.0.113.66\r\n").status == 403);
    server.wait_for_error("access forbidden by rule, client: 203.0.113.66, server: ");
    CHECK(ask(server, "GET /peer", "X-Forwarded-For: 203.0.113.8:1234\r\n").body == "in");
    CHECK(origin.last()["X-Real-IP"] == "203.0.113.8");
    CHECK(origin.last()["X-Forwarded-For"] == "203.0.113.8:1234, 203.0.113.8");
    wait_for_line_in(server.folder() / "access.log", "203.0.113.8|1234|127.0.0.1");
    // The next request on the connection is judged by itself.
    Socket client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n" + get("/"));
    CHECK(read_response(client).body == "203.0.113.7 near");
    CHECK(read_response(client).body == "127.0.0.1 far");
}

TEST_CASE("a PROXY header of either version comes before the first request, in pieces or not") {
    const ConfServer server(R"(
        server { listen @LISTEN@ proxy_protocol;
            location / { return 200 "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port $remote_addr $connection_requests"; }
            location /tlv { return 200 "$proxy_protocol_tlv_alpn|$proxy_protocol_tlv_authority|$proxy_protocol_tlv_0xea|$proxy_protocol_tlv_ssl_version|$proxy_protocol_tlv_ssl_cn|$proxy_protocol_tlv_unique_id"; }
            location /real { set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol; deny 192.0.2.66; proxy_pass http://127.0.0.1:1; error_page 502 /told; }
            location /told { return 200 "$remote_addr:$remote_port $realip_remote_addr"; } })");
    const std::string first = "PROXY TCP4 192.0.2.9 192.0.2.1 40000 443\r\n";
    Socket whole = server.connect();
    whole.send(first + get("/"));
    CHECK(read_response(whole).body == "192.0.2.9 40000 192.0.2.1 443 127.0.0.1 1");
    whole.send(get("/"));
    CHECK(read_response(whole).body == "192.0.2.9 40000 192.0.2.1 443 127.0.0.1 2");
    whole.send(get("/real"));
    CHECK(read_response(whole).body == "192.0.2.9:40000 127.0.0.1");

    Socket slow = server.connect();
    for (const char c : first + get("/")) slow.send({&c, 1});
    CHECK(read_response(slow).body == "192.0.2.9 40000 192.0.2.1 443 127.0.0.1 1");

    const std::string ssl = std::string("\x07\0\0\0\0", 5) + tlv('\x21', "TLSv1.3") + tlv('\x22', "client.test");
    const std::string tlvs = tlv('\x01', "h2") + tlv('\x02', "site.test") + tlv('\xea', "own") + tlv('\x20', ssl) + tlv('\x05', "id-1");
    const std::string header = version_2(tlvs);
    Socket second = server.connect();
    second.send(header.substr(0, 20));
    second.send(header.substr(20));
    second.send(get("/tlv"));
    CHECK(read_response(second).body == "h2|site.test|own|TLSv1.3|client.test|id-1");
    second.send(get("/"));
    CHECK(read_response(second).body == "192.0.2.9 40000 192.0.2.1 443 127.0.0.1 2");

    Socket denied = server.connect();
    denied.send("PROXY TCP4 192.0.2.66 192.0.2.1 1 2\r\n" + get("/real"));
    CHECK(read_response(denied).status == 403);

    for (const std::string& nobody : {std::string("PROXY UNKNOWN\r\n"), version_2("", '\x20')}) {
        Socket unknown = server.connect();
        unknown.send(nobody + get("/"));
        CHECK(read_response(unknown).body == "    127.0.0.1 1");
        unknown.send(get("/told"));
        CHECK(read_response(unknown).body.ends_with(" 127.0.0.1"));
    }
}

TEST_CASE("without a PROXY header that is right the connection ends with no answer, and a line in the log") {
    const ConfServer server("client_header_timeout 300ms; server { listen @LISTEN@ proxy_protocol; return 200 in; }");
    const auto gone = [](Socket& client) {
        try {
            return client.read_to_end().first.empty();
        } catch (const Closed&) {
            return true;
        }
    };
    Socket plain = server.connect();
    plain.send(get("/"));
    CHECK(gone(plain));
    server.wait_for_error("broken header: \"GET / HTTP/1.1\" while reading PROXY protocol, client: 127.0.0.1, server: " + server.address());
    Socket wrong = server.connect();
    wrong.send("PROXY TCP4 192.0.2.9 192.0.2.1 x y\r\n");
    CHECK(gone(wrong));
    Socket large = server.connect();
    large.send(signature + "\x21\x11\xff\xff");
    CHECK(gone(large));
    server.wait_for_error("header is too large while reading PROXY protocol");
    Socket silent = server.connect();
    silent.send("PROXY ");
    CHECK(gone(silent));
    server.wait_for_error("client timed out (110: Connection timed out) while reading PROXY protocol");
    Socket leaves = server.connect();
    leaves.send("PROXY TCP4");
    leaves.close();
    server.wait_for_error("client closed connection while reading PROXY protocol");
    // The header alone gives no more time for the request.
    Socket late = server.connect();
    late.send("PROXY UNKNOWN\r\n");
    CHECK(gone(late));
    Socket good = server.connect();
    good.send("PROXY UNKNOWN\r\n" + get("/"));
    CHECK(read_response(good).body == "in");
}

TEST_CASE("fields with odd names are left out, or pass, and never pose as ours") {
    const Origin origin(ok("in"));
    const std::string pass = "proxy_set_header X-Real-IP $remote_addr; location / { proxy_pass http://" + origin.address() + "; } }\n";
    const ConfServer server("server { listen @LISTEN@; server_name strict; " + pass +
                            "server { listen @LISTEN@; server_name under; underscores_in_headers on; " + pass +
                            "server { listen @LISTEN@; server_name off; ignore_invalid_headers off; " + pass);
    const auto asked = [&](const std::string& host, const std::string& fields) {
        return server.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields).status;
    };
    const std::string fields = "X_Own: 1\r\nX.Own: 2\r\nX-Own2: 3\r\nX_Real_IP: 6.6.6.6\r\nx.real.ip: 6.6.6.6\r\nContent_Length: 3\r\nTransfer.Encoding: chunked\r\n";
    CHECK(asked("strict", fields + "Odd(name): 4\r\nOdd\xe4: 5\r\n") == 200);
    CHECK(origin.last()["X-Own2"] == "3");
    for (const char* name : {"X_Own", "X.Own", "X_Real_IP", "x.real.ip", "Content_Length", "Transfer.Encoding", "Odd(name)", "Odd\xe4"}) {
        INFO(name);
        CHECK_FALSE(origin.last().has(name));
    }
    server.wait_for_error("client sent invalid header line: \"X_Own: 1\" while reading client request headers, client: 127.0.0.1");
    CHECK(asked("under", fields) == 200);
    CHECK(origin.last()["X_Own"] == "1");
    for (const char* name : {"X.Own", "X_Real_IP", "x.real.ip", "Content_Length", "Transfer.Encoding"}) CHECK_FALSE(origin.last().has(name));
    CHECK(asked("off", fields) == 200);
    CHECK(origin.last()["X_Own"] == "1");
    CHECK(origin.last()["X.Own"] == "2");
    for (const char* name : {"X_Real_IP", "x.real.ip", "Content_Length", "Transfer.Encoding"}) CHECK_FALSE(origin.last().has(name));
    CHECK(origin.last().count("X-Real-IP") == 1);
    const auto before = origin.requests();
    for (const char* wrong : {"Odd(name): 1\r\n", "Odd\xe4: 1\r\n", "Odd\x01: 1\r\n", "Odd : 1\r\n", ": 1\r\n", " Odd: 1\r\n", "Odd\r\n"}) {
        INFO(wrong);
        CHECK(asked("off", wrong) == 400);
    }
    CHECK(origin.requests() == before);
}

TEST_CASE("so_keepalive holds for connections, also when a reload brings it") {
    ConfServer server("server { listen @LISTEN@; return 200 in; }");
    const auto probed = [&] {
        Socket client = server.connect();
        client.send(get("/"));
        CHECK(read_response(client).body == "in");
        return probes_in(client);
    };
    CHECK(probed() == -1);
    server.reload("server { listen @LISTEN@ so_keepalive=30m::; return 200 in; }");
    const auto soon = probed();
    CHECK(soon > 1000);
    CHECK(soon <= 1800);
    server.reload("server { listen @LISTEN@; return 200 in; }");
    CHECK(probed() == -1);
}
