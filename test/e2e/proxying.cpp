// What a proxied request and its answer look like, and when another peer is tried: each word with what it is there for.
// test/against_nginx asks the same of nginx.
#include <arpa/inet.h>
#include <sys/socket.h>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

std::string answer(const std::string& status, const std::string& fields, const std::string& body = "body") {
    return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A site with one location "/" that passes to these peers, and with more.
std::string site(const std::vector<const Origin*>& peers, const std::string& location, const std::string& more = "") {
    std::string out = "upstream back {\n";
    for (const auto* peer : peers) out += "server " + peer->address() + " max_fails=0;\n";
    return out + "}\nserver {\nlisten @LISTEN@;\n" + more + "location / {\nproxy_pass http://back;\n" + location + "\n}\n}\n";
}

/// What the client gets where a peer says this.
Message through(const std::string& location, const std::string& told, const std::string& more = "", const std::string& head = "GET /a HTTP/1.1\r\nHost: front.test\r\n") {
    const Origin origin(told);
    const ConfServer server(site({&origin}, location, more));
    return server.ask(head);
}

/// What a peer is asked where the client asks this.
Message asked(const std::string& location, const std::string& head, const std::string& body = "") {
    const Origin origin(ok("a"));
    const ConfServer server(site({&origin}, location));
    server.ask(head, body);
    return origin.last();
}

const std::string get_a = "GET /a HTTP/1.1\r\nHost: front.test\r\n";
const std::string post_a = "POST /a HTTP/1.1\r\nHost: front.test\r\nContent-Length: 5\r\n";

}  // namespace

TEST_CASE("proxy_redirect, proxy_cookie_domain, proxy_cookie_path, proxy_cookie_flags") {
    const auto redirect = through("proxy_redirect http://inner/ /outer/;", answer("302 Found", "Location: http://inner/x\r\nRefresh: 1; url=http://inner/y\r\n"));
    CHECK(redirect["Location"].starts_with("http://front.test"));
    CHECK(redirect["Location"].ends_with("/outer/x"));
    CHECK(redirect["Refresh"] == "1; url=/outer/y");
    CHECK(through("", answer("302 Found", "Location: http://back/x\r\n"))["Location"].ends_with("/x"));
    CHECK(through("proxy_redirect off;", answer("302 Found", "Location: http://back/x\r\n"))["Location"] == "http://back/x");
    const auto cookie = through("proxy_cookie_domain inner $host; proxy_cookie_path /a /b; proxy_cookie_flags c secure;", answer("200 OK", "Set-Cookie: c=1; domain=inner; path=/a\r\n"));
    CHECK(cookie["Set-Cookie"] == "c=1; domain=front.test; path=/b; Secure");
}

TEST_CASE("proxy_set_body and proxy_method") {
    const auto own = asked("proxy_set_body \"own $arg_x\";", "POST /a?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n", "hello");
    CHECK(own["Content-Length"] == "5");
    CHECK(own.body == "own 1");
    CHECK(asked("proxy_set_body \"\";", get_a)["Content-Length"] == "0");
    CHECK(asked("proxy_method PUT;", get_a).start_line == "PUT /a HTTP/1.1");
    // A HEAD gets no body although the peer sends one.
    const Origin origin(ok("a"));
    const ConfServer server(site({&origin}, "proxy_method GET;"));
    auto client = server.connect();
    client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const auto all = client.read_to_end().first;
    CHECK(origin.last().start_line == "GET /b HTTP/1.1");
    CHECK(all.find("\r\n\r\nHTTP/1.1 200") != std::string::npos);
    CHECK(all.ends_with("\r\n\r\n"));
}

TEST_CASE("proxy_hide_header, proxy_pass_header, proxy_ignore_headers") {
    const auto told = answer("200 OK", "X-One: 1\r\nX-Both: 2\r\nX-Pad: 3\r\nX-Accel-Expires: 4\r\nX-Accel-Other: 5\r\n");
    const auto usual = through("", told);
    CHECK(usual.has("X-One"));
    CHECK_FALSE(usual.has("X-Pad"));
    CHECK_FALSE(usual.has("X-Accel-Expires"));
    CHECK(usual.has("X-Accel-Other"));
    const auto chosen = through("proxy_hide_header x-one; proxy_hide_header X-Both; proxy_pass_header X-Both; proxy_pass_header X-Pad;", told);
    CHECK_FALSE(chosen.has("X-One"));
    CHECK(chosen.has("X-Both"));
    CHECK(chosen.has("X-Pad"));
    const auto ignored = through("proxy_ignore_headers X-Accel-Redirect;", answer("200 OK", "X-Accel-Redirect: /b\r\n"), "location = /b { return 200 elsewhere; }\n");
    CHECK(ignored.body == "body");
}

