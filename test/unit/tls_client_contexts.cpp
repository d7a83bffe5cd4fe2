// Contexts toward peers: whom they believe, and what they show.
#include "tls/client_contexts.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/handshake.hpp"
#include "tls/server_contexts.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::Certificates;
using sluice::test::Handshake;

namespace {

struct Peer {
    Store store;
    std::shared_ptr<const ServerContexts> contexts;

    explicit Peer(const Pair& pair) {
        ServerDescription description;
        description.pairs = {pair};
        description.protocols |= protocol::tls1_1;
        description.verify = VerifyClient::optional_no_ca;
        Complaints complaints;
        contexts = make_server(description, 1, store, complaints);
        REQUIRE(contexts);
    }
};

struct Outcome {
    bool agreed = false;
    long verified = 0;
    std::string problem, shown;
};

std::shared_ptr<const ClientContexts> make(const ClientDescription& description, Complaints& complaints) {
    Store store;
    return make_client(description, 1, store, complaints);
}

Outcome meet(const Peer& peer, const ClientDescription& description, const std::function<void(SSL*)>& prepare = {}) {
    Complaints complaints;
    const auto contexts = make(description, complaints);
    INFO((complaints.empty() ? "" : complaints[0].message));
    REQUIRE(contexts);
    Handshake talk(peer.contexts->at(0), contexts->at(0), prepare);
    Outcome out;
    out.agreed = talk.run();
    out.verified = SSL_get_verify_result(talk.client());
    out.problem = talk.problem;
    if (const X509* shown = SSL_get0_peer_certificate(talk.server()))
        out.shown = name_words(X509_get_subject_name(shown));
    return out;
}

}  // namespace

TEST_CASE("nobody is checked unless the conf says so") {
    const auto& files = Certificates::all();
    CHECK(meet(Peer(files.pair("chain.pem", "leaf.key")), {}).agreed);
    CHECK(meet(Peer(files.pair("expired.crt", "expired.key")), {}).agreed);
}

TEST_CASE("proxy_ssl_verify: the chain, its depth, its dates, revoked ones") {
    const auto& files = Certificates::all();
    const Peer good(files.pair("chain.pem", "leaf.key")), incomplete(files.pair("leaf.crt", "leaf.key")),
        expired(files.pair("expired.crt", "expired.key")), revoked(files.pair("revoked.crt", "revoked.key"));
    ClientDescription description;
    description.verify = true;
    description.trusted = files.item("root.crt");
    CHECK(meet(good, description).agreed);
    const auto wrong = meet(incomplete, description);
    CHECK_FALSE(wrong.agreed);
    CHECK(wrong.verified == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    CHECK(wrong.problem.find("certificate verify failed") != std::string::npos);
    CHECK(meet(expired, description).verified == X509_V_ERR_CERT_HAS_EXPIRED);
    description.verify_depth = 0;
    CHECK_FALSE(meet(good, description).agreed);
    description.verify_depth = 1;
    description.trusted = files.item("other.crt");
    CHECK_FALSE(meet(good, description).agreed);
    description.trusted = files.item("authorities.pem");
    description.crl = files.item("crl.pem");
    CHECK(meet(good, description).agreed);
    CHECK_FALSE(meet(revoked, description).agreed);
}

TEST_CASE("the name is asked of each connection") {
    const auto& files = Certificates::all();
    const Peer good(files.pair("chain.pem", "leaf.key"));
    ClientDescription description;
    description.verify = true;
    description.trusted = files.item("root.crt");
    CHECK(meet(good, description, [](SSL* ssl) { SSL_set1_host(ssl, "www.example.com"); }).agreed);
    const auto other = meet(good, description, [](SSL* ssl) { SSL_set1_host(ssl, "example.org"); });
    CHECK_FALSE(other.agreed);
    CHECK(other.verified == X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST_CASE("without a trusted file the system's are believed") {
    const auto& files = Certificates::all();
    const Peer good(files.pair("chain.pem", "leaf.key"));
    ClientDescription description;
    description.verify = true;
    ::setenv("SSL_CERT_FILE", (files / "root.crt").c_str(), 1);
    CHECK(meet(good, description).agreed);
    ::setenv("SSL_CERT_FILE", (files / "none").c_str(), 1);
    ::setenv("SSL_CERT_DIR", (files / "none").c_str(), 1);
    Complaints complaints;
    CHECK(make(description, complaints));
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].warning);
    CHECK(complaints[0].message.find("this machine has no trusted certificates: neither \"" + files / "none") == 0);
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("SSL_CERT_DIR");
}

TEST_CASE("an own certificate, protocols, ciphers and commands") {
    const auto& files = Certificates::all();
    const Peer peer(files.pair("chain.pem", "leaf.key"));
    ClientDescription description;
    description.pair = files.pair("client.crt", "client.key");
    CHECK(meet(peer, description).shown == "CN=client,O=Test");
    description.pair = {};
    description.protocols = protocol::tls1_2;
    description.ciphers = {"ECDHE-ECDSA-CHACHA20-POLY1305", 0};
    std::string cipher;
    CHECK(meet(peer, description).agreed);
    description.ciphers = {"ECDHE-RSA-AES128-GCM-SHA256", 0};
    CHECK_FALSE(meet(peer, description).agreed);
    description.commands = {{{"CipherString", 1}, {"ECDHE-ECDSA-AES128-GCM-SHA256", 1}}};
    CHECK(meet(peer, description).agreed);
}

TEST_CASE("what is wrong toward peers is told, all at once") {
    const auto& files = Certificates::all();
    ClientDescription description;
    description.pair = files.pair("client.crt", "leaf.key");
    description.verify = true;
    description.trusted = files.item("none");
    Complaints complaints;
    CHECK_FALSE(make(description, complaints));
    REQUIRE(complaints.size() == 2);
    CHECK(complaints[0].message.find("does not belong to the certificate") != std::string::npos);
    CHECK(complaints[1].message.find("cannot load trusted certificates") == 0);
}

TEST_CASE("the number is that of the rules") {
    const auto& files = Certificates::all();
    const test::Temporary folder;
    test::write_text(folder / "ca", files.text("root.crt"));
    ClientDescription checked;
    checked.verify = true;
    checked.trusted = {folder / "ca", 0};
    std::vector<ClientDescription> rules(8, checked);
    rules[1].verify = false;
    rules[2].verify_depth = 3;
    rules[3].protocols = protocol::tls1_3;
    rules[4].ciphers.text = "HIGH";
    rules[5].commands = {{{"MinProtocol"}, {"TLSv1.2"}}};
    rules[6].pair = files.pair("client.crt", "client.key");
    rules[7].trusted = files.item("authorities.pem");
    Complaints complaints;
    std::set<std::uint64_t> numbers;
    for (const auto& rule : rules) {
        const auto one = make(rule, complaints), again = make(rule, complaints);
        CHECK(one->number() == again->number());
        CHECK(one->number() != 0);
        numbers.insert(one->number());
    }
    CHECK(numbers.size() == rules.size());
    test::write_text(folder / "ca", files.text("other.crt"));
    CHECK(numbers.insert(make(checked, complaints)->number()).second);
}
