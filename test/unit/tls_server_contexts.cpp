// Contexts of sites: each option has a handshake in memory that would fail without it.
#include "tls/parts.hpp"
#include "tls/server_contexts.hpp"

#include <thread>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/handshake.hpp"
#include "tls/common.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::any_client;
using sluice::test::Certificates;
using sluice::test::Handshake;

namespace {

ServerDescription plain_site() {
    ServerDescription out;
    out.pairs = {Certificates::all().pair("chain.pem", "leaf.key")};
    return out;
}

struct Site {
    Store own;
    Complaints complaints;
    std::shared_ptr<const ServerContexts> contexts;

    explicit Site(const ServerDescription& description, Store* store = nullptr, unsigned workers = 2) {
        contexts = make_server(description, workers, store ? *store : own, complaints);
        if (store) store->end_of_conf();
    }
    SSL_CTX* at(unsigned worker) const { return contexts->at(worker); }
    /// The one mistake that keeps it from being made.
    std::string mistake() const {
        CHECK_FALSE(contexts);
        REQUIRE(complaints.size() == 1);
        CHECK_FALSE(complaints[0].warning);
        return complaints[0].message + " | " + complaints[0].help;
    }
};

void only(SSL* ssl, int version) {
    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
}

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

/// A client that shows a certificate.
Owned<SSL_CTX> client_with(const std::string& name) {
    auto out = any_client();
    const auto& files = Certificates::all();
    REQUIRE(SSL_CTX_use_certificate_chain_file(out.get(), (files / (name + ".crt")).c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(out.get(), (files / (name + ".key")).c_str(), SSL_FILETYPE_PEM) == 1);
    return out;
}

}  // namespace

TEST_CASE("a site with nothing but a pair speaks TLS 1.2 and 1.3 and sends its chain") {
    const Site site(plain_site());
    REQUIRE(site.contexts);
    CHECK(site.complaints.empty());
    CHECK(site.at(0) != site.at(1));
    const auto client = any_client();
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) { only(ssl, version); });
        CHECK(talk.run() == (version >= TLS1_2_VERSION));
        if (version < TLS1_2_VERSION) continue;
        CHECK(SSL_version(talk.server()) == version);
        CHECK(sk_X509_num(SSL_get_peer_cert_chain(talk.client())) == 2);
        CHECK(SSL_get0_peer_certificate(talk.server()) == nullptr);
    }
    CHECK((SSL_CTX_get_options(site.at(0)) & (SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION)) ==
          (SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION));
    CHECK((SSL_CTX_get_mode(site.at(0)) & SSL_MODE_RELEASE_BUFFERS) != 0);
}

TEST_CASE("ssl_protocols may have holes") {
    auto description = plain_site();
    description.protocols = protocol::tls1_1 | protocol::tls1_3;
    description.ciphers.text = "ALL:@SECLEVEL=0";
    const Site site(description);
    const auto client = any_client();
    for (const auto& [version, works] :
         {std::pair{TLS1_VERSION, false}, {TLS1_1_VERSION, true}, {TLS1_2_VERSION, false}, {TLS1_3_VERSION, true}}) {
        const int only_version = version;
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) {
            only(ssl, only_version);
            SSL_set_cipher_list(ssl, "ALL:@SECLEVEL=0");
        });
        CHECK(talk.run() == works);
    }
}

TEST_CASE("ciphers: which, and whose order") {
    auto description = plain_site();
    description.ciphers.text = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
    for (const bool prefer : {false, true}) {
        description.prefer_server_ciphers = prefer;
        const Site site(description);
        const auto client = any_client();
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) {
            only(ssl, TLS1_2_VERSION);
            SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384");
        });
        REQUIRE(talk.run());
        CHECK(std::string(SSL_get_cipher_name(talk.server())) ==
              (prefer ? "ECDHE-ECDSA-AES256-GCM-SHA384" : "ECDHE-ECDSA-AES128-GCM-SHA256"));
        Handshake other(site.at(0), client.get(), [&](SSL* ssl) {
            only(ssl, TLS1_2_VERSION);
            SSL_set_cipher_list(ssl, "ECDHE-ECDSA-CHACHA20-POLY1305");
        });
        CHECK_FALSE(other.run());
    }
    description.ciphers = {"NONSENSE", 7};
    const Site bad(description);
    has(bad.mistake(), "SSL_CTX_set_cipher_list(\"NONSENSE\") failed (SSL: error:");
    has(bad.mistake(), "no cipher \"NONSENSE\"");
    CHECK(bad.complaints[0].place == 7);
    description.ciphers.text = "TLS_AES_128_GCM_SHA256:NONE";
    has(Site(description).mistake(), "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256");
}

