// Records that the kernel makes (ssl_conf_command Options KTLS). On a kernel without TLS the same is done without it.
#include <sys/socket.h>

#include <csignal>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"
#include "support/handshake.hpp"
#include "support/socket.hpp"
#include "support/temporary.hpp"
#include "tls/kernel.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

std::string pair() { return "ssl_certificate " + (files() / "chain.pem") + "; ssl_certificate_key " + (files() / "leaf.key") + "; ssl_conf_command Options KTLS;\n"; }

/// Connections of this machine whose sending the kernel has ever encrypted.
std::size_t encrypted_by_kernel() {
    const auto text = sluice::tls::kernel_has_tls() ? text_in("/proc/net/tls_stat") : "";
    const auto at = text.find("TlsTxSw");
    return at == text.npos ? 0 : std::stoul(text.substr(at + 7));
}

/// What curl says of https://example.com/PATH, once for each of `paths` on one connection.
std::string get(const ConfServer& server, const std::vector<std::string>& paths, const std::vector<std::string>& more = {}) {
    const auto port = server.address().substr(server.address().rfind(':') + 1);
    std::vector<std::string> words{"/usr/bin/env", "curl", "-sS", "--max-time", "60", "--cacert", files() / "root.crt", "--connect-to", "::127.0.0.1:" + port};
    words.insert(words.end(), more.begin(), more.end());
    for (const auto& path : paths) words.push_back("https://example.com" + path);
    const auto outcome = run_to_end(words);
    return outcome.status == 0 ? outcome.output : outcome.errors;
}

std::string many_lines() {
    std::string out;
    for (int i = 0; out.size() < 3'000'000; ++i) out += std::to_string(i) + '\n';
    return out;
}

}  // namespace

TEST_CASE("Options KTLS: files, ranges, answers of https peers, uploads, kept connections") {
    const Origin origin([](Origin::Visit& visit) {
        const auto asked = visit.read_request();
        visit.send(ok(std::to_string(asked.body.size())));
    });
    const ConfServer peer("server { listen @LISTEN@ ssl;\n" + pair() + "location / { alias @ROOT@/; }\nlocation /size { proxy_pass http://" + origin.address() + "; client_max_body_size 0; } }");
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() +
                            "location /files/ { alias @ROOT@/; }\nlocation /said { return 200 \"$connection_requests;\"; }\n"
                            "location / { proxy_pass https://" + peer.address() + "; proxy_ssl_conf_command Options KTLS; client_max_body_size 0; } }");
    const auto lines = many_lines();
    server.folder().write_file("lines", lines);
    peer.folder().write_file("lines", lines);
    const std::vector<std::string> version = GENERATE(std::vector<std::string>{"--tlsv1.3"}, std::vector<std::string>{"--tls-max", "1.2"},
                                                      std::vector<std::string>{"--tls-max", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305"});
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), version.begin(), version.end());
        return more;
    };
    const auto before = encrypted_by_kernel();
    CHECK(get(server, {"/files/lines", "/lines"}, with({})) == lines + lines);
    CHECK(get(server, {"/said", "/files/lines", "/said"}, with({"-r", "1000000-1000009"})) == "1;" + lines.substr(1'000'000, 10) + "3;");
    CHECK(get(server, {"/size"}, with({"-T", server.folder() / "lines"})) == std::to_string(lines.size()));
    // Each of three connections of clients, and at least one to the peer and the peer's own end of it.
    if (sluice::tls::kernel_has_tls() && version.size() < 4) CHECK(encrypted_by_kernel() >= before + 5);
}

TEST_CASE("Options KTLS on a kernel that has no TLS is told of, and harms nothing") {
    ConfFolder folder;
    folder.write("server { listen @LISTEN@ ssl;\n" + pair() + "location / { proxy_pass https://127.0.0.1:1; proxy_ssl_conf_command Options KTLS; } }", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    const bool told = outcome.errors.find("this kernel has no TLS: records are made by this process") != outcome.errors.npos;
    CHECK(told != sluice::tls::kernel_has_tls());
}

namespace {

/// Has asked for a file with a small window, and reads when it is told to.
class SlowReader {
  public:
    SlowReader(const ConfServer& server, const std::string& fields) : socket_(Socket::connect(server.address())) {
        const int room = 4096;
        setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        SSL_set_fd(client_.get(), socket_.fd());
        REQUIRE(SSL_connect(client_.get()) == 1);
        const std::string asked = "GET /file HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
        REQUIRE(SSL_write(client_.get(), asked.data(), static_cast<int>(asked.size())) > 0);
    }
    void wait_until_answered() {
        char byte;
        REQUIRE(SSL_peek(client_.get(), &byte, 1) == 1);
    }
    /// The size of the body, as far as it has come when the connection ends.
    std::size_t read() {
        std::string all;
        char bytes[4096];
        for (int n; (n = SSL_read(client_.get(), bytes, sizeof bytes)) > 0;) all.append(bytes, static_cast<std::size_t>(n));
        return all.size() - all.find("\r\n\r\n") - 4;
    }
    bool was_told_of_the_end() const { return SSL_get_shutdown(client_.get()) & SSL_RECEIVED_SHUTDOWN; }

  private:
    sluice::tls::Owned<SSL_CTX> context_ = any_client();
    Socket socket_;
    sluice::tls::Owned<SSL> client_{SSL_new(context_.get())};
};

}  // namespace

TEST_CASE("Options KTLS: who reads slowly has all of it, though the connection is closed behind it") {
    const ConfServer server("server { listen @LISTEN@ ssl sndbuf=16k;\n" + pair() + "location / { alias @ROOT@/; } }");
    for (const std::size_t size : {30'000, 80'000, 110'000, 150'000, 300'000}) {
        server.folder().write_file("file", std::string(size, 'x'));
        SlowReader client(server, "Connection: close\r\n");
        CHECK(client.read() == size);
        CHECK(client.was_told_of_the_end());
    }
}

TEST_CASE("Options KTLS: SIGQUIT does not cut kept connections off from what the kernel has") {
    ConfServer server("server { listen @LISTEN@ ssl sndbuf=16k;\n" + pair() + "location / { alias @ROOT@/; } }");
    server.folder().write_file("file", std::string(30'000, 'x'));
    SlowReader client(server, "");
    client.wait_until_answered();  // who has not been heard yet is sent away
    server.signal(SIGQUIT);
    wait_until_refused(server.address());
    CHECK(client.read() == 30'000);
    CHECK(server.wait() == 0);
}
