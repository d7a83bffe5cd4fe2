// Whom to ask about a certificate, when to ask again, and what is remembered of a client's.
#include "tls/ocsp_question.hpp"

#include <set>

#include "core/clock.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "tls/client_status.hpp"
#include "tls/staple_questions.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::Certificates;

TEST_CASE("addresses of responders") {
    struct Row {
        std::string url, host;
        std::uint16_t port;
        std::string path, authority;
    };
    for (const auto& row : {Row{"http://ocsp.example.com", "ocsp.example.com", 80, "", "ocsp.example.com"},
                            Row{"http://ocsp.example.com/", "ocsp.example.com", 80, "/", "ocsp.example.com"},
                            Row{"http://127.0.0.1:8080/a/b?c", "127.0.0.1", 8080, "/a/b?c", "127.0.0.1:8080"},
                            Row{"http://[::1]:81/x", "::1", 81, "/x", "[::1]:81"},
                            Row{"http://[::1]", "::1", 80, "", "[::1]"},
                            Row{"http://a?b", "a", 80, "?b", "a"}}) {
        std::string problem;
        const auto found = parse_responder(row.url, problem);
        INFO(row.url << ": " << problem);
        REQUIRE(found);
        CHECK(found->host == row.host);
        CHECK(found->port == row.port);
        CHECK(found->path == row.path);
        CHECK(found->authority() == row.authority);
        CHECK("http://" + found->text == row.url);
    }
    for (const auto& [url, why] : std::vector<std::pair<std::string, std::string>>{{"https://a/", "invalid URL prefix"},
                                                                                   {"ldap://a/", "invalid URL prefix"},
                                                                                   {"http://", "invalid URL prefix"},
                                                                                   {"HTTP://a/", "invalid URL prefix"},
                                                                                   {"", "invalid URL prefix"},
                                                                                   {"http:///a", "no host"},
                                                                                   {"http://:80/", "no host"},
                                                                                   {"http://a:x/", "invalid port"},
                                                                                   {"http://a:0/", "invalid port"},
                                                                                   {"http://a:65536/", "invalid port"},
                                                                                   {"http://a:/", "invalid port"},
                                                                                   {"http://[::1/", "invalid host"},
                                                                                   {"http://[::1]x/", "invalid port"},
                                                                                   {"http://u@a/", "invalid host"},
                                                                                   {"http://[[]", "invalid host"},
                                                                                   {"http://[a]/", "invalid host"},
                                                                                   {"http://[]/", "invalid host"},
                                                                                   {"http://a]/", "invalid host"},
                                                                                   {"http://a/b c", "invalid character"},
                                                                                   {"http://a/\r\nX: y", "invalid character"}}) {
        std::string problem;
        INFO(url);
        CHECK_FALSE(parse_responder(url, problem));
        CHECK(problem == why);
    }
}

TEST_CASE("a staple is renewed five minutes before it ends, each hour, and not all the time") {
    constexpr std::int64_t minute = 60'000'000;
    const core::WallTime now{1000 * minute};
    const auto minutes = [&](core::WallTime until) { return (when_to_refresh(until, now).us - now.us) / minute; };
    CHECK(minutes({0}) == 60);
    CHECK(minutes({now.us + 7 * 24 * 60 * minute}) == 60);
    CHECK(minutes({now.us + 30 * minute}) == 25);
    CHECK(minutes({now.us + 7 * minute}) == 5);
    CHECK(minutes({now.us - 7 * minute}) == 5);
    CHECK(minutes(now) == 5);
}

namespace {

struct Site {
    Store store;
    Complaints complaints;
    ServerDescription description;
    std::shared_ptr<const LoadedPair> pair;

    explicit Site(const std::string& certificate = "chain.pem", const std::string& key = "leaf.key") {
        description.stapling = true;
        description.pairs.push_back(Certificates::all().pair(certificate, key));
        pair = store.pair(description.pairs.front(), {}, complaints);
        REQUIRE(pair);
        complaints.clear();
    }
    std::shared_ptr<const OcspQuestion> question(const Trust* trust = nullptr) {
        return staple_questions(description, {pair}, trust, complaints).front();
    }
};

}  // namespace

TEST_CASE("what to staple is asked of whom the certificate names, or the conf") {
    Site site;
    auto question = site.question();
    REQUIRE(question);
    CHECK(question->responder.host == "ocsp.example.com");
    CHECK(question->responder.port == 8080);
    CHECK(question->request == Certificates::all().text("request.der"));
    CHECK(question->about == Certificates::all() / "chain.pem");
    CHECK_FALSE(question->store);
    site.description.stapling_responder = {"http://127.0.0.1/", 7};
    site.description.stapling_verify = true;
    question = site.question();
    REQUIRE(question);
    CHECK(question->responder.host == "127.0.0.1");
    CHECK(question->store);
    site.description.stapling_responder = {"ftp://a/", 7};
    CHECK_FALSE(site.question());
    REQUIRE(site.complaints.size() == 1);
    CHECK(site.complaints.front().warning);
    CHECK(site.complaints.front().place == 7);
    CHECK(site.complaints.front().message.starts_with("\"ssl_stapling\" ignored, invalid URL prefix in OCSP responder \"ftp://a/\""));
}

