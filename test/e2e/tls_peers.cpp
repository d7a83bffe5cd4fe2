// TLS with peers: a second sluice, or openssl, plays the backend.
#include <csignal>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"
#include "tls/openssl.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

/// A backend of TLS that tells what it saw.
std::string backend(const std::string& words = "", const std::string& certificate = "chain.pem", const std::string& key = "leaf.key") {
    return "server { listen @LISTEN@ ssl; keepalive_requests 2; ssl_certificate " + (files() / certificate) + "; ssl_certificate_key " + (files() / key) + ";\n" + words +
           "\nreturn 200 \"<$ssl_server_name> $ssl_protocol $ssl_session_reused $connection_requests $ssl_client_s_dn $http_host\"; }";
}
std::string front(const ConfServer& peer, const std::string& words, const std::string& target = "") {
    return "server { listen @LISTEN@; location / { proxy_pass https://" + (target.empty() ? peer.address() : target) + ";\n" + words + " } }";
}

}  // namespace

TEST_CASE("https peers: asked without a name, connections kept, sessions taken up") {
    const ConfServer peer(backend());
    const ConfServer server(front(peer, ""));
    CHECK(server.get().body.starts_with("<> TLSv1.3 . 1 "));
    CHECK(server.get().body.starts_with("<> TLSv1.3 . 2 "));  // and the peer closes
    CHECK(server.get().body.starts_with("<> TLSv1.3 r 1 "));
}

TEST_CASE("proxy_ssl_session_reuse off") {
    const ConfServer peer(backend());
    const ConfServer server(front(peer, "proxy_ssl_session_reuse off;"));
    for (int i = 0; i < 4; ++i) CHECK(server.get().body.starts_with("<> TLSv1.3 . "));
}

TEST_CASE("proxy_ssl_name and proxy_ssl_server_name; an address is never sent") {
    const ConfServer peer(backend());
    CHECK(ConfServer(front(peer, "proxy_ssl_server_name on;")).get().body.starts_with("<> "));
    CHECK(ConfServer(front(peer, "proxy_ssl_server_name on; proxy_ssl_name www.example.com;")).get().body.starts_with("<www.example.com> "));
    CHECK(ConfServer(front(peer, "proxy_ssl_server_name on; proxy_ssl_name $arg_n:443;")).get("/?n=x.example.com").body.starts_with("<x.example.com> "));
}

TEST_CASE("proxy_ssl_verify: authority, name, address, depth; a refusal is a 502 with OpenSSL's reason in the log") {
    const ConfServer peer(backend());
    const auto trust = "proxy_ssl_verify on; proxy_ssl_verify_depth 2; proxy_ssl_trusted_certificate " + (files() / "root.crt") + ";";
    CHECK(ConfServer(front(peer, trust)).get().status == 200);  // 127.0.0.1 is among its names
    CHECK(ConfServer(front(peer, trust + "proxy_ssl_name a.example.com;")).get().status == 200);
    {
        const ConfServer server(front(peer, trust + "proxy_ssl_name example.org;"));
        const auto answer = server.get();
        CHECK(answer.status == 502);
        CHECK(answer.body.find("peer_certificate") != std::string::npos);
        CHECK(server.wait_for_error("peer's certificate is refused (TLS handshake): hostname mismatch, expected was \"").find("[error]") != std::string::npos);
    }
    {
        const ConfServer server(front(peer, "proxy_ssl_verify on; proxy_ssl_trusted_certificate " + (files() / "other.crt") + ";"));
        CHECK(server.get().status == 502);
        server.wait_for_error("unable to get local issuer certificate");
    }
    {
        const ConfServer server(front(peer, "proxy_ssl_verify on;"));  // the system's authorities
        CHECK(server.get().status == 502);
        server.wait_for_error("unable to get local issuer certificate");
    }
}

