// TLS with clients, as curl and openssl see it.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <list>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"
#include "support/descriptors.hpp"
#include "support/handshake.hpp"
#include "support/socket.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

std::string pair(const std::string& certificate = "chain.pem", const std::string& key = "leaf.key") {
    return "ssl_certificate " + (files() / certificate) + "; ssl_certificate_key " + (files() / key) + ";\n";
}

/// What curl shows of https://NAME/TARGET. Names lead to the server, and certificates are checked by the root.
Outcome curl(const ConfServer& server, const std::string& url, std::vector<std::string> more = {}) {
    const auto port = server.address().substr(server.address().rfind(':') + 1);
    std::vector<std::string> words{"/usr/bin/env", "curl", "-sS", "--max-time", "20", "--cacert", files() / "root.crt", "--connect-to", "::127.0.0.1:" + port};
    for (auto& word : more) words.push_back(std::move(word));
    words.push_back(url);
    return run_to_end(words);
}
std::string body(const ConfServer& server, const std::string& url, std::vector<std::string> more = {}) {
    const auto outcome = curl(server, url, std::move(more));
    return outcome.status == 0 ? outcome.output : outcome.errors;
}

/// What openssl s_client shows.
std::string s_client(const ConfServer& server, const std::vector<std::string>& more, const std::string& sent = "") {
    std::string command = "printf '" + sent + "' | openssl s_client -connect " + server.address() + " -CAfile " + (files() / "root.crt");
    for (const auto& word : more) command += " " + word;
    return run_to_end({"/bin/sh", "-c", command + " 2>&1"}).output;
}

const std::string request = "GET / HTTP/1.1\\r\\nHost: example.com\\r\\nConnection: close\\r\\n\\r\\n";

}  // namespace

