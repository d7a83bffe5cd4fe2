// Files of TLS that change while the server runs.
#include <atomic>
#include <csignal>
#include <filesystem>
#include <list>
#include <memory>
#include <thread>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;
namespace fs = std::filesystem;

namespace {

const Certificates& files() { return Certificates::all(); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string s_client(const std::string& address, const std::string& more, const std::string& sent = "") {
    return run_to_end({"/bin/sh", "-c", "printf '" + sent + "' | openssl s_client -connect " + address + " " + more + " 2>&1"}).output;
}
std::string subject(const std::string& address, const std::string& name) {
    const auto said = s_client(address, "-servername " + name);
    const auto at = said.find("subject=");
    return at == said.npos ? "" : said.substr(at + 8, said.find('\n', at) - at - 8);
}

/// A server with files of its own, which are there before it is.
struct Renewed {
    ConfFolder folder;
    std::unique_ptr<Process> process;

    void put(const std::string& name, const std::string& from) const { folder.write_file(name, files().text(from)); }
    void start(const std::string& http) {
        folder.write(http, "error_log @ROOT@/error.log info;");
        process = std::make_unique<Process>(folder.command());
        wait_for_text(folder.pid_path());
    }
    std::string wait_for(const std::string& text, std::size_t count = 1) const { return wait_for_line_in(folder.error_log_path(), text, count); }
    ~Renewed() {
        if (!process) return;
        process->signal(SIGQUIT);
        CHECK(process->wait() == 0);
    }
};

constexpr auto in_service = "changed certificates are in service";
constexpr auto refused = "the changed certificates are refused, the old ones stay";

}  // namespace

TEST_CASE("a broken pair of one site does not hold back another's") {
    Renewed server;
    for (const std::string name : {"a", "b"}) {
        server.put(name + ".crt", "chain.pem");
        server.put(name + ".key", "leaf.key");
    }
    server.start("server { listen @LISTEN@ ssl; server_name a.test; ssl_certificate @ROOT@/a.crt; ssl_certificate_key @ROOT@/a.key; }\n"
                 "server { listen @LISTEN@ ssl; server_name b.test; ssl_certificate @ROOT@/b.crt; ssl_certificate_key @ROOT@/b.key; }");
    const auto address = server.folder.address();
    server.put("a.key", "second.key");
    server.wait_for(refused);
    CHECK(has(server.wait_for("[emerg]"), "a.key"));
    server.put("b.key", "rsa.key");
    server.put("b.crt", "rsa-chain.pem");
    server.wait_for(in_service);
    CHECK(has(s_client(address, "-servername b.test"), "Peer signature type: RSA"));
    CHECK(has(s_client(address, "-servername a.test"), "Peer signature type: ECDSA"));
    server.put("a.crt", "second-chain.pem");
    server.wait_for(in_service, 2);
    CHECK(subject(address, "a.test").ends_with("other.example.org"));
}

TEST_CASE("what two sites have in common is renewed though one of them is broken") {
    Renewed server;
    for (const std::string name : {"a", "b"}) {
        server.put(name + ".crt", "rsa-chain.pem");
        server.put(name + ".key", "rsa.key");
    }
    server.put("ca", "authorities.pem");
    server.put("crl", "old.crl");
    std::string sites;
    for (const std::string name : {"a", "b"})
        sites += "server { listen @LISTEN@ ssl; server_name " + name + ".test; ssl_certificate @ROOT@/" + name + ".crt; ssl_certificate_key @ROOT@/" + name +
                 ".key; ssl_verify_client optional; ssl_verify_depth 2; ssl_client_certificate @ROOT@/ca; ssl_crl @ROOT@/crl; return 200 $ssl_client_verify; }\n";
    server.start(sites);
    const std::string request = "GET / HTTP/1.1\\r\\nHost: b.test\\r\\nConnection: close\\r\\n\\r\\n";
    const auto asked = [&] {
        return s_client(server.folder.address(), "-ign_eof -servername b.test -cert " + (files() / "client.crt") + " -key " + (files() / "client.key"), request);
    };
    CHECK(has(asked(), "The SSL certificate error"));
    server.put("a.key", "second.key");
    server.wait_for(refused);
    server.put("crl", "crl.pem");
    server.wait_for(in_service);
    CHECK(has(asked(), "SUCCESS"));
}

TEST_CASE("a folder that is replaced by another, or goes and comes again, is seen") {
    Renewed server;
    const auto fill = [&](const std::string& folder, const std::string& certificate, const std::string& key) {
        fs::create_directories(server.folder / folder);
        server.put(folder + "/tls.crt", certificate);
        server.put(folder + "/tls.key", key);
    };
    fill("live", "chain.pem", "leaf.key");
    server.start("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/live/tls.crt; ssl_certificate_key @ROOT@/live/tls.key; }");
    fill("next", "second-chain.pem", "second.key");
    fs::rename(server.folder / "live", server.folder / "old");
    fs::rename(server.folder / "next", server.folder / "live");
    server.wait_for(in_service);
    CHECK(subject(server.folder.address(), "x").ends_with("other.example.org"));
    fs::remove_all(server.folder / "live");
    server.wait_for(refused);
    fill("live", "rsa-chain.pem", "rsa.key");
    server.wait_for(in_service, 2);
    CHECK(has(s_client(server.folder.address(), ""), "Peer signature type: RSA"));
}

TEST_CASE("all files of a folder that changes by one link are seen, as Kubernetes has them") {
    Renewed server;
    const auto version = [&](const std::string& name, const std::string& certificate, const std::string& key) {
        fs::create_directories(server.folder / ("secret/.." + name));
        server.put("secret/.." + name + "/tls.crt", certificate);
        server.put("secret/.." + name + "/tls.key", key);
        fs::create_symlink(".." + name, server.folder / "secret/..data_tmp");
        fs::rename(server.folder / "secret/..data_tmp", server.folder / "secret/..data");
    };
    version("one", "chain.pem", "leaf.key");
    for (const std::string name : {"tls.crt", "tls.key"}) fs::create_symlink("..data/" + name, server.folder / ("secret/" + name));
    fs::create_symlink("secret", server.folder / "linked");
    // For root alone, who has looked at it before sluice became somebody else.
    if (GENERATE(false, true)) fs::permissions(server.folder / "secret", fs::perms::owner_all);
    server.start("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/linked/tls.crt; ssl_certificate_key @ROOT@/linked/tls.key; }");
    CHECK(subject(server.folder.address(), "x").ends_with("CN = example.com"));
    version("two", "second-chain.pem", "second.key");
    server.wait_for(in_service);
    CHECK(subject(server.folder.address(), "x").ends_with("other.example.org"));
    version("three", "rsa-chain.pem", "rsa.key");  // what is watched has moved with the link
    server.wait_for(in_service, 2);
    CHECK(has(s_client(server.folder.address(), ""), "Peer signature type: RSA"));
}

TEST_CASE("lists of revoked certificates, authorities, ticket keys, stapled answers and parameters are renewed, too") {
    Renewed server;
    server.put("crl", "old.crl");
    server.put("ca", "other.crt");
    server.put("tickets", "ticket48.key");
    server.put("staple", "answer-revoked.der");
    const auto make_parameters = [&](const std::string& group) {
        CHECK(run_to_end({"/usr/bin/env", "openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:" + group, "-out", server.folder / "dh"}).status == 0);
    };
    make_parameters("ffdhe2048");
    const auto address = [&] { return server.folder.address(); };
    server.start("server { listen @LISTEN@ ssl; ssl_certificate " + (files() / "rsa-chain.pem") + "; ssl_certificate_key " + (files() / "rsa.key") +
                 "; ssl_verify_client optional; ssl_verify_depth 2; ssl_client_certificate @ROOT@/ca; ssl_crl @ROOT@/crl; ssl_session_ticket_key @ROOT@/tickets; ssl_stapling on; ssl_stapling_file @ROOT@/staple; ssl_dhparam @ROOT@/dh; "
                 "ssl_ciphers DEFAULT; return 200 \"$ssl_client_verify reused $ssl_session_reused\"; }\n");
    const std::string request = "GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n";
    const std::string as_client = " -cert " + (files() / "client.crt") + " -key " + (files() / "client.key");
    const auto session = server.folder / "session";
    CHECK(has(s_client(address(), "-ign_eof -sess_out " + session, request), "NONE reused ."));
    CHECK(has(s_client(address(), "-ign_eof -sess_in " + session, request), "NONE reused r"));
    CHECK(has(s_client(address(), "-ign_eof" + as_client, request), "The SSL certificate error"));
    std::size_t renewals = 0;
    server.put("ca", "authorities.pem");
    server.wait_for(in_service, ++renewals);
    server.put("crl", "crl.pem");
    server.wait_for(in_service, ++renewals);
    CHECK(has(s_client(address(), "-ign_eof" + as_client, request), "SUCCESS"));
    CHECK(has(s_client(address(), "-status"), "Cert Status: revoked"));
    server.put("staple", "answer.der");
    server.wait_for(in_service, ++renewals);
    CHECK(has(s_client(address(), "-status"), "Cert Status: good"));
    const std::string by_integers = "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256";
    CHECK(has(s_client(address(), by_integers), "Server Temp Key: DH, 2048 bits"));
    make_parameters("ffdhe3072");
    server.wait_for(in_service, ++renewals);
    CHECK(has(s_client(address(), by_integers), "Server Temp Key: DH, 3072 bits"));
    s_client(address(), "-ign_eof -sess_out " + session, request);
    CHECK(has(s_client(address(), "-ign_eof -sess_in " + session, request), "reused r"));
    server.put("tickets", "ticket80.key");
    server.wait_for(in_service, ++renewals);
    CHECK(has(s_client(address(), "-ign_eof -sess_in " + session, request), "reused ."));
    server.put("tickets", "leaf.crt");
    server.wait_for(refused);
    CHECK(has(s_client(address(), "", ""), "BEGIN CERTIFICATE"));
}

TEST_CASE("SIGQUIT ends handshakes that are half done at once, and answers who has asked") {
    Gate asked, answer;
    const Origin origin([&](Origin::Visit& visit) {
        visit.read_request();
        asked.open();
        answer.wait();
        visit.send(ok("late"));
    });
    ConfServer server("server { listen @LISTEN@ ssl; ssl_certificate " + (files() / "chain.pem") + "; ssl_certificate_key " + (files() / "leaf.key") + "; location / { proxy_pass http://" + origin.address() + "; } }");
    std::list<Socket> slow;
    for (int i = 0; i < 1000; ++i) slow.push_back(server.connect());
    for (auto& client : slow) client.send("\x16");
    std::string said;
    std::jthread waiting([&] { said = s_client(server.address(), "-quiet -ign_eof", "GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"); });
    asked.wait();
    server.signal(SIGQUIT);
    for (auto& client : slow) CHECK(client.read_to_end().first.empty());
    answer.open();
    waiting.join();
    CHECK(has(said, "late"));
    CHECK(server.wait() == 0);
}

TEST_CASE("certificates change under load, and no request fails") {
    Renewed server;
    server.put("c.pem", "chain.pem");
    server.put("k.pem", "leaf.key");
    server.start("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/c.pem; ssl_certificate_key @ROOT@/k.pem; return 200 fine; }");
    const std::string one = "curl -sS -k --max-time 20 https://" + server.folder.address() + "/ && echo";
    std::atomic<unsigned> answered = 0;
    std::string failed;
    std::jthread load([&](const std::stop_token& enough) {
        while (!enough.stop_requested() && failed.empty()) {
            const auto outcome = run_to_end({"/bin/sh", "-c", one});
            if (outcome.output != "fine\n") failed = outcome.output + outcome.errors + "?";
            ++answered;
        }
    });
    for (std::size_t renewals = 0; renewals < 4;) {
        const bool rsa = renewals % 2 == 0;
        server.put("k.pem", rsa ? "rsa.key" : "leaf.key");
        server.put("c.pem", rsa ? "rsa-chain.pem" : "chain.pem");
        server.wait_for(in_service, ++renewals);
        CHECK(run_to_end({"/bin/sh", "-c", one}).output == "fine\n");
    }
    load.request_stop();
    load.join();
    CHECK(failed.empty());
    CHECK(answered > 0);
}
