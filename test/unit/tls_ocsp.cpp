// Questions to, and answers of, OCSP responders: against those that the openssl program makes.
#include "tls/ocsp.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "tls/server_contexts.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::Certificates;

namespace {

struct Known {
    Store store;
    Complaints complaints;
    std::shared_ptr<const LoadedPair> leaf, revoked, other;
    std::shared_ptr<const Trust> root, everybody, others;
    Owned<X509> issuer;
    core::WallTime now;

    Known() {
        const auto& files = Certificates::all();
        leaf = store.pair(files.pair("chain.pem", "leaf.key"), {}, complaints);
        revoked = store.pair(files.pair("revoked.crt", "revoked.key"), {}, complaints);
        other = store.pair(files.pair("second-chain.pem", "second.key"), {}, complaints);
        root = store.trust({{}, files.item("root.crt"), {}, false}, complaints);
        everybody = store.trust({{}, files.item("authorities.pem"), {}, false}, complaints);
        others = store.trust({{}, files.item("other.crt"), {}, false}, complaints);
        REQUIRE((leaf && revoked && other && root && everybody && others));
        issuer = issuer_of(leaf->certificate.get(), leaf->chain.get(), nullptr);
        REQUIRE(issuer);
        now = store.now();
    }
    std::string problem;
    std::optional<OcspAnswer> read(const std::string& der, const LoadedPair& about, const Trust* trust = nullptr) {
        problem.clear();
        return read_ocsp_answer(der,
                                {about.certificate.get(), issuer.get(), trust ? leaf->chain.get() : nullptr,
                                 trust ? trust->store.get() : nullptr},
                                now, problem);
    }
};

}  // namespace

TEST_CASE("the question is the one that openssl asks") {
    const auto& files = Certificates::all();
    const Known known;
    const std::string request = ocsp_request(known.leaf->certificate.get(), known.issuer.get());
    CHECK(request == files.text("request.der"));
    CHECK(ocsp_responders(known.leaf->certificate.get()) ==
          std::vector<std::string>{"http://ocsp.example.com:8080/path"});
    CHECK(ocsp_responders(known.issuer.get()).empty());
}

TEST_CASE("the question as a target") {
    CHECK(ocsp_target("", "\xfb\xff") == "/%2B%2F8%3D");
    CHECK(ocsp_target("/path", "abc") == "/path/YWJj");
    CHECK(ocsp_target("/", "abcd") == "/YWJjZA%3D%3D");
}

TEST_CASE("the issuer comes from the chain, or from those who are trusted") {
    const Known known;
    X509* leaf = known.leaf->certificate.get();
    CHECK_FALSE(issuer_of(leaf, nullptr, nullptr));
    CHECK_FALSE(issuer_of(leaf, nullptr, known.root->store.get()));
    const auto found = issuer_of(leaf, nullptr, known.everybody->store.get());
    REQUIRE(found);
    CHECK(X509_cmp(found.get(), known.issuer.get()) == 0);
}

TEST_CASE("a good answer, and one of a revoked certificate") {
    const auto& files = Certificates::all();
    Known known;
    for (const Trust* trust : {static_cast<const Trust*>(nullptr), known.root.get()}) {
        const auto good = known.read(files.text("answer.der"), *known.leaf, trust);
        INFO(known.problem);
        REQUIRE(good);
        CHECK(good->status == OcspAnswer::Status::good);
        CHECK(good->next_update.seconds() - good->this_update.seconds() == 7 * 86400);
        const auto bad = known.read(files.text("answer-revoked.der"), *known.revoked, trust);
        REQUIRE(bad);
        CHECK(bad->status == OcspAnswer::Status::revoked);
        CHECK(bad->revoked_at.us > 0);
        CHECK(bad->reason.empty());
    }
    CHECK(status_words(OcspAnswer::Status::revoked) == "revoked");
}