TEST_CASE("a site of TLS: versions, scheme, bodies in both directions, files") {
    const Origin origin([](Origin::Visit& visit) {
        const auto asked = visit.read_request();
        visit.send(ok(asked.body.empty() ? std::string(300'000, 'x') : std::to_string(asked.body.size())));
    });
    const ConfServer server("server { listen @LISTEN@ ssl; server_name example.com;\n" + pair() +
                            "location / { return 200 \"$scheme $https $ssl_protocol $server_port\"; }\n"
                            "location /up { proxy_pass http://" + origin.address() + "; client_max_body_size 0; }\nlocation /files/ { alias @ROOT@/; } }");
    const auto port = server.address().substr(server.address().rfind(':') + 1);
    CHECK(body(server, "https://example.com/") == "https on TLSv1.3 " + port);
    CHECK(body(server, "https://example.com/", {"--tls-max", "1.2"}) == "https on TLSv1.2 " + port);
    CHECK(curl(server, "https://example.com/", {"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"}).status != 0);
    CHECK(body(server, "https://example.com/up") == std::string(300'000, 'x'));
    server.folder().write_file("large", std::string(1'000'000, 'y'));
    CHECK(body(server, "https://example.com/files/large") == std::string(1'000'000, 'y'));
    CHECK(body(server, "https://example.com/up", {"-T", server.folder() / "large"}) == "1000000");
    CHECK(body(server, "https://example.com/files/large", {"-r", "10-19"}) == std::string(10, 'y'));
}

TEST_CASE("many requests on one connection, and those that come together") {
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() + "location / { return 200 \"$connection_requests;\"; } }");
    const auto said = s_client(server, {"-quiet", "-ign_eof"}, "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" + request);
    CHECK(said.find("\r\n\r\n1;") != said.npos);
    CHECK(said.find("\r\n\r\n3;") != said.npos);
}

TEST_CASE("a client that gathers small segments has its first answer without the 40 ms of a delayed acknowledgement") {
    using Clock = std::chrono::steady_clock;
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_session_cache off; ssl_session_tickets off;\n" + pair() + "return 200 x; }");
    const auto context = any_client();
    const std::string asked = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    auto fastest = Clock::duration::max();
    for (int i = 0; i < 10; ++i) {
        const Socket socket = Socket::connect(server.address());
        const sluice::tls::Owned<SSL> client(SSL_new(context.get()));
        SSL_set_fd(client.get(), socket.fd());
        const auto start = Clock::now();
        REQUIRE(SSL_connect(client.get()) == 1);
        char room[4096];
        REQUIRE(SSL_write(client.get(), asked.data(), static_cast<int>(asked.size())) > 0);
        REQUIRE(SSL_read(client.get(), room, sizeof room) > 0);
        fastest = std::min(fastest, Clock::now() - start);
    }
    CHECK(fastest < std::chrono::milliseconds(30));
}

TEST_CASE("plain HTTP on a port of TLS is a 400 that an error_page can turn into a redirect") {
    const ConfServer server("server { listen @LISTEN@ ssl; server_name a;\n" + pair() + "return 200 x; }\n"
                            "server { listen @LISTEN@ ssl; server_name b;\n" + pair() + "error_page 497 =301 https://$host$request_uri; return 200 x; }");
    const auto answer = server.get("/", "a");
    CHECK(answer.status == 400);
    CHECK(answer.body.find("<title>400 The plain HTTP request was sent to HTTPS port</title>") != std::string::npos);
    CHECK(answer["Connection"] == "close");
    CHECK(server.get("/x", "b")["Location"] == "https://b/x");
    CHECK(server.wait_for_error("client sent plain HTTP request to HTTPS port").find("[info]") != std::string::npos);
}

TEST_CASE("garbage, and a client that leaves, are told of and harm nobody") {
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() + "return 200 fine; }");
    for (const std::string bytes : {std::string("\x16\x03\x01\x00\x05hello", 10), std::string("\x16\x03\x01\xff\xff", 5), std::string("\x80\x00\x00", 3), std::string(3000, '\xff')}) {
        auto client = server.connect();
        client.send(bytes);
        client.shutdown_send();
        client.read_to_end();
    }
    CHECK(server.wait_for_error("while SSL handshaking", 4).find("[info]") != std::string::npos);
    CHECK(body(server, "https://example.com/") == "fine");
}

TEST_CASE("who sends a byte and no more is sent away in time, and does not hold up others") {
    const ConfServer server("client_header_timeout 1s; server { listen @LISTEN@ ssl;\n" + pair() + "return 200 fine; }");
    constexpr int many = 1000;
    REQUIRE(may_open(many + 100));
    std::list<Socket> slow;
    for (int i = 0; i < many; ++i) slow.push_back(server.connect());
    for (auto& client : slow) client.send("\x16");
    CHECK(body(server, "https://example.com/") == "fine");
    for (auto& client : slow) client.read_to_end();
    CHECK(server.wait_for_error("client timed out (110: Connection timed out) while SSL handshaking", many).find("[info]") != std::string::npos);
}

TEST_CASE("sites by name, each with its certificate and versions; who knows none gets the first") {
    const ConfServer server("server { listen @LISTEN@ ssl; server_name example.com;\n" + pair() + "return 200 \"first $ssl_server_name\"; }\n"
                            "server { listen @LISTEN@ ssl; server_name other.example.org; ssl_protocols TLSv1.3;\n" + pair("second-chain.pem", "second.key") + "return 200 \"second $ssl_server_name\"; }");
    CHECK(body(server, "https://example.com/") == "first example.com");
    CHECK(body(server, "https://other.example.org/") == "second other.example.org");
    CHECK(curl(server, "https://other.example.org/", {"--tls-max", "1.2"}).status != 0);
    CHECK(body(server, "https://www.example.com/", {"--tls-max", "1.2"}) == "first www.example.com");
    CHECK(s_client(server, {"-noservername", "-quiet", "-ign_eof"}, request).find("first ") != std::string::npos);
}

TEST_CASE("a site without a certificate has that of the first, and its own rules for clients") {
    const ConfServer server("server { listen @LISTEN@ ssl; server_name example.com;\n" + pair() + "return 200 first; }\n"
                            "server { listen @LISTEN@; server_name www.example.com; return 200 second; }\n"
                            "server { listen @LISTEN@; server_name closed.example.com; ssl_verify_client on; ssl_client_certificate " + (files() / "authorities.pem") + "; return 200 closed; }");
    CHECK(body(server, "https://example.com/") == "first");
    CHECK(body(server, "https://www.example.com/") == "second");
    CHECK(body(server, "https://example.com/", {"-H", "Host: www.example.com"}) == "second");
    for (const std::string name : {"closed", "www"}) CHECK(curl(server, "https://" + name + ".example.com/", {"-H", "Host: closed.example.com"}).output.find("closed") == std::string::npos);
}

TEST_CASE("ssl_reject_handshake: an unknown name gets an alert, and nothing else") {
    const ConfServer server("server { listen @LISTEN@ ssl default_server; ssl_reject_handshake on; }\n"
                            "server { listen @LISTEN@ ssl; server_name example.com;\n" + pair() + "return 200 here; }");
    CHECK(body(server, "https://example.com/") == "here");
    CHECK(s_client(server, {"-servername", "nobody.test"}).find("SSL alert number 112") != std::string::npos);
}

TEST_CASE("two types of key: the client's ciphers choose") {
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() + pair("rsa-chain.pem", "rsa.key") + "return 200 \"$ssl_cipher\"; }");
    CHECK(body(server, "https://example.com/", {"--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"}) == "ECDHE-RSA-AES128-GCM-SHA256");
    CHECK(body(server, "https://example.com/", {"--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"}) == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("ssl_verify_client: on, optional, and what variables say") {
    const auto tell = "return 200 \"$ssl_client_verify|$ssl_client_s_dn|$ssl_client_i_dn\"; }\n";
    const auto trust = "ssl_client_certificate " + (files() / "authorities.pem") + "; ssl_verify_depth 2;\n";
    const ConfServer server("server { listen @LISTEN@ ssl; server_name example.com; ssl_verify_client on;\n" + trust + pair() + tell +
                            "server { listen @LISTEN@ ssl; server_name www.example.com; ssl_verify_client optional; ssl_crl " + (files() / "crl.pem") + ";\n" + trust + pair() + tell +
                            "server { listen @LISTEN@ ssl; server_name any.example.com; ssl_verify_client optional_no_ca;\n" + trust + pair() + tell +
                            "server { listen @LISTEN@ ssl; server_name open.example.com;\n" + pair() + tell);
    const auto as = [](const std::string& name) { return std::vector<std::string>{"--cert", files() / (name + ".crt"), "--key", files() / (name + ".key")}; };
    CHECK(body(server, "https://example.com/", as("client")) == "SUCCESS|CN=client,O=Test|CN=Intermediate,O=Test");
    CHECK(body(server, "https://example.com/").find("<title>400 No required SSL certificate was sent</title>") != std::string::npos);
    CHECK(body(server, "https://example.com/", as("stranger")).find("<title>400 The SSL certificate error</title>") != std::string::npos);
    server.wait_for_error("client SSL certificate verify error: (21:unable to verify the first certificate)");
    CHECK(body(server, "https://www.example.com/") == "NONE||");
    CHECK(body(server, "https://www.example.com/", as("client")).starts_with("SUCCESS|"));
    CHECK(body(server, "https://www.example.com/", as("revoked")).find("400 The SSL certificate error") != std::string::npos);
    server.wait_for_error("certificate revoked");
    CHECK(body(server, "https://any.example.com/", as("stranger")).starts_with("FAILED:unable to verify the first certificate|CN=stranger"));
    CHECK(body(server, "https://open.example.com/") == "NONE||");
    // Agreed on for one site, asking for another that would have wanted more.
    CHECK(body(server, "https://open.example.com/", {"-H", "Host: example.com"}).find("421 Misdirected Request") != std::string::npos);
    CHECK(body(server, "https://example.com/", {"-H", "Host: open.example.com", "--cert", files() / "client.crt", "--key", files() / "client.key"}).starts_with("SUCCESS|"));
}

TEST_CASE("a session of a site without rules is not taken up by one with") {
    const auto trust = "ssl_client_certificate " + (files() / "authorities.pem") + "; ssl_verify_depth 2;\n";
    const std::string version = GENERATE(as<std::string>(), "-tls1_2", "-tls1_3");
    const ConfServer server("ssl_session_cache shared:S:1m; ssl_protocols TLSv1.2 TLSv1.3;\nserver { listen @LISTEN@ ssl; server_name open.example.com;\n" + pair() + "return 200 \"open $ssl_session_reused\"; }\n"
                            "server { listen @LISTEN@ ssl; server_name closed.example.com; ssl_verify_client on;\n" + trust + pair() + "return 200 \"closed $ssl_session_reused\"; }");
    const auto ticket = server.folder() / "session";
    const auto ask = [&](const std::string& name) { return "GET / HTTP/1.1\\r\\nHost: " + name + "\\r\\nConnection: close\\r\\n\\r\\n"; };
    const auto first = s_client(server, {version, "-servername open.example.com -ign_eof -sess_out", ticket}, ask("open.example.com"));
    CHECK(first.find("open .") != first.npos);
    const auto again = s_client(server, {version, "-servername open.example.com -ign_eof -sess_in", ticket}, ask("open.example.com"));
    CHECK(again.find("open r") != again.npos);
    const auto other = s_client(server, {version, "-servername closed.example.com -ign_eof -sess_in", ticket}, ask("closed.example.com"));
    CHECK(other.find("No required SSL certificate was sent") != other.npos);
}

TEST_CASE("tickets are good with every worker, and after a reload") {
    const std::string conf = "server { listen @LISTEN@ ssl;\n" + pair() + "return 200 \"reused $ssl_session_reused\"; }";
    ConfServer server(conf, "worker_processes 2; error_log @ROOT@/error.log info;");
    const auto ticket = server.folder() / "session";
    s_client(server, {"-ign_eof -sess_out", ticket}, request);
    for (int i = 0; i < 6; ++i) {
        if (i == 3) server.reload(conf, "worker_processes 2; error_log @ROOT@/error.log info;");
        const auto again = s_client(server, {"-ign_eof -sess_in", ticket}, request);
        CHECK(again.find("reused r") != again.npos);
    }
}

TEST_CASE("ssl_early_data: a request before the end of the handshake") {
    const bool on = GENERATE(true, false);
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_early_data " + std::string(on ? "on" : "off") + ";\n" + pair() + "return 200 \"early <$ssl_early_data>\"; }");
    const auto ticket = server.folder() / "session";
    s_client(server, {"-ign_eof -sess_out", ticket}, request);
    server.folder().write_file("early", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const auto said = s_client(server, {"-ign_eof -sess_in", ticket, "-early_data", server.folder() / "early"}, on ? "" : request);
    CHECK(said.find(on ? "early <1>" : "early <>") != said.npos);
    CHECK(said.find(on ? "Early data was accepted" : "Early data was ") != said.npos);
}

TEST_CASE("renegotiation is refused") {
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() + "return 200 fine; }");
    const auto said = run_to_end({"/bin/sh", "-c", "printf 'R\\n' | openssl s_client -tls1_2 -connect " + server.address() + " 2>&1"}).output;
    CHECK(said.find("RENEGOTIATING") != said.npos);
    CHECK(said.find("no renegotiation") != said.npos);
    CHECK(body(server, "https://example.com/") == "fine");
}

TEST_CASE("certificates that are changed are in service after a reload; a broken pair is refused, and the old one stays") {
    const std::string conf = "server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/c.pem; ssl_certificate_key @ROOT@/k.pem; return 200 fine; }";
    ConfFolder folder;
    folder.write_file("c.pem", files().text("chain.pem"));
    folder.write_file("k.pem", files().text("leaf.key"));
    folder.write(conf, "error_log @ROOT@/error.log info;");
    Process server(folder.command());
    wait_for_text(folder.pid_path());
    const auto subject = [&] {
        return run_to_end({"/bin/sh", "-c", "openssl s_client -connect " + folder.address() + " </dev/null 2>/dev/null | openssl x509 -noout -subject"}).output;
    };
    CHECK(subject().find("CN = example.com") != std::string::npos);
    folder.write_file("c.pem", files().text("second-chain.pem"));
    server.signal(SIGHUP);
    const auto refused = wait_for_line_in(folder.error_log_path(), "[emerg]");
    CHECK(refused.find("k.pem") != refused.npos);
    wait_for_line_in(folder.error_log_path(), "the old one stays");
    CHECK(subject().find("CN = example.com") != std::string::npos);
    folder.write_file("k.pem", files().text("second.key"));
    server.signal(SIGHUP);
    wait_for_line_in(folder.error_log_path(), "exited with code 0");
    CHECK(subject().find("CN = other.example.org") != std::string::npos);
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
}

TEST_CASE("names of certificates start in the conf's folder, other paths at the prefix") {
    const Folder conf, prefix;
    for (const std::string name : {"chain.pem", "leaf.key"}) std::filesystem::copy_file(files() / name, conf / name);
    std::ofstream(conf / "a.conf") << "pid a.pid; error_log error.log; events {} http { access_log access.log; server { listen unix:" << prefix / "s"
                                   << " ssl; ssl_certificate chain.pem; ssl_certificate_key leaf.key; } }";
    const auto outcome = run_to_end({SLUICE_BINARY, "-t", "-p", prefix / "", "-c", conf / "a.conf"});
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
}

TEST_CASE("what is wrong with a certificate is said at the test") {
    const auto test = [](const std::string& words) {
        ConfFolder folder;
        folder.write("server { listen @LISTEN@ ssl; " + words + " return 200 x; }", "error_log @ROOT@/error.log;");
        auto outcome = run_to_end(folder.command({"-t"}));
        return std::pair(outcome.status, outcome.errors);
    };
    const auto [missing, missing_text] = test("ssl_certificate /nowhere/c.pem; ssl_certificate_key /nowhere/k.pem;");
    CHECK(missing == 1);
    CHECK(missing_text.find("/nowhere/c.pem") != std::string::npos);
    CHECK(missing_text.find("No such file") != std::string::npos);
    const auto [mismatch, mismatch_text] = test(pair("chain.pem", "second.key"));
    CHECK(mismatch == 1);
    CHECK(mismatch_text.find("second.key") != std::string::npos);
    const auto [expired, expired_text] = test(pair("expired.crt", "expired.key"));
    CHECK(expired == 0);
    CHECK(expired_text.find("2021") != std::string::npos);
    const auto [none, none_text] = test("");
    CHECK(none == 1);
    CHECK(none_text.find("no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive") != std::string::npos);
    const auto [no_list, no_list_text] = test("ssl_verify_client on; " + pair());
    CHECK(no_list == 1);
    CHECK(no_list_text.find("no \"ssl_client_certificate\" for \"ssl_verify_client\"") != std::string::npos);
    const auto [no_key, no_key_text] = test("ssl_certificate " + (files() / "chain.pem") + ";");
    CHECK(no_key == 1);
    CHECK(no_key_text.find("no \"ssl_certificate_key\"") != std::string::npos);
    const auto [locked, locked_text] = test("ssl_password_file " + (files() / "passwords") + ";" + pair("chain.pem", "encrypted.key"));
    INFO(locked_text);
    CHECK(locked == 0);
}

TEST_CASE("the other $ssl_ variables") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_verify_client optional; ssl_client_certificate " + (files() / "authorities.pem") + "; ssl_verify_depth 2;\n" + pair() +
                            "return 200 \"$ssl_cipher|$ssl_curve|$ssl_alpn_protocol|$ssl_session_reused|$ssl_client_fingerprint|$ssl_client_serial|$ssl_client_v_remain|$ssl_sigalg|$ssl_client_sigalg\n$ssl_ciphers\n$ssl_curves\n$ssl_client_v_start|$ssl_client_v_end|$ssl_client_s_dn_legacy|$ssl_client_i_dn_legacy\n$ssl_client_cert\n$ssl_client_escaped_cert\n$ssl_client_raw_cert\"; }");
    const auto said = body(server, "https://example.com/", {"--cert", files() / "client.crt", "--key", files() / "client.key", "--curves", "X25519"});
    INFO(said);
    CHECK(said.starts_with("TLS_"));
    for (const std::string part : {"|X25519|http/1.1|.|", "|364|ecdsa_secp256r1_sha256|ecdsa_secp256r1_sha256\n", "GMT|/O=Test/CN=client|/O=Test/CN=Intermediate\n-----BEGIN CERTIFICATE-----\n\t", "\n-----BEGIN%20CERTIFICATE-----%0A", "-----END CERTIFICATE-----\n"})
        CHECK(said.find(part) != said.npos);
}

