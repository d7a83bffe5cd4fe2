// OCSP: stapled answers about our own certificates, and questions about clients'.
#include <csignal>

#include "support/catch.hpp"
#include "support/conf_server.hpp"
#include "support/responder.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

std::string pair(const std::string& certificate = "chain.pem", const std::string& key = "leaf.key") {
    return "ssl_certificate " + (files() / certificate) + "; ssl_certificate_key " + (files() / key) + ";\n";
}

std::string s_client(const ConfServer& server, const std::string& more, const std::string& sent = "") {
    return run_to_end({"/bin/sh", "-c", "printf '" + sent + "' | openssl s_client -connect " + server.address() + " -CAfile " + (files() / "root.crt") + " " + more + " 2>&1"}).output;
}
const std::string request = "GET / HTTP/1.1\\r\\nHost: example.com\\r\\nConnection: close\\r\\n\\r\\n";

/// A request by a client with that certificate.
std::string ask_as(const ConfServer& server, const std::string& name, const std::string& more = "") {
    return s_client(server, "-ign_eof -quiet -cert " + (files() / name) + ".crt -key " + (files() / name) + ".key " + more, request);
}

std::string stapling(const Responder& responder, const std::string& more = "") {
    return "server { listen @LISTEN@ ssl; ssl_stapling on; ssl_stapling_responder " + responder.url() + "; " + more + pair() + "return 200 fine; }";
}

bool has_staple(const ConfServer& server) { return s_client(server, "-status").find("OCSP Response Status: successful") != std::string::npos; }

/// No event tells that it has come: whoever asks before gets none.
void wait_for_staple(const ConfServer& server) {
    for (int tries = 0; tries < 200 && !has_staple(server); ++tries) continue;
    REQUIRE(has_staple(server));
}

std::string verifying(const std::string& responder, const std::string& more) {
    return "server { listen @LISTEN@ ssl; ssl_verify_client on; ssl_verify_depth 2; ssl_client_certificate " + (files() / "authorities.pem") + "; " +
           (responder.empty() ? "" : "ssl_ocsp_responder " + responder + ";") + more + pair() + "return 200 \"$ssl_client_verify reused $ssl_session_reused\"; }";
}

}  // namespace