TEST_CASE("fields that repeat: the first counts") {
    const auto got = through("", answer("200 OK", "Expires: 1\r\nExpires: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"));
    CHECK(got.count("Expires") == 1);
    CHECK(got["Expires"] == "1");
    CHECK(got.count("Set-Cookie") == 2);
}

TEST_CASE("proxy_next_upstream: statuses, tries, off, and the group's name at the end") {
    const Origin bad(answer("503 Busy", "", "bad")), good(ok("good"));
    const Origin deaf([](Origin::Visit& visit) {
        visit.read_request();
        visit.reset();
    });
    const std::string note = "add_header X-Upstream \"$upstream_addr|$upstream_status\" always;\n";
    SECTION("another one answers") {
        const ConfServer server(site({&bad, &good}, "proxy_next_upstream http_503;", note));
        const auto got = server.get();
        CHECK(got.body == "good");
        CHECK(got["X-Upstream"] == bad.address() + ", " + good.address() + "|503, 200");
    }
    SECTION("without it the answer is the client's") {
        const ConfServer server(site({&bad, &good}, "", note));
        CHECK(server.get().status == 503);
    }
    SECTION("the last answer is the client's") {
        const ConfServer server(site({&bad, &bad}, "proxy_next_upstream http_503;", note));
        const auto got = server.get();
        CHECK(got.status == 503);
        CHECK(got.body == "bad");
        CHECK(bad.requests() == 2);
    }
    SECTION("tries") {
        const ConfServer server(site({&bad, &good}, "proxy_next_upstream http_503; proxy_next_upstream_tries 1;", note));
        CHECK(server.get().status == 503);
    }
    SECTION("POST") {
        const ConfServer server(site({&bad, &good}, "proxy_next_upstream http_503;", note));
        CHECK(server.ask(post_a, "hello").status == 503);
        const ConfServer daring(site({&bad, &good}, "proxy_next_upstream http_503 non_idempotent;", note));
        CHECK(daring.ask(post_a, "hello").body == "good");
        CHECK(good.last().body == "hello");
    }
    SECTION("off") {
        const ConfServer server(site({&deaf, &good}, "proxy_next_upstream off;", note));
        CHECK(server.get().status == 502);
    }
    SECTION("error, with a server that the conf calls down") {
        const ConfServer server("upstream back { server " + deaf.address() + " max_fails=0; server " + good.address() + " down; }\nserver { listen @LISTEN@; " + note +
                                "location / { proxy_pass http://back; } }");
        CHECK(server.get()["X-Upstream"] == deaf.address() + "|502");
    }
    SECTION("proxy_intercept_errors comes after it") {
        const ConfServer server(site({&bad, &bad}, "proxy_next_upstream http_503; proxy_intercept_errors on; error_page 503 /page;", note + "location = /page { return 200 page; }\n"));
        CHECK(server.get().body == "page");
        CHECK(bad.requests() == 2);
    }
}

TEST_CASE("proxy_intercept_errors keeps each WWW-Authenticate of a 401") {
    const auto got = through("proxy_intercept_errors on; error_page 401 /page;", answer("401 Who", "WWW-Authenticate: Basic\r\nWWW-Authenticate: Digest\r\nX-A: 1\r\n"),
                             "location = /page { return 200 page; }\n");
    CHECK(got.status == 401);
    CHECK(got.body == "page");
    CHECK(got.count("WWW-Authenticate") == 2);
    CHECK_FALSE(got.has("X-A"));
}