TEST_CASE("answers that say nothing") {
    const auto& files = Certificates::all();
    Known known;
    const std::string good = files.text("answer.der");
    CHECK_FALSE(known.read(good, *known.other));
    CHECK(known.problem == "certificate status not found in the OCSP response");
    CHECK_FALSE(known.read(good, *known.leaf, known.others.get()));
    CHECK(known.problem.find("OCSP_basic_verify() failed (SSL: error:") == 0);
    CHECK_FALSE(known.read(files.text("answer-stranger.der"), *known.leaf, known.root.get()));
    CHECK(known.problem.find("OCSP_basic_verify() failed (SSL: error:") == 0);
    CHECK_FALSE(known.read(std::string("\x30\x03\x0a\x01\x06", 5), *known.leaf));
    CHECK(known.problem == "OCSP response not successful (6: unauthorized)");
    CHECK_FALSE(known.read("", *known.leaf));
    CHECK(known.problem.find("d2i_OCSP_RESPONSE() failed") == 0);
    for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(known.read(good.substr(0, size), *known.leaf));
    std::string signature = good;
    signature[signature.size() / 3] = static_cast<char>(signature[signature.size() / 3] ^ 1);
    CHECK_FALSE(known.read(signature, *known.leaf, known.root.get()));
}

TEST_CASE("an answer whose times are none does not hold for ever") {
    const auto& files = Certificates::all();
    Known known;
    // producedAt, thisUpdate, nextUpdate: GeneralizedTime of 15 bytes.
    std::size_t at = 0;
    for (const std::string problem : {"", "invalid thisUpdate time in certificate status", "invalid nextUpdate time in certificate status"}) {
        std::string der = files.text("answer.der");
        at = der.find("\x18\x0f", at) + 2;
        der.replace(at + 4, 2, "99");  // the month
        CHECK(known.read(der, *known.leaf).has_value() == problem.empty());
        CHECK(known.problem.substr(0, problem.size()) == problem);
    }
}

TEST_CASE("an answer holds for a time") {
    const auto& files = Certificates::all();
    Known known;
    const std::string der = files.text("answer.der");
    const auto good = known.read(der, *known.leaf);
    REQUIRE(good);
    const auto at = [&](core::WallTime base, std::int64_t seconds) {
        known.now = {base.us + seconds * 1'000'000};
        return known.read(der, *known.leaf).has_value();
    };
    CHECK(at(good->this_update, -ocsp_tolerance));
    CHECK_FALSE(at(good->this_update, -ocsp_tolerance - 1));
    CHECK(known.problem.find("which is in the future") != std::string::npos);
    CHECK(at(good->next_update, ocsp_tolerance));
    CHECK_FALSE(at(good->next_update, ocsp_tolerance + 1));
    CHECK(known.problem.find("the OCSP answer was good until 20") == 0);
}

TEST_CASE("ssl_stapling_file about another certificate, or a revoked one, is warned of") {
    const auto& files = Certificates::all();
    Store store;
    ServerDescription description;
    description.stapling = true;
    description.pairs = {files.pair("second-chain.pem", "second.key")};
    description.stapling_file = files.item("answer.der", 9);
    Complaints complaints;
    CHECK(make_server(description, 1, store, complaints));
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].warning);
    CHECK(complaints[0].place == 9);
    CHECK(complaints[0].message.find("certificate status not found in the OCSP response") != std::string::npos);
    complaints.clear();
    description.pairs = {files.pair("revoked.crt", "revoked.key")};
    description.trusted_authorities = files.item("authorities.pem");
    description.stapling_file = files.item("answer-revoked.der", 9);
    CHECK(make_server(description, 1, store, complaints));
    REQUIRE(complaints.size() == 2);  // its issuer is not in its file, either
    CHECK(complaints[1].message.find("certificate status \"revoked\" in the OCSP response") != std::string::npos);
}

TEST_CASE("a staple is sent until it is over") {
    core::ManualClock clock;
    Staple staple(clock);
    CHECK_FALSE(staple.get());
    staple.set("answer", {clock.wall().us + 1000});
    REQUIRE(staple.get());
    CHECK(*staple.get() == "answer");
    clock.advance(std::chrono::microseconds(1000));
    CHECK_FALSE(staple.get());
    staple.set("another", Staple::always);
    CHECK(*staple.get() == "another");
}
