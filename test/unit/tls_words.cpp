// The texts of $ssl_ variables. What is expected is what nginx 1.22 says of the same certificates and clients.
#include "tls/words.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/handshake.hpp"
#include "tls/server_contexts.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::any_client;
using sluice::test::Certificates;
using sluice::test::Handshake;

namespace {

std::shared_ptr<const ServerContexts> site(const Pair& pair) {
    ServerDescription description;
    description.pairs = {pair};
    description.verify = VerifyClient::optional_no_ca;
    description.client_authorities = Certificates::all().item("authorities.pem");
    Complaints complaints;
    static Store store;
    return make_server(description, 1, store, complaints);
}

Owned<SSL_CTX> client_with(const std::string& name) {
    auto out = any_client();
    SSL_CTX_use_certificate_chain_file(out.get(), (Certificates::all() / (name + ".crt")).c_str());
    SSL_CTX_use_PrivateKey_file(out.get(), (Certificates::all() / (name + ".key")).c_str(), SSL_FILETYPE_PEM);
    return out;
}

Owned<X509> certificate(const std::string& name) {
    Store store;
    Complaints complaints;
    const auto loaded = store.pair(Certificates::all().pair(name + ".crt", name + ".key"), {}, complaints);
    REQUIRE(loaded);
    return share(loaded->certificate.get());
}

void only(SSL* ssl, int version) {
    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
}

void ask_for(SSL* ssl, const char* name) {
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name));
}

}  // namespace