TEST_CASE("without a word about ciphers only modern ones are taken, in our order") {
    const Site site(plain_site());
    const auto client = any_client();
    const auto cipher_of = [&](int version, const char* list) -> std::string {
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) {
            only(ssl, version);
            if (version == TLS1_3_VERSION)
                SSL_set_ciphersuites(ssl, list);
            else
                SSL_set_cipher_list(ssl, list);
        });
        return talk.run() ? SSL_get_cipher_name(talk.server()) : "none";
    };
    CHECK(cipher_of(TLS1_2_VERSION, "ALL") == "ECDHE-ECDSA-AES128-GCM-SHA256");
    CHECK(cipher_of(TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256") ==
          "ECDHE-ECDSA-AES128-GCM-SHA256");
    CHECK(cipher_of(TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256") ==
          "ECDHE-ECDSA-CHACHA20-POLY1305");
    for (const char* old : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-CCM8",
                            "ECDHE-ECDSA-CAMELLIA128-SHA256"})
        CHECK(cipher_of(TLS1_2_VERSION, old) == "none");
    CHECK(cipher_of(TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256") == "TLS_AES_128_GCM_SHA256");
    CHECK(cipher_of(TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256") ==
          "TLS_CHACHA20_POLY1305_SHA256");
    CHECK(cipher_of(TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384") == "TLS_AES_256_GCM_SHA384");
    auto old_fashioned = plain_site();
    old_fashioned.ciphers.text = "HIGH:!aNULL:!MD5";
    const Site as_nginx(old_fashioned);
    Handshake talk(as_nginx.at(0), client.get(), [](SSL* ssl) {
        only(ssl, TLS1_2_VERSION);
        SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-SHA");
    });
    CHECK(talk.run());
}

TEST_CASE("ssl_ecdh_curve") {
    auto description = plain_site();
    description.curves.text = "secp384r1";
    const auto client = any_client();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Handshake talk(Site(description).at(0), client.get(), [&](SSL* ssl) { only(ssl, version); });
        REQUIRE(talk.run());
        CHECK(SSL_get_negotiated_group(talk.server()) == NID_secp384r1);
    }
    Handshake usual(Site(plain_site()).at(0), client.get());
    REQUIRE(usual.run());
    CHECK(SSL_get_negotiated_group(usual.server()) == NID_X25519);
    description.curves.text = "roundish";
    has(Site(description).mistake(), "SSL_CTX_set1_curves_list(\"roundish\") failed (SSL:");
}

TEST_CASE("several pairs: the client's algorithms choose") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.pairs.push_back(files.pair("rsa-chain.pem", "rsa.key"));
    const Site site(description);
    REQUIRE(site.contexts);
    CHECK(site.complaints.empty());
    const auto client = any_client();
    for (const auto& [ciphers, type] :
         {std::pair{"ECDHE-RSA-AES128-GCM-SHA256", "RSA"}, {"ECDHE-ECDSA-AES128-GCM-SHA256", "EC"}}) {
        const char* list = ciphers;
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) {
            only(ssl, TLS1_2_VERSION);
            SSL_set_cipher_list(ssl, list);
        });
        REQUIRE(talk.run());
        CHECK(std::string(EVP_PKEY_get0_type_name(X509_get0_pubkey(SSL_get0_peer_certificate(talk.client())))) == type);
    }
    description.pairs.push_back(files.pair("second-chain.pem", "second.key"));
    const Site twice(description);
    REQUIRE(twice.contexts);
    REQUIRE(twice.complaints.size() == 1);
    CHECK(twice.complaints[0].warning);
    has(twice.complaints[0].message, "both are for a key of type EC");
    description.pairs[0].key = files.item("none.key");
    description.pairs[1].key = files.item("second.key");
    const Site bad(description);
    CHECK_FALSE(bad.contexts);
    CHECK(bad.complaints.size() == 2);  // all at once
    description.pairs = {files.pair("chain.pem", "rsa.key"), files.pair("rsa-chain.pem", "leaf.key")};
    const Site swapped(description);
    CHECK_FALSE(swapped.contexts);
    REQUIRE(swapped.complaints.size() == 2);
    has(swapped.complaints[0].help,
        "it belongs to \"" + files / "rsa-chain.pem" + "\": keys must be named in the order");
    has(swapped.complaints[1].help, "it belongs to \"" + files / "chain.pem" + "\"");
}

TEST_CASE("ssl_dhparam: without it no such ciphers") {
    const test::Temporary folder;
    test::write_text(folder / "dh.pem",
                     "-----BEGIN DH PARAMETERS-----\n"
                     "MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz\n"
                     "+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a\n"
                     "87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7\n"
                     "YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi\n"
                     "7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD\n"
                     "ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==\n"
                     "-----END DH PARAMETERS-----\n");
    const auto& files = Certificates::all();
    ServerDescription description;
    description.pairs = {files.pair("rsa-chain.pem", "rsa.key")};
    const auto client = any_client();
    const auto only_dh = [](SSL* ssl) {
        only(ssl, TLS1_2_VERSION);
        SSL_set_cipher_list(ssl, "DHE-RSA-AES128-GCM-SHA256");
    };
    CHECK_FALSE(Handshake(Site(description).at(0), client.get(), only_dh).run());
    description.dhparam.text = folder / "dh.pem";
    const Site site(description);
    REQUIRE(site.contexts);
    CHECK(Handshake(site.at(0), client.get(), only_dh).run());
    description.dhparam.text = files / "root.crt";
    has(Site(description).mistake(),
        "cannot load ssl_dhparam \"" + files / "root.crt" + "\": it has no DH parameters, but a certificate");
    description.dhparam.text = folder / "none";
    has(Site(description).mistake(), "open() failed (2:");
}

TEST_CASE("ssl_conf_command has the last word") {
    auto description = plain_site();
    description.commands = {{{"Ciphersuites", 1}, {"TLS_CHACHA20_POLY1305_SHA256", 1}},
                            {{"MinProtocol", 2}, {"TLSv1.3", 2}}};
    const Site site(description);
    REQUIRE(site.contexts);
    const auto client = any_client();
    Handshake talk(site.at(0), client.get());
    REQUIRE(talk.run());
    CHECK(std::string(SSL_get_cipher_name(talk.server())) == "TLS_CHACHA20_POLY1305_SHA256");
    CHECK_FALSE(Handshake(site.at(0), client.get(), [](SSL* ssl) { only(ssl, TLS1_2_VERSION); }).run());
    description.commands = {{{"Nonsense", 3}, {"x", 3}}};
    has(Site(description).mistake(), "SSL_CONF_cmd(\"Nonsense\", \"x\") failed (SSL:");
    description.commands = {{{"Options", 3}, {"Nonsense", 4}}};
    has(Site(description).mistake(), "SSL_CONF_cmd(\"Options\", \"Nonsense\") failed (SSL:");
    CHECK_FALSE(parts_of(site.at(0))->shapes_records);
    description.commands = {{{"recordpadding", 3}, {"512", 4}}};
    const Site padded(description);
    REQUIRE(padded.contexts);
    CHECK(parts_of(padded.at(0))->shapes_records);
    CHECK(command_takes_path("DHParameters"));
    CHECK(command_takes_path("Certificate"));
    CHECK_FALSE(command_takes_path("Options"));
    CHECK_FALSE(command_takes_path("Nonsense"));
}

TEST_CASE("client certificates: asked for, checked, and never the end of the handshake") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.verify = VerifyClient::on;
    description.verify_depth = 2;
    description.client_authorities = files.item("root.crt");
    description.trusted_authorities = files.item("intermediate.crt");
    description.crl = files.item("crl.pem");
    const Site site(description);
    INFO((site.complaints.empty() ? "" : site.complaints[0].message));
    REQUIRE(site.contexts);
    CHECK(site.complaints.empty());
    struct Case {
        const char* name;
        long result;
    };
    for (const auto& [name, result] : {Case{"client", X509_V_OK},
                                       {"revoked", X509_V_ERR_CERT_REVOKED},
                                       {"stranger", X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE}})
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            const auto client = client_with(name);
            Handshake talk(site.at(1), client.get(), [&](SSL* ssl) { only(ssl, version); });
            REQUIRE(talk.run());
            REQUIRE(SSL_get0_peer_certificate(talk.server()));
            CHECK(SSL_get_verify_result(talk.server()) == result);
        }
    const auto nobody = any_client();
    Handshake talk(site.at(0), nobody.get());
    REQUIRE(talk.run());
    CHECK_FALSE(SSL_get0_peer_certificate(talk.server()));
    // Only names of ssl_client_certificate are sent.
    Handshake asked(site.at(0), nobody.get(), [](SSL* ssl) { only(ssl, TLS1_2_VERSION); });
    REQUIRE(asked.run());
    const auto* names = SSL_get0_peer_CA_list(asked.client());
    REQUIRE(sk_X509_NAME_num(names) == 1);
    CHECK(name_words(sk_X509_NAME_value(names, 0)) == "CN=Root,O=Test");
}