TEST_CASE("a changed certificate is in service without a reload, and nobody is interrupted; a broken one is refused") {
    ConfFolder folder;
    namespace fs = std::filesystem;
    // As certbot has it: links into a folder of all versions.
    fs::create_directory(folder / "live");
    fs::create_directory(folder / "all");
    folder.write_file("all/c1", files().text("chain.pem"));
    folder.write_file("all/k1", files().text("leaf.key"));
    folder.write_file("all/c2", files().text("second-chain.pem"));
    folder.write_file("all/k2", files().text("second.key"));
    const auto link = [&](const std::string& to, const std::string& name) {
        fs::create_symlink(folder / to, folder / "live/new");
        fs::rename(folder / "live/new", folder / ("live/" + name));
    };
    link("all/c1", "c.pem");
    link("all/k1", "k.pem");
    folder.write("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/live/c.pem; ssl_certificate_key @ROOT@/live/k.pem; return 200 fine; }", "error_log @ROOT@/error.log info;");
    Process server(folder.command());
    wait_for_text(folder.pid_path());
    const auto subject = [&] {
        return run_to_end({"/bin/sh", "-c", "openssl s_client -connect " + folder.address() + " </dev/null 2>/dev/null | openssl x509 -noout -subject"}).output;
    };
    CHECK(subject().find("CN = example.com") != std::string::npos);
    auto waiting = Socket::connect(folder.address());
    link("all/c2", "c.pem");  // without its key
    wait_for_line_in(folder.error_log_path(), "the changed certificates are refused, the old ones stay");
    CHECK(subject().find("CN = example.com") != std::string::npos);
    link("all/k2", "k.pem");
    wait_for_line_in(folder.error_log_path(), "changed certificates are in service");
    CHECK(subject().find("CN = other.example.org") != std::string::npos);
    waiting.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(waiting.read_to_end().first.find("400 The plain HTTP request") != std::string::npos);
    folder.write_file("all/c2", files().text("chain.pem"));  // in its place
    wait_for_line_in(folder.error_log_path(), "the changed certificates are refused", 2);
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
}