TEST_CASE("a name that variables leave empty is nobody's") {
    const ConfServer peer(backend());
    const ConfServer server(front(peer, "proxy_ssl_name $arg_n; proxy_ssl_verify on; proxy_ssl_verify_depth 2; proxy_ssl_trusted_certificate " + (files() / "root.crt") + ";"));
    CHECK(server.get("/?n=example.com").status == 200);
    CHECK(server.get().status == 502);
}

TEST_CASE("an expired certificate of a peer") {
    const ConfServer peer(backend("", "expired.crt", "expired.key"));
    const ConfServer server(front(peer, "proxy_ssl_verify on; proxy_ssl_verify_depth 2; proxy_ssl_trusted_certificate " + (files() / "root.crt") + ";"));
    CHECK(server.get().status == 502);
    server.wait_for_error("certificate has expired");
}

TEST_CASE("proxy_ssl_certificate is shown to the peer") {
    const ConfServer peer(backend("ssl_verify_client on; ssl_verify_depth 2; ssl_client_certificate " + (files() / "authorities.pem") + ";"));
    CHECK(ConfServer(front(peer, "proxy_ssl_certificate " + (files() / "client.crt") + "; proxy_ssl_certificate_key " + (files() / "client.key") + ";")).get().body.find(" CN=client,O=Test ") != std::string::npos);
    CHECK(ConfServer(front(peer, "")).get().status == 400);
}

TEST_CASE("proxy_ssl_protocols, and a peer with which there is nothing to agree on") {
    const ConfServer peer(backend("ssl_protocols TLSv1.2;"));
    CHECK(ConfServer(front(peer, "")).get().body.starts_with("<> TLSv1.2 "));
    const ConfServer server(front(peer, "proxy_ssl_protocols TLSv1.3;"));
    const auto answer = server.get();
    CHECK(answer.status == 502);
    CHECK(answer.body.find("peer_tls") != std::string::npos);
    server.wait_for_error("alert protocol version");
}

TEST_CASE("what a peer that nobody verifies refuses is not blamed on its certificate") {
    // s_server closes the handshake of who shows no certificate: with TLS 1.3 after ours is over.
    const std::string version = GENERATE("-tls1_2", "-tls1_3");
    const ConfFolder folder;
    const auto command = "exec openssl s_server -quiet -accept " + folder.second_address() + " -cert " + (files() / "leaf.crt") + " -key " + (files() / "leaf.key") +
                         " -Verify 1 -verify_return_error " + version + " </dev/zero >/dev/null 2>&1";
    Process peer({"/bin/sh", "-c", command});
    wait_until_accepted(folder.second_address());
    const ConfServer server("server { listen @LISTEN@; location / { proxy_pass https://" + folder.second_address() + "; } }");
    const auto answer = server.get();
    CHECK(answer.status == 502);
    CHECK(server.wait_for_error("peer and we do not agree on TLS").find("SSL: error:") != std::string::npos);
    peer.signal(SIGKILL);
    peer.wait();
}