TEST_CASE("names of authorities are sent in the order of the file, each once") {
    const auto& files = Certificates::all();
    const test::Temporary folder;
    auto description = plain_site();
    description.verify = VerifyClient::optional;
    const auto nobody = any_client();
    const std::vector<std::vector<const char*>> orders = {{"root.crt", "other.crt", "intermediate.crt"},
                                                          {"intermediate.crt", "other.crt", "root.crt", "other.crt"}};
    for (const auto& order : orders) {
        std::string text, expected;
        for (const char* name : order) text += files.text(name);
        test::write_text(folder / "ca", text);
        description.client_authorities.text = folder / "ca";
        const Site site(description);
        REQUIRE(site.contexts);
        Handshake asked(site.at(0), nobody.get(), [](SSL* ssl) { only(ssl, TLS1_3_VERSION); });
        REQUIRE(asked.run());
        const auto* names = SSL_get0_peer_CA_list(asked.client());
        REQUIRE(sk_X509_NAME_num(names) == 3);
        CHECK(name_words(sk_X509_NAME_value(names, 0)) ==
              (order[0] == std::string("root.crt") ? "CN=Root,O=Test" : "CN=Intermediate,O=Test"));
        CHECK(name_words(sk_X509_NAME_value(names, 1)) == "CN=Other Root,O=Others");
    }
}