TEST_CASE("what a connection says of itself") {
    const auto contexts = site(Certificates::all().pair("chain.pem", "leaf.key"));
    const auto client = client_with("client");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const bool old = version == TLS1_2_VERSION;
        Handshake talk(contexts->at(0), client.get(), [&](SSL* ssl) {
            only(ssl, version);
            SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256");
            SSL_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256");
            SSL_set1_groups_list(ssl, "P-256:X448");
            ask_for(ssl, "Example.com");
        });
        CHECK(words::early_data(Agreed(talk.server())) == "1");
        REQUIRE(talk.run());
        const Agreed ssl(talk.server());
        CHECK(words::protocol(ssl) == (old ? "TLSv1.2" : "TLSv1.3"));
        CHECK(words::cipher(ssl) == (old ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256"));
        CHECK(words::ciphers(ssl) == (old ? "ECDHE-ECDSA-AES128-GCM-SHA256:" : "TLS_AES_128_GCM_SHA256:") +
                                         std::string("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"));
        CHECK(words::curve(ssl) == "prime256v1");
        CHECK(words::curves(ssl) == "prime256v1:X448");
        CHECK(words::server_name(ssl) == "Example.com");
        CHECK(words::alpn_protocol(ssl).empty());
        CHECK(words::early_data(ssl).empty());
        CHECK(words::session_reused(ssl) == ".");
        CHECK(words::session_id(ssl).size() == (old ? 0 : 64));
        CHECK(words::client_verify(ssl) == "SUCCESS");
        CHECK(words::sigalg(ssl) == "ecdsa_secp256r1_sha256");
        CHECK(words::client_sigalg(ssl) == "ecdsa_secp256r1_sha256");
        const auto session = talk.end();
        Handshake again(contexts->at(0), client.get(), [&](SSL* it) {
            only(it, version);
            ask_for(it, "Example.com");
            SSL_set_ciphersuites(it, "TLS_AES_128_GCM_SHA256");  // another hash would be another session
            SSL_set_session(it, session.get());
        });
        REQUIRE(again.run());
        CHECK(words::session_reused(Agreed(again.server())) == "r");
        CHECK(words::session_id(Agreed(again.server())).size() == 64);
        CHECK(words::sigalg(Agreed(again.server())).empty());
        CHECK(words::client_verify(Agreed(again.server())) == "SUCCESS");
    }
}

TEST_CASE("ciphers and curves without a name are numbers") {
    // A first message by hand: TLS 1.2, two ciphers nobody knows around one that is known, and the group 0x1a1a.
    const std::string random(32, 'r');
    const std::string extensions = std::string(
        "\x00\x0a\x00\x06\x00\x04\x1a\x1a\x00\x17\x00\x0b\x00\x02\x01\x00\x00\x0d\x00\x04\x00\x02\x04\x03", 24);
    std::string body =
        std::string("\x03\x03", 2) + random + std::string("\x00\x00\x06\x0a\x0a\xc0\x2b\xfa\xfa\x01\x00\x00", 12);
    body += static_cast<char>(extensions.size());
    body += extensions;
    std::string message = std::string("\x01\x00\x00", 3) + static_cast<char>(body.size()) + body;
    const std::string record = std::string("\x16\x03\x01\x00", 4) + static_cast<char>(message.size()) + message;
    const auto contexts = site(Certificates::all().pair("chain.pem", "leaf.key"));
    const Owned<SSL> ssl(SSL_new(contexts->at(0)));
    BIO* in = BIO_new(BIO_s_mem());
    BIO_write(in, record.data(), static_cast<int>(record.size()));
    SSL_set_bio(ssl.get(), in, BIO_new(BIO_s_mem()));
    CHECK(SSL_accept(ssl.get()) == -1);
    CHECK(words::ciphers(Agreed(ssl.get())) == "0x0a0a:ECDHE-ECDSA-AES128-GCM-SHA256:0xfafa");
    CHECK(words::curves(Agreed(ssl.get())) == "0x1a1a:prime256v1");
    ERR_clear_error();
}

TEST_CASE("signatures of RSA keys") {
    const auto contexts = site(Certificates::all().pair("rsa-chain.pem", "rsa.key"));
    const auto client = any_client();
    for (const auto& [version, name] :
         {std::pair{TLS1_2_VERSION, "rsa_pkcs1_sha384"}, {TLS1_3_VERSION, "rsa_pss_rsae_sha256"}}) {
        const int of_client = version;
        Handshake talk(contexts->at(0), client.get(), [&](SSL* ssl) {
            only(ssl, of_client);
            SSL_set1_sigalgs_list(ssl, of_client == TLS1_2_VERSION ? "RSA+SHA384" : "RSA-PSS+SHA256");
        });
        REQUIRE(talk.run());
        CHECK(words::sigalg(Agreed(talk.server())) == name);
        CHECK(words::client_sigalg(Agreed(talk.server())).empty());
    }
}

TEST_CASE("what became of the client's certificate") {
    const auto contexts = site(Certificates::all().pair("chain.pem", "leaf.key"));
    const auto nobody = any_client(), stranger = client_with("stranger");
    Handshake one(contexts->at(0), nobody.get());
    REQUIRE(one.run());
    CHECK(words::client_verify(Agreed(one.server())) == "NONE");
    Handshake other(contexts->at(0), stranger.get());
    REQUIRE(other.run());
    CHECK(words::client_verify(Agreed(other.server())) == "FAILED:unable to verify the first certificate");
    CHECK(words::is_only_unknown_authority(SSL_get_verify_result(other.server())));
    CHECK_FALSE(words::is_only_unknown_authority(X509_V_ERR_CERT_HAS_EXPIRED));
    CHECK_FALSE(words::is_only_unknown_authority(X509_V_ERR_CERT_REVOKED));
    CHECK(words::issuer(Agreed(other.server()).client.get()) == "CN=Other Root,O=Others");
}

TEST_CASE("what a certificate says") {
    const auto& files = Certificates::all();
    const auto leaf = certificate("leaf");
    const std::string pem = files.text("leaf.crt");
    CHECK(words::raw_certificate(leaf.get()) == pem);
    std::string tabbed;
    for (const char c : pem.substr(0, pem.size() - 1)) (tabbed += c) += c == '\n' ? "\t" : "";
    CHECK(words::tabbed_certificate(leaf.get()) == tabbed);
    std::string escaped;
    for (const char c : pem) {
        if (c == '\n')
            escaped += "%0A";
        else if (c == ' ')
            escaped += "%20";
        else if (c == '/')
            escaped += "%2F";
        else if (c == '+')
            escaped += "%2B";
        else if (c == '=')
            escaped += "%3D";
        else
            escaped += c;
    }
    CHECK(words::escaped_certificate(leaf.get()) == escaped);
    CHECK(words::fingerprint(leaf.get()).size() == 40);
    CHECK(words::subject(leaf.get()) == "CN=example.com,O=Test \\\"and\\\" S\\C3\\B6hne,C=DE");
    CHECK(words::legacy_subject(leaf.get()) == "/C=DE/O=Test \"and\" S\\xC3\\xB6hne/CN=example.com");
    CHECK(words::legacy_issuer(leaf.get()) == "/O=Test/CN=Intermediate");
    const auto expired = certificate("expired");
    CHECK(words::valid_from(expired.get()) == "Jan  1 00:00:00 2020 GMT");
    CHECK(words::valid_until(expired.get()) == "Jan  1 00:00:00 2021 GMT");
    constexpr std::int64_t end = 1609459200;  // 2021-01-01
    CHECK(words::valid_days(expired.get(), {(end - 86400 * 2) * 1'000'000}) == "2");
    CHECK(words::valid_days(expired.get(), {(end - 86399) * 1'000'000}) == "0");
    CHECK(words::valid_days(expired.get(), {(end + 86400) * 1'000'000}) == "0");
}
