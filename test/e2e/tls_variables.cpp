// Certificates whose names have variables.
#include <filesystem>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

/// Whose certificate a client gets that asks for that name, and what it is told.
struct Met {
    std::string subject, said;
};
Met meet(const ConfServer& server, const std::string& name, const std::string& more = "") {
    const auto said = run_to_end({"/bin/sh", "-c", "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -ign_eof -connect " + server.address() + " " +
                                                       (name.empty() ? "-noservername" : "-servername '" + name + "'") + " " + more + " 2>&1"})
                          .output;
    const auto at = said.find("subject=");
    return {at == said.npos ? "" : said.substr(at + 8, said.find('\n', at) - at - 8), said};
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

void put(const ConfServer& server, const std::string& name, const std::string& certificate, const std::string& key) {
    server.folder().write_file(name + ".crt", files().text(certificate));
    server.folder().write_file(name + ".key", files().text(key));
}

}  // namespace

TEST_CASE("a certificate by the name that the client asks for, read at each handshake") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/$ssl_server_name.crt; ssl_certificate_key @ROOT@/$ssl_server_name.key; return 200 \"reused $ssl_session_reused\"; }");
    put(server, "example.com", "chain.pem", "leaf.key");
    CHECK(meet(server, "example.com").subject.ends_with("CN = example.com"));
    const auto missing = meet(server, "other.example.org");
    CHECK(missing.subject.empty());
    CHECK(has(missing.said, "alert number 80"));
    CHECK(has(server.wait_for_error("other.example.org.crt"), "[error]"));
    put(server, "other.example.org", "second-chain.pem", "second.key");
    CHECK(meet(server, "other.example.org").subject.ends_with("CN = other.example.org"));
    CHECK(meet(server, "other.example.org", "-tls1_2").subject.ends_with("CN = other.example.org"));
    put(server, "example.com", "rsa-chain.pem", "rsa.key");
    CHECK(has(meet(server, "example.com").said, "Peer signature type: RSA"));
    put(server, "example.com", "chain.pem", "rsa.key");
    CHECK(meet(server, "example.com").subject.empty());
    server.wait_for_error("does not belong to the certificate");
    put(server, "example.com", "chain.pem", "leaf.key");
    const auto ticket = server.folder() / "session";
    CHECK(has(meet(server, "example.com", "-sess_out " + ticket).said, "reused ."));
    CHECK(has(meet(server, "example.com", "-sess_in " + ticket).said, "reused r"));
}

TEST_CASE("names with variables: relative ones, text of the conf, two kinds of key, one without variables beside") {
    const ConfServer server("map $ssl_server_name $which { default leaf; rsa.test rsa; }\n"
                            "map $ssl_server_name $pem { default ''; data.test \"" + files().text("second-chain.pem") + "\"; }\n"
                            "map $ssl_server_name $secret { default ''; data.test \"" + files().text("second.key") + "\"; }\n"
                            "server { listen @LISTEN@ ssl; server_name leaf.test rsa.test; ssl_certificate $which.crt; ssl_certificate_key $which.key; }\n"
                            "server { listen @LISTEN@; server_name data.test; ssl_certificate data:$pem; ssl_certificate_key data:$secret; }\n"
                            "server { listen @LISTEN@; server_name both.test; ssl_certificate $which.crt; ssl_certificate_key @ROOT@/leaf.key; ssl_certificate " + (files() / "rsa-chain.pem") + "; ssl_certificate_key " + (files() / "rsa.key") + "; }");
    put(server, "leaf", "chain.pem", "leaf.key");
    put(server, "rsa", "rsa-chain.pem", "rsa.key");
    CHECK(has(meet(server, "leaf.test").said, "Peer signature type: ECDSA"));
    CHECK(has(meet(server, "rsa.test").said, "Peer signature type: RSA"));
    CHECK(meet(server, "data.test").subject.ends_with("CN = other.example.org"));
    CHECK(has(meet(server, "both.test", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256").said, "Peer signature type: RSA"));
    CHECK(has(meet(server, "both.test", "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256").said, "Peer signature type: ECDSA"));
}

TEST_CASE("what a client sends does not lead out of the folder") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/in/$ssl_server_name/c.crt; ssl_certificate_key @ROOT@/in/$ssl_server_name/c.key; }");
    put(server, "c", "chain.pem", "leaf.key");
    std::filesystem::create_directory(server.folder() / "in");
    CHECK(meet(server, "..").subject.empty());
    server.wait_for_error("leads out of its folder");
    CHECK(meet(server, "x/../..").subject.empty());
    server.wait_for_error("names a host with \"/\"");
    CHECK(meet(server, ".").subject.empty());
    CHECK(meet(server, "").subject.empty());
}

TEST_CASE("ssl_certificate_cache: files are looked at again after their time") {
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_certificate @ROOT@/$ssl_server_name.crt; ssl_certificate_key @ROOT@/$ssl_server_name.key; ssl_certificate_cache max=10 valid=1h; }");
    put(server, "a.test", "chain.pem", "leaf.key");
    CHECK(meet(server, "a.test").subject.ends_with("CN = example.com"));
    put(server, "a.test", "second-chain.pem", "second.key");
    CHECK(meet(server, "a.test").subject.ends_with("CN = example.com"));
    put(server, "b.test", "second-chain.pem", "second.key");
    CHECK(meet(server, "b.test").subject.ends_with("CN = other.example.org"));
}