TEST_CASE("proxy_ssl_certificate without its key is told of at the certificate") {
    ConfFolder folder;
    folder.write("server { listen @LISTEN@; location / { proxy_pass https://127.0.0.1:1;\nproxy_ssl_certificate " + (files() / "leaf.crt") + "; } }", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    CHECK(outcome.status == 1);
    CHECK(outcome.errors.find("no \"proxy_ssl_certificate_key\" is defined for certificate") != std::string::npos);
}

TEST_CASE("a peer that speaks no TLS, hangs, or closes") {
    const Origin plain([](Origin::Visit& visit) { visit.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    const ConfServer server("server { listen @LISTEN@; location / { proxy_pass https://" + plain.address() + "; } }");
    CHECK(server.get().status == 502);
    server.wait_for_error("peer and we do not agree on TLS (TLS handshake): SSL: error:");
    Gate gate;
    const Origin silent([&](Origin::Visit&) { gate.wait(); });
    const ConfServer waits("server { listen @LISTEN@; location / { proxy_connect_timeout 1s; proxy_pass https://" + silent.address() + "; } }");
    CHECK(waits.get().status == 504);
    waits.wait_for_error("proxy_connect_timeout");
    gate.open();
    const Origin closes([](Origin::Visit&) {});
    const ConfServer closed("server { listen @LISTEN@; location / { proxy_pass https://" + closes.address() + "; } }");
    CHECK(closed.get().status == 502);
}

TEST_CASE("a body that ends with its connection is whole only if the peer says so in TLS") {
    const bool says = GENERATE(true, false);
    CAPTURE(says);
    const sluice::tls::Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    REQUIRE(SSL_CTX_use_certificate_chain_file(context.get(), (files() / "chain.pem").c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(context.get(), (files() / "leaf.key").c_str(), SSL_FILETYPE_PEM) == 1);
    const Origin origin([&](Origin::Visit& visit) {
        const sluice::tls::Owned<SSL> side(SSL_new(context.get()));
        SSL_set_fd(side.get(), visit.socket.fd());
        char request[4096];
        if (SSL_accept(side.get()) != 1 || SSL_read(side.get(), request, sizeof request) <= 0) return;
        const std::string answer = "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x');
        SSL_write(side.get(), answer.data(), static_cast<int>(answer.size()));
        if (says) SSL_shutdown(side.get());
    });
    const ConfServer server("server { listen @LISTEN@; location / { proxy_pass https://" + origin.address() + "; } }");
    auto client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const auto got = client.read_to_end().first;
    CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(got.ends_with("0\r\n\r\n") == says);
    if (!says) server.wait_for_error("(response body)");
}

TEST_CASE("another peer is tried when the handshake fails") {
    const Origin plain([](Origin::Visit& visit) { visit.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    const ConfServer peer(backend());
    const ConfServer server("upstream b { server " + plain.address() + "; server " + peer.address() + "; }\nserver { listen @LISTEN@; location / { proxy_pass https://b; } }");
    for (int i = 0; i < 4; ++i) CHECK(server.get().status == 200);
    server.wait_for_error("trying again");
}

TEST_CASE("proxy_ssl_ciphers, proxy_ssl_conf_command, proxy_ssl_password_file, proxy_ssl_crl") {
    const ConfServer peer("server { listen @LISTEN@ ssl; ssl_certificate " + (files() / "chain.pem") + "; ssl_certificate_key " + (files() / "leaf.key") +
                          "; ssl_verify_client optional; ssl_verify_depth 2; ssl_client_certificate " + (files() / "authorities.pem") + "; return 200 \"$ssl_cipher $ssl_client_s_dn\"; }");
    const std::string cipher = "ECDHE-ECDSA-AES128-GCM-SHA256";
    CHECK(ConfServer(front(peer, "proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers " + cipher + ";")).get().body.starts_with(cipher + " "));
    CHECK(ConfServer(front(peer, "proxy_ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256;")).get().body.starts_with("TLS_CHACHA20_POLY1305_SHA256 "));
    CHECK(ConfServer(front(peer, "proxy_ssl_certificate " + (files() / "leaf.crt") + "; proxy_ssl_certificate_key " + (files() / "encrypted.key") + "; proxy_ssl_password_file " + (files() / "passwords") + ";")).get().body.find("The SSL certificate error") != std::string::npos);  // it is one for servers, but was shown
    const auto verify = "proxy_ssl_verify on; proxy_ssl_verify_depth 2; proxy_ssl_trusted_certificate " + (files() / "authorities.pem") + ";";
    CHECK(ConfServer(front(peer, verify + "proxy_ssl_crl " + (files() / "crl.pem") + ";")).get().status == 200);
    const ConfServer server(front(peer, verify + "proxy_ssl_crl " + (files() / "old.crl") + ";"));
    CHECK(server.get().status == 502);
    server.wait_for_error("peer's certificate is refused (TLS handshake): ");
}