TEST_CASE("X-Accel-Redirect") {
    const std::string places = "location /inner/ { internal; return 200 \"$request_method $uri $args\"; }\nlocation @named { return 200 \"named $request_method $uri\"; }\n";
    const auto told = [](const std::string& where) {
        return answer("200 OK", "X-Accel-Redirect: " + where + "\r\nContent-Type: a/b\r\nSet-Cookie: c=1; path=/a\r\nContent-Disposition: d\r\nCache-Control: e\r\nExpires: f\r\n"
                                "Accept-Ranges: g\r\nETag: h\r\nX-Other: i\r\n");
    };
    const auto got = through("proxy_cookie_path /a /b;", told("/inner/a%20b?c=d"), places);
    CHECK(got.status == 200);
    CHECK(got.body == "GET /inner/a b c=d");
    CHECK(got["Content-Type"] == "a/b");
    CHECK(got["Set-Cookie"] == "c=1; path=/b");
    CHECK(got["Content-Disposition"] == "d");
    CHECK(got["Cache-Control"] == "e");
    CHECK(got["Expires"] == "f");
    CHECK(got["Accept-Ranges"] == "g");
    CHECK_FALSE(got.has("ETag"));
    CHECK_FALSE(got.has("X-Other"));
    CHECK_FALSE(got.has("X-Accel-Redirect"));
    CHECK(through("", told("@named"), places).body == "named GET /a");
    for (const char* unsafe : {"/inner/../x", "..", "/inner/%2e%2e/x", "", "/inner/%00"}) {
        INFO(unsafe);
        const auto refused = through("", told(unsafe), places);
        CHECK(refused.status == 404);
        CHECK(refused["Content-Type"] == "text/html");
    }
    CHECK(through("", told("/again"), places).status == 500);  // round and round
}

TEST_CASE("proxy_bind") {
    std::string from;
    const Origin origin([&](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            sockaddr_in peer{};
            socklen_t size = sizeof peer;
            getpeername(visit.socket.fd(), reinterpret_cast<sockaddr*>(&peer), &size);
            char text[INET_ADDRSTRLEN];
            visit.send(ok(inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text)));
        }
    });
    const ConfServer server("server { listen @LISTEN@;\n"
                            "location /fixed { proxy_bind 127.0.0.2; proxy_pass http://" + origin.address() + "; }\n"
                            "location /variable { proxy_bind $arg_from; proxy_pass http://" + origin.address() + "; }\n"
                            "location /usual { proxy_socket_keepalive on; proxy_pass http://" + origin.address() + "; }\n"
                            "location /foreign { proxy_bind 203.0.113.1; proxy_pass http://" + origin.address() + "; } }");
    CHECK(server.get("/usual").body == "127.0.0.1");
    CHECK(server.get("/fixed").body == "127.0.0.2");
    CHECK(server.get("/usual").body == "127.0.0.1");
    CHECK(server.get("/variable?from=127.0.0.3").body == "127.0.0.3");
    CHECK(server.get("/variable?from=127.0.0.2").body == "127.0.0.2");
    CHECK(server.get("/variable").body == "127.0.0.1");
    CHECK(server.get("/variable?from=nonsense").body == "127.0.0.1");
    server.wait_for_error("\"nonsense\" is no address");
    CHECK(server.get("/foreign").status == 500);
    CHECK(origin.connections() == 3);  // of the same address as before: kept
}

TEST_CASE("proxy_ignore_client_abort: the peer is waited for") {
    Gate answer_now;
    const Origin origin([&](Origin::Visit& visit) {
        visit.read_request();
        answer_now.wait();
        visit.send(ok("late"));
    });
    const ConfServer server("log_format outcome '$uri $upstream_status';\n" +
                            site({&origin}, "proxy_ignore_client_abort on;", "access_log @ROOT@/outcome.log outcome;\nlocation = /here { return 200 here; }\n"));
    {
        auto client = server.connect();
        client.send(get_a + "\r\n");
        origin.wait_for_requests(1);
        client.reset();
    }
    CHECK(server.get("/here").body == "here");  // by then the reset has been seen
    answer_now.open();
    wait_for_line_in(server.folder() / "outcome.log", "/a 200");
}

TEST_CASE("proxy_limit_rate: the rest comes in later seconds") {
    const std::string body(150000, 'x');
    const Origin origin(answer("200 OK", "", body));
    const ConfServer server(site({&origin}, "proxy_limit_rate 100k;"));
    const auto began = std::chrono::steady_clock::now();
    const auto got = server.get();
    CHECK(got.body == body);
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(900));
}