TEST_CASE("ssl_session_tickets, ssl_session_cache, ssl_session_timeout, ssl_session_ticket_key") {
    const auto run = [](const ConfServer& server, const std::string& file, bool again) {
        return s_client(server, {"-ign_eof", again ? "-sess_in" : "-sess_out", file}, request);
    };
    const auto site = [](const std::string& words) { return "server { listen @LISTEN@ ssl;\n" + words + pair() + "return 200 \"reused $ssl_session_reused\"; }"; };
    Folder folder;
    {
        const ConfServer server(site("ssl_session_tickets off;"));  // and no cache: there is nothing to take up
        CHECK(run(server, folder / "none", false).find("New Session Ticket") == std::string::npos);
        CHECK_FALSE(std::filesystem::exists(folder / "none"));
    }
    {
        const ConfServer server(site("ssl_session_tickets off; ssl_session_cache shared:S:1m; ssl_session_timeout 77s;"));
        CHECK(run(server, folder / "cache", false).find("lifetime hint: 77 ") != std::string::npos);
        CHECK(run(server, folder / "cache", true).find("reused r") != std::string::npos);
    }
    const auto keyed = site("ssl_session_ticket_key " + (files() / "ticket80.key") + ";");
    const ConfServer one(keyed), other(keyed), stranger(site(""));
    run(one, folder / "keyed", false);
    CHECK(run(other, folder / "keyed", true).find("reused r") != std::string::npos);
    CHECK(run(stranger, folder / "keyed", true).find("reused .") != std::string::npos);
}