TEST_CASE("ssl_verify_depth") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.verify = VerifyClient::optional;
    description.client_authorities = files.item("authorities.pem");
    const auto client = client_with("client");
    for (const auto& [depth, result] :
         {std::pair{0, long{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT}}, {1, long{X509_V_OK}}}) {
        description.verify_depth = depth;
        Handshake talk(Site(description).at(0), client.get());
        REQUIRE(talk.run());
        CHECK(SSL_get_verify_result(talk.server()) == result);
    }
}

TEST_CASE("authorities and lists that cannot be used are told") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.verify = VerifyClient::on;
    description.client_authorities = files.item("none.pem", 5);
    has(Site(description).mistake(),
        "cannot load trusted certificates \"" + files / "none.pem" + "\": open() failed (2:");
    description.client_authorities = files.item("root.key", 5);
    has(Site(description).mistake(), "it has no certificate of an authority, but a private key");
    description.client_authorities = files.item("root.crt", 5);
    description.crl = files.item("root.crt", 6);
    has(Site(description).mistake(), "cannot load revoked certificates \"" + files / "root.crt" +
                                         "\": it has no list of revoked certificates, but a certificate");
    description.crl = files.item("old.crl", 6);
    const Site old(description);
    REQUIRE(old.contexts);
    REQUIRE(old.complaints.size() == 1);
    has(old.complaints[0].message, "was good until 2020-02-01 00:00:00 UTC");
}