TEST_CASE("ssl_stapling: the answer is fetched at the start, before anybody asks, and kept over a reload") {
    const std::string rules = "ssl_stapling_verify on; ssl_trusted_certificate ";
    const auto [more, trusted, keeps] = GENERATE_COPY(table<std::string, std::string, bool>({
        {rules + (files() / "authorities.pem") + ";", "", true},  // the same conf
        {rules + "@ROOT@/trusted.crt;", "root.crt", true},
        {"", "", true},
        {rules + "@ROOT@/trusted.crt;", "other.crt", false},  // by the new rules it is none
    }));
    CAPTURE(more, trusted);
    Responder responder;
    ConfServer server(stapling(responder, rules + (files() / "authorities.pem") + ";"));
    wait_for_staple(server);
    const auto said = s_client(server, "-status");
    CHECK(said.find("Cert Status: good") != said.npos);
    CHECK(responder.asked() == 1);
    responder.say("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
    if (!trusted.empty()) server.folder().write_file("trusted.crt", files().text(trusted));
    server.reload(stapling(responder, more));
    CHECK(has_staple(server) == keeps);
}

TEST_CASE("ssl_stapling: sites with one certificate judge its staple each by their own rules") {
    Responder responder;
    const auto site = [&](const std::string& name, const std::string& trusted) {
        return "server { listen @LISTEN@ ssl; server_name " + name + "; ssl_stapling on; ssl_stapling_verify on; ssl_stapling_responder " + responder.url() + "; ssl_trusted_certificate " + (files() / trusted) + "; " + pair() + "}\n";
    };
    const std::string trusting = site("trusting", "authorities.pem"), strict = site("strict", "other.crt");
    const ConfServer server(GENERATE(true, false) ? trusting + strict : strict + trusting);
    const auto has_staple_of = [&](const std::string& name) { return s_client(server, "-status -servername " + name).find("OCSP Response Status: successful") != std::string::npos; };
    server.wait_for_error("OCSP_basic_verify() failed (SSL:");
    for (int tries = 0; tries < 200 && !has_staple_of("trusting"); ++tries) continue;
    CHECK(has_staple_of("trusting"));
    CHECK_FALSE(has_staple_of("strict"));
    CHECK(responder.asked() == 1);
}

TEST_CASE("ssl_stapling: what is wrong with the answer is in the log, and nothing is sent") {
    const auto [says, words] = GENERATE(table<std::string, std::string>({
        {"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", "OCSP responder answered with status 500"},
        {Responder::answer("x", "text/html"), "OCSP responder sent invalid \"Content-Type\" header: \"text/html\""},
        {Responder::answer("x"), "d2i_OCSP_RESPONSE() failed (SSL:"},
        {Responder::answer(Certificates::all().text("answer-revoked.der")), "certificate status not found in the OCSP response"},
        {Responder::answer(Certificates::all().text("answer-stranger.der")), "OCSP_basic_verify() failed (SSL:"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", "OCSP responder prematurely closed connection"},
        {"nonsense\r\n\r\n", "OCSP responder sent invalid response"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "OCSP responder sent invalid response (in chunks"},
        {Responder::answer(std::string(300'000, 'x')), "OCSP responder sent invalid response"},
    }));
    Responder responder;
    responder.say(says);
    const ConfServer server(stapling(responder, "ssl_stapling_verify on; ssl_trusted_certificate " + (files() / "authorities.pem") + ";"));
    const auto line = server.wait_for_error(words);
    INFO(line);
    CHECK(line.find("[error]") != line.npos);
    CHECK(line.find(" while requesting certificate status, responder: 127.0.0.1, peer: " + responder.address() + ", certificate: \"" + (files() / "chain.pem") + '"') != line.npos);
    CHECK_FALSE(has_staple(server));
}

TEST_CASE("ssl_stapling: a revoked certificate has no staple; a responder that cannot be had is told of") {
    Responder responder;
    const ConfServer revoked("server { listen @LISTEN@ ssl; ssl_stapling on; ssl_trusted_certificate " + (files() / "authorities.pem") + "; ssl_stapling_responder " + responder.url() + "; " + pair("revoked.crt", "revoked.key") + "}");
    CHECK(revoked.wait_for_error("certificate status \"revoked\" in the OCSP response").find("responder: 127.0.0.1") != std::string::npos);
    const Port nobody;
    const ConfServer refused("server { listen @LISTEN@ ssl; ssl_stapling on; ssl_stapling_responder http://" + nobody.address() + "/; " + pair() + "}");
    CHECK(refused.wait_for_error("connect() failed (111: Connection refused) while requesting certificate status").find("peer: " + nobody.address()) != std::string::npos);
    const ConfServer unknown("server { listen @LISTEN@ ssl; ssl_stapling on; ssl_stapling_responder http://nobody.invalid/; " + pair() + "}");
    unknown.wait_for_error("nobody.invalid could not be resolved");
}

TEST_CASE("ssl_ocsp: a good client comes in, a revoked one gets a page") {
    Responder responder;
    const ConfServer server(verifying(responder.url(), "ssl_ocsp on; ssl_ocsp_cache shared:ocsp:64k;"));
    CHECK(ask_as(server, "client").find("SUCCESS reused .") != std::string::npos);
    CHECK(responder.asked() == 2);  // about the authority between, too
    CHECK(ask_as(server, "client", "-tls1_2").find("SUCCESS reused .") != std::string::npos);
    CHECK(responder.asked() == 2);
    CHECK(ask_as(server, "revoked").find("400 The SSL certificate error") != std::string::npos);
    CHECK(server.wait_for_error("client SSL certificate verify error: certificate revoked").find("[info]") != std::string::npos);
    CHECK(responder.asked() == 3);
    CHECK(ask_as(server, "revoked").find("400 The SSL certificate error") != std::string::npos);
    CHECK(responder.asked() == 3);
    CHECK(s_client(server, "-ign_eof -quiet", request).find("No required SSL certificate was sent") != std::string::npos);
    CHECK(responder.asked() == 3);
}

TEST_CASE("ssl_ocsp leaf, without a cache; $ssl_client_verify of a revoked one on a page") {
    Responder responder;
    const ConfServer server(verifying(responder.url(), "ssl_ocsp leaf; error_page 495 =200 /why; location = /why { return 200 \"$ssl_client_verify\"; }"));
    CHECK(ask_as(server, "client").find("SUCCESS") != std::string::npos);
    CHECK(ask_as(server, "client").find("SUCCESS") != std::string::npos);
    CHECK(responder.asked() == 2);
    CHECK(ask_as(server, "revoked").find("FAILED:certificate revoked") != std::string::npos);
}

TEST_CASE("ssl_ocsp: who cannot be looked up does not come in") {
    SECTION("the responder fails") {
        Responder responder;
        responder.say("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
        const ConfServer server(verifying(responder.url(), "ssl_ocsp leaf;"));
        CHECK(ask_as(server, "client").find("400 The SSL certificate error") != std::string::npos);
        server.wait_for_error("client SSL certificate verify error: certificate status request failed");
        CHECK(server.wait_for_error("OCSP responder answered with status 500").find("certificate: \"CN=client,O=Test\"") != std::string::npos);
    }
    SECTION("the certificate names none") {
        const ConfServer server(verifying("", "ssl_ocsp leaf;"));
        CHECK(ask_as(server, "client").find("400 The SSL certificate error") != std::string::npos);
        server.wait_for_error("no OCSP responder URL in certificate \"CN=client,O=Test\" while requesting certificate status");
    }
}

TEST_CASE("ssl_ocsp: a session is taken up only if its certificate was good") {
    const std::string version = GENERATE("-tls1_2", "-tls1_3");
    const std::string more = GENERATE("", "ssl_session_cache shared:S:1m; ssl_session_tickets off;", "ssl_session_cache builtin; ssl_session_tickets off;");
    CAPTURE(version, more);
    Responder responder;
    const ConfServer server(verifying(responder.url(), "ssl_ocsp leaf; " + more));
    const auto file = server.folder() / "session";
    const auto good = ask_as(server, "client", version + " -sess_out " + file);
    CHECK(good.find("SUCCESS reused .") != good.npos);
    const bool can_be_taken_up = version == "-tls1_3" ? more.find("builtin") == more.npos : more.find("shared") != more.npos;
    if (can_be_taken_up) {
        CHECK(ask_as(server, "client", version + " -sess_in " + file).find("SUCCESS reused r") != std::string::npos);
        CHECK(responder.asked() == 1);
    }
    const auto bad = server.folder() / "bad";
    CHECK(ask_as(server, "revoked", version + " -sess_out " + bad).find("400 The SSL certificate error") != std::string::npos);
    if (!sluice::test::read_file(bad).empty()) CHECK(ask_as(server, "revoked", version + " -sess_in " + bad).find("400 The SSL certificate error") != std::string::npos);
}

TEST_CASE("ssl_ocsp: a responder that is silent holds up nobody else, and no stop") {
    Responder responder;
    responder.say("");
    ConfServer server(verifying(responder.url(), "ssl_ocsp leaf; client_header_timeout 2s;") + "server { listen @LISTEN@ ssl; server_name open; " + pair() + "return 200 open; }");
    CHECK(ask_as(server, "client").find("HTTP/1.1") == std::string::npos);  // in the end it is sent away
    server.wait_for_error("client timed out (110: Connection timed out) while SSL handshaking");
    CHECK(s_client(server, "-ign_eof -quiet -servername open", "GET / HTTP/1.1\\r\\nHost: open\\r\\nConnection: close\\r\\n\\r\\n").find("\r\n\r\nopen") != std::string::npos);
    Process waiting({"/bin/sh", "-c", "exec openssl s_client -quiet -connect " + server.address() + " -cert " + (files() / "client.crt") + " -key " + (files() / "client.key") + " >/dev/null 2>&1"});
    while (responder.asked() < 1) continue;
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    waiting.signal(SIGTERM);
    waiting.wait();
}

TEST_CASE("OCSP: a responder that is dead holds up its own clients only") {
    Responder dead, alive;
    dead.say("");
    // More questions than may be under way in all, each of other words.
    std::string sites;
    for (int i = 0; i < 300; ++i)
        sites += "server { listen @LISTEN@ ssl; server_name s" + std::to_string(i) + "; ssl_stapling on; ssl_stapling_responder " + dead.url() + std::to_string(i) + "/; " + pair() + "}\n";
    ConfServer server(verifying(alive.url(), "ssl_ocsp leaf; ssl_handshake_timeout 20s;") + sites);
    while (dead.asked() < 1) continue;
    CHECK(ask_as(server, "client").find("SUCCESS") != std::string::npos);
    CHECK(dead.asked() == 1);  // until it has answered, one at a time
}

TEST_CASE("OCSP: what is wrong with the words") {
    const auto [words, says] = GENERATE(table<std::string, std::string>({
        {"ssl_stapling on; ssl_stapling_responder https://a/; ", "\"ssl_stapling\" ignored, invalid URL prefix in OCSP responder \"https://a/\" in the certificate "},
        {"ssl_stapling on; ssl_stapling_responder http://a:x/; ", "invalid port in OCSP responder \"http://a:x/\""},
        {"ssl_verify_client optional_no_ca; ssl_ocsp on;", "\"ssl_ocsp\" is incompatible with \"ssl_verify_client optional_no_ca\""},
        {"ssl_ocsp on; ssl_ocsp_responder https://a/;", "invalid URL prefix in OCSP responder \"https://a/\" in \"ssl_ocsp_responder\""},
        {"ssl_ocsp_cache shared:a:1k;", "OCSP cache \"shared:a:1k\" is too small"},
        {"ssl_ocsp_cache foo;", "invalid OCSP cache \"foo\""},
        {"ssl_ocsp_cache shared:a;", "invalid OCSP cache \"shared:a\""},
    }));
    ConfFolder folder;
    folder.write("server { listen @LISTEN@ ssl; " + words + pair() + "}", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    INFO(outcome.errors);
    CHECK(outcome.errors.find(says) != std::string::npos);
    CHECK(outcome.status == (words.starts_with("ssl_stapling") ? 0 : 1));
}

TEST_CASE("ssl_stapling is ignored, with a warning, where nobody can be asked") {
    ConfFolder folder;
    folder.write("server { listen @LISTEN@ ssl; ssl_stapling on; " + pair("second-chain.pem", "second.key") + "}\nserver { listen @LISTEN@ ssl; server_name a; ssl_stapling on; " + pair("leaf.crt") + "}", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    CHECK(outcome.status == 0);
    CHECK(outcome.errors.find("\"ssl_stapling\" ignored, no OCSP responder URL in the certificate \"" + (files() / "second-chain.pem")) != std::string::npos);
    CHECK(outcome.errors.find("\"ssl_stapling\" ignored, issuer certificate not found for certificate \"" + (files() / "leaf.crt")) != std::string::npos);
}