TEST_CASE("an answer is judged by the rules of its question") {
    const auto& files = Certificates::all();
    Site site;
    const auto now = site.store.now();
    std::string problem;
    CHECK(site.question()->read(files.text("answer.der"), now, problem));
    // Whoever has signed it: not asked. What has been changed on its way is seen all the same.
    CHECK(site.question()->read(files.text("answer-stranger.der"), now, problem));
    auto changed = files.text("answer.der");
    changed[changed.find("Responder") + 1] ^= 1;  // of who answers
    CHECK_FALSE(site.question()->read(changed, now, problem));
    site.description.stapling_verify = true;  // and nobody is trusted: a responder other than the issuer is not
    CHECK_FALSE(site.question()->read(files.text("answer.der"), now, problem));
    CHECK(problem.starts_with("OCSP_basic_verify() failed"));
    Complaints complaints;
    const auto trust = site.store.trust({{}, files.item("authorities.pem"), {}, false}, complaints);
    REQUIRE(trust);
    CHECK(site.question(trust.get())->read(files.text("answer.der"), now, problem));
    CHECK_FALSE(site.question(trust.get())->read(files.text("answer-stranger.der"), now, problem));
    CHECK_FALSE(site.question(trust.get())->read("", now, problem));
}

TEST_CASE("sites with one certificate share a judgement only where the same judge it") {
    const auto& files = Certificates::all();
    Complaints complaints;
    Site site, same;
    const auto root = site.store.trust({{}, files.item("root.crt"), {}, false}, complaints);
    const auto both = site.store.trust({{}, files.item("authorities.pem"), {}, false}, complaints);
    REQUIRE(root);
    REQUIRE(both);
    CHECK(site.question()->key_with_judges() == same.question()->key_with_judges());
    CHECK(site.question(root.get())->key_with_judges() == same.question(both.get())->key_with_judges());  // nobody looks
    site.description.stapling_verify = same.description.stapling_verify = true;
    CHECK(site.question(root.get())->key_with_judges() == same.question(root.get())->key_with_judges());
    std::set<std::string> keys;
    for (const bool verify : {false, true})
        for (const Trust* trust : {static_cast<const Trust*>(nullptr), root.get(), both.get()}) {
            site.description.stapling_verify = verify;
            keys.insert(site.question(trust)->key_with_judges());
        }
    CHECK(keys.size() == 4);
    CHECK(site.question()->key() == site.question(both.get())->key());
    // Whoever came with the certificate may have signed the answer.
    Site alone("leaf.crt");
    alone.description.stapling_verify = true;
    CHECK(alone.question(both.get())->key_with_judges() != site.question(both.get())->key_with_judges());
}

TEST_CASE("nobody vouches for his own certificate") {
    const auto& files = Certificates::all();
    Site site;
    Complaints complaints;
    const auto trust = site.store.trust({{}, files.item("authorities.pem"), {}, false}, complaints);
    REQUIRE(trust);
    // As OpenSSL hands over the chain of a client: with the certificate in front.
    struct Free {
        void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
    };
    const std::unique_ptr<STACK_OF(X509), Free> chain(sk_X509_new_null());
    sk_X509_push(chain.get(), site.pair->certificate.get());
    for (int i = 0; i < sk_X509_num(site.pair->chain.get()); ++i) sk_X509_push(chain.get(), sk_X509_value(site.pair->chain.get(), i));
    const auto issuer = issuer_of(site.pair->certificate.get(), chain.get(), nullptr);
    REQUIRE(issuer);
    const auto question = ask_about({site.pair->certificate.get(), issuer.get(), chain.get(), trust->store.get(), trust->digest, "a client"}, {});
    REQUIRE(question);
    std::string problem;
    CHECK(question->read(files.text("answer.der"), site.store.now(), problem));
    CHECK_FALSE(question->read(files.text("answer-itself.der"), site.store.now(), problem));
    CHECK(problem.starts_with("OCSP_basic_verify() failed"));
}

TEST_CASE("statuses of clients are remembered for as long as they hold") {
    core::ManualClock clock;
    SessionCache cache(65536, clock);
    Site site;
    const auto question = site.question();
    using Status = OcspAnswer::Status;
    CHECK_FALSE(known_status(&cache, *question));
    CHECK_FALSE(known_status(nullptr, *question));
    const core::WallTime now{1'000'000'000'000};
    for (const auto status : {Status::good, Status::revoked, Status::unknown}) {
        OcspAnswer answer;
        answer.status = status;
        answer.next_update.us = now.us + 10'000'000;
        remember_status(&cache, *question, answer, now);
        CHECK(known_status(&cache, *question) == status);
        clock.advance(std::chrono::seconds(11));
        CHECK_FALSE(known_status(&cache, *question));
        answer.next_update.us = 0;
        remember_status(&cache, *question, answer, now);
        clock.advance(std::chrono::minutes(59));
        CHECK(known_status(&cache, *question) == status);
        clock.advance(std::chrono::minutes(2));
        CHECK_FALSE(known_status(&cache, *question));
        answer.next_update.us = now.us - 1;
        remember_status(&cache, *question, answer, now);
        CHECK_FALSE(known_status(&cache, *question));
    }
    CHECK(refusal_words(Status::good).empty());
    CHECK(refusal_words(Status::revoked) == "certificate revoked");
    CHECK(refusal_words(Status::unknown) == "certificate status unknown");
    CHECK(refusal_words(std::nullopt) == "certificate status request failed");
}