TEST_CASE("a conf that is read again shares authorities and certificates") {
    const auto& files = Certificates::all();
    Store store;
    auto description = plain_site();
    description.verify = VerifyClient::on;
    description.client_authorities = files.item("root.crt");
    const Site one(description, &store), other(description, &store, 4);
    CHECK(one.contexts->pairs()[0] == other.contexts->pairs()[0]);
    CHECK(one.contexts->trust() == other.contexts->trust());
    CHECK(SSL_CTX_get_cert_store(one.at(0)) == SSL_CTX_get_cert_store(other.at(3)));
}

TEST_CASE("early data is taken only where the conf says so") {
    auto description = plain_site();
    CHECK(SSL_CTX_get_max_early_data(Site(description).at(0)) == 0);
    description.early_data = true;
    CHECK(SSL_CTX_get_max_early_data(Site(description).at(0)) == most_early_data);
}

TEST_CASE("ssl_stapling_file is sent to clients that ask") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.stapling = true;
    description.stapling_file = files.item("answer.der", 9);
    const Site site(description);
    INFO((site.complaints.empty() ? "" : site.complaints[0].message));
    REQUIRE(site.contexts);
    const auto client = any_client();
    for (const bool asks : {true, false}) {
        Handshake talk(site.at(0), client.get(), [&](SSL* ssl) {
            if (asks) SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
        });
        REQUIRE(talk.run());
        const unsigned char* answer = nullptr;
        const long size = SSL_get_tlsext_status_ocsp_resp(talk.client(), &answer);
        const std::string expected = files.text("answer.der");
        if (asks)
            CHECK(std::string(reinterpret_cast<const char*>(answer), static_cast<std::size_t>(size)) == expected);
        else
            CHECK(size <= 0);
    }
    description.stapling_file = files.item("root.crt", 9);
    has(Site(description).mistake(), "it is no answer of an OCSP responder in DER form (SSL:");
}

TEST_CASE("a site that refuses handshakes needs no certificate") {
    ServerDescription description;
    description.reject_handshake = true;
    const Site site(description);
    REQUIRE(site.contexts);
    const auto client = any_client();
    CHECK_FALSE(Handshake(site.at(0), client.get()).run());
}

TEST_CASE("workers shake hands at the same time, with one set of keys, authorities and sessions") {
    const auto& files = Certificates::all();
    auto description = plain_site();
    description.pairs.push_back(files.pair("rsa-chain.pem", "rsa.key"));
    description.verify = VerifyClient::on;
    description.client_authorities = files.item("authorities.pem");
    description.crl = files.item("crl.pem");
    description.session_cache.shared = "S";
    description.session_cache.shared_size = 1 << 20;
    const Site site(description);
    REQUIRE(site.contexts);
    std::atomic<int> wrong{0};
    const auto work = [&](unsigned worker) {
        const auto client = client_with("client");
        Owned<SSL_SESSION> session;
        for (int i = 0; i < 60; ++i) {
            const int version = i / 2 % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
            Handshake talk(site.at(worker), client.get(), [&](SSL* ssl) {
                only(ssl, version);
                SSL_set_cipher_list(ssl, i % 4 == 0 ? "ECDHE-RSA-AES128-GCM-SHA256" : "ALL");
                if (session) SSL_set_session(ssl, session.get());
            });
            if (!talk.run() || talk.resumed() != (session != nullptr) ||
                SSL_get_verify_result(talk.server()) != X509_V_OK)
                ++wrong;
            session = i % 2 == 0 ? talk.end() : (talk.end(), nullptr);
        }
    };
    std::thread one(work, 0), other(work, 1);
    one.join();
    other.join();
    CHECK(wrong == 0);
}