TEST_CASE("ssl_ciphers, ssl_prefer_server_ciphers, ssl_ecdh_curve, ssl_dhparam, ssl_conf_command") {
    const auto cipher = [](const std::string& words, std::vector<std::string> more, const std::string& certificate = "chain.pem", const std::string& key = "leaf.key") {
        const ConfServer server("server { listen @LISTEN@ ssl;\n" + words + pair(certificate, key) + "return 200 \"$ssl_cipher $ssl_curve\"; }");
        return body(server, "https://example.com/", std::move(more));
    };
    const std::string one = "ECDHE-ECDSA-AES256-GCM-SHA384", two = "ECDHE-ECDSA-AES128-GCM-SHA256";
    CHECK(cipher("ssl_ciphers " + two + ";", {"--tls-max", "1.2"}).starts_with(two));
    CHECK(cipher("ssl_ciphers " + one + ":" + two + "; ssl_prefer_server_ciphers on;", {"--tls-max", "1.2", "--ciphers", two + ":" + one}).starts_with(one));
    CHECK(cipher("ssl_ciphers " + one + ":" + two + "; ssl_prefer_server_ciphers off;", {"--tls-max", "1.2", "--ciphers", two + ":" + one}).starts_with(two));
    CHECK(cipher("ssl_ecdh_curve secp384r1;", {}).ends_with(" secp384r1"));
    CHECK(cipher("ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256;", {}).starts_with("TLS_CHACHA20_POLY1305_SHA256"));
    Folder folder;
    CHECK(run_to_end({"/usr/bin/env", "openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", folder / "dh.pem"}).status == 0);
    CHECK(cipher("ssl_ciphers DHE-RSA-AES128-GCM-SHA256; ssl_dhparam " + (folder / "dh.pem") + ";", {"--tls-max", "1.2"}, "rsa-chain.pem", "rsa.key").starts_with("DHE-RSA-AES128-GCM-SHA256"));
}