TEST_CASE("ssl_certificate_cache, proxy_ssl_certificate_cache: what is wrong with the words") {
    const auto [words, says] = GENERATE(table<std::string, std::string>({
        {"ssl_certificate_cache max=0;", "needs room for one"},
        {"ssl_certificate_cache valid=1h;", "needs \"max=\""},
        {"ssl_certificate_cache max=1 foo;", "\"foo\" is not known to \"ssl_certificate_cache\""},
        {"ssl_certificate_cache max=1 valid=x;", "\"x\" is no time"},
        {"ssl_certificate_cache off max=1;", "\"off\" stands alone"},
        {"proxy_ssl_certificate_cache inactive=1h;", "needs \"max=\""},
        {"ssl_certificate $nothing.crt; ssl_certificate_key a;", "nothing"},
    }));
    ConfFolder folder;
    folder.write("server { listen @LISTEN@; " + words + "}", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    INFO(outcome.errors);
    CHECK(outcome.status == 1);
    CHECK(has(outcome.errors, says));
}

TEST_CASE("proxy_ssl_certificate with variables: each client is shown by its own, and connections are not mixed") {
    const ConfServer peer("server { listen @LISTEN@ ssl; ssl_verify_client optional; ssl_verify_depth 2; ssl_client_certificate " + (files() / "authorities.pem") + "; ssl_certificate " + (files() / "chain.pem") + "; ssl_certificate_key " + (files() / "leaf.key") +
                          "; keepalive_timeout 60s; return 200 \"$ssl_client_s_dn reused $ssl_session_reused $connection_requests\"; }");
    const std::string cache = GENERATE("", "proxy_ssl_certificate_cache max=10 inactive=1m valid=1m;");
    const ConfServer server("upstream u { server " + peer.address() + "; keepalive 4; }\nserver { listen @LISTEN@; location / { proxy_pass https://u; proxy_http_version 1.1; proxy_set_header Connection ''; " + cache +
                            "proxy_ssl_certificate @ROOT@/$arg_who.crt; proxy_ssl_certificate_key @ROOT@/$arg_who.key; }\n"
                            "location /none { proxy_pass https://u; proxy_ssl_certificate $arg_no; proxy_ssl_certificate_key $arg_no; } }");
    put(server, "client", "client.crt", "client.key");
    put(server, "revoked", "revoked.crt", "revoked.key");
    CHECK(server.get("/?who=client").body == "CN=client,O=Test reused . 1");
    CHECK(server.get("/?who=client").body == "CN=client,O=Test reused . 2");
    CHECK(server.get("/?who=revoked").body == "CN=revoked,O=Test reused . 1");
    CHECK(server.get("/?who=client").body == "CN=client,O=Test reused . 3");
    CHECK(server.get("/?who=revoked").body == "CN=revoked,O=Test reused . 2");
    CHECK(has(server.get("/none").body, " reused . 1"));
    CHECK(server.get("/?who=nobody").status == 500);
    CHECK(has(server.wait_for_error("nobody.crt"), "[error]"));
    CHECK(has(server.get("/?who=nobody").body, "own_certificate"));
    CHECK(server.get("/?who=../x").status == 500);
    server.wait_for_error("leads out of its folder");
}