TEST_CASE("ssl_buffer_size: no record is larger") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_buffer_size 512;\n" + pair() + "root @ROOT@; }");
    server.folder().write_file("large", std::string(5000, 'x'));
    const auto said = s_client(server, {"-ign_eof -msg"}, "GET /large HTTP/1.0\\r\\nHost: a\\r\\n\\r\\n");
    std::size_t full = 0;
    for (std::size_t at = 0; (at = said.find("17 03 03 02 11", at)) != said.npos; ++at) ++full;  // 512, the type and the tag
    CHECK(full == 10);
}

TEST_CASE("ssl_handshake_timeout is shorter than client_header_timeout, and counts from the start") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_handshake_timeout 1s;\n" + pair() + "return 200 x; }");
    auto client = server.connect(), silent = server.connect();
    client.send("\x16");
    CHECK(client.ends());
    CHECK(silent.ends());
    server.wait_for_error("client timed out (110: Connection timed out) while SSL handshaking", 2);
}

TEST_CASE("a name with a dot at its end is the same name") {
    const ConfServer server("server { listen @LISTEN@ ssl;\n" + pair() + "return 200 first; }\n"
                            "server { listen @LISTEN@ ssl; server_name *.example.org;\n" + pair("second-chain.pem", "second.key") + "return 200 \"second $ssl_server_name\"; }");
    CHECK(s_client(server, {"-servername", "other.example.org.", "-quiet", "-ign_eof"}, "GET / HTTP/1.1\\r\\nHost: other.example.org\\r\\nConnection: close\\r\\n\\r\\n").find("second other.example.org.") != std::string::npos);
}

TEST_CASE("ssl_trusted_certificate verifies, and no names are sent; ssl_stapling_file is") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_verify_client optional; ssl_verify_depth 2; ssl_client_certificate " + (files() / "other.crt") + "; ssl_trusted_certificate " + (files() / "authorities.pem") +
                            "; ssl_stapling on; ssl_stapling_verify on; ssl_stapling_file " + (files() / "answer.der") + ";\n" + pair() + "return 200 \"$ssl_client_verify\"; }");
    CHECK(body(server, "https://example.com/", {"--cert", files() / "client.crt", "--key", files() / "client.key"}) == "SUCCESS");
    const auto said = s_client(server, {"-ign_eof -status"}, request);
    CHECK(said.find("OCSP Response Status: successful") != said.npos);
    const auto names = said.find("Acceptable client certificate CA names");
    REQUIRE(names != said.npos);
    CHECK(said.find("Other Root", names) != said.npos);
    CHECK(said.substr(names, 120).find("CN = Root") == std::string::npos);
}
