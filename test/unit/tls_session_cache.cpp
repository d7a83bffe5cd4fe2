// ssl_session_cache: what is kept, for how long, and how much of it.
#include "tls/session_cache.hpp"

#include <thread>

#include "core/rng.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/handshake.hpp"
#include "tls/server_contexts.hpp"

using namespace sluice;
using namespace sluice::tls;
using namespace std::chrono_literals;
using sluice::test::any_client;
using sluice::test::Certificates;
using sluice::test::Handshake;

namespace {

void only(SSL* ssl, int version) {
    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
}

ServerDescription cached_site(const std::string& name, std::size_t size = 1 << 20) {
    ServerDescription out;
    out.pairs = {Certificates::all().pair("chain.pem", "leaf.key")};
    out.tickets = false;
    out.session_cache.shared = name;
    out.session_cache.shared_size = size;
    return out;
}

bool resumes(SSL_CTX* first, SSL_CTX* second, int version) {
    const auto client = any_client();
    Handshake talk(first, client.get(), [&](SSL* ssl) { only(ssl, version); });
    REQUIRE(talk.run());
    const auto session = talk.end();
    Handshake again(second, client.get(), [&](SSL* ssl) {
        only(ssl, version);
        SSL_set_session(ssl, session.get());
    });
    REQUIRE(again.run());
    again.end();
    return again.resumed();
}

}  // namespace

TEST_CASE("sessions are had until their time is over") {
    core::ManualClock clock;
    SessionCache cache(1 << 20, clock);
    cache.put("one", "first", 10s);
    cache.put("two", "second", 20s);
    CHECK(cache.get("one") == "first");
    CHECK(cache.get("none").empty());
    cache.put("one", "again", 10s);
    CHECK(cache.get("one") == "again");
    CHECK(cache.size() == 2);
    clock.advance(10s);
    CHECK(cache.get("one").empty());
    CHECK(cache.get("two") == "second");
    cache.remove("two");
    cache.remove("two");
    CHECK(cache.get("two").empty());
    CHECK(cache.size() == 0);
    CHECK(cache.bytes() == 0);
}

TEST_CASE("what was used longest ago makes room") {
    core::ManualClock clock;
    SessionCache cache(SessionCache::least_size, clock);  // one part: an order of use for all
    const std::string session(2000, 's');
    for (int i = 0; i < 100; ++i) {
        cache.put(std::to_string(i), session, 1h);
        CHECK(cache.bytes() <= cache.room());
        CHECK(cache.get("0") == session);
    }
    CHECK(cache.size() > 10);
    CHECK(cache.get("99") == session);
    CHECK(cache.get("50").empty());
    cache.put("huge", std::string(SessionCache::most_of_one + 1, 'h'), 1h);
    CHECK(cache.get("huge").empty());
    cache.put("large", std::string(SessionCache::most_of_one, 'l'), 1h);
    CHECK(cache.get("large").size() == SessionCache::most_of_one);
}

TEST_CASE("any order of puts and gets: what is had is what was put last, and never too much is kept") {
    core::ManualClock clock;
    core::Rng rng(5);
    for (const std::size_t room : {32768u, 300000u, 5000000u}) {
        SessionCache cache(room, clock);
        std::map<std::string, std::string> put;
        for (int i = 0; i < 20000; ++i) {
            const std::string id = "id" + std::to_string(rng.next() % 500);
            switch (rng.next() % 4) {
                case 0:
                case 1:
                    cache.put(id,
                              put[id] = std::string(rng.next() % 3000 + 1, static_cast<char>('a' + rng.next() % 26)),
                              1min);
                    break;
                case 2:
                    cache.remove(id), put.erase(id);
                    break;
                default:
                    clock.advance(100ms);
            }
            const std::string got = cache.get(id);
            if (!got.empty()) CHECK(got == put[id]);
            CHECK(cache.bytes() <= room);
        }
        CHECK(cache.size() > 0);
    }
}

TEST_CASE("a cache of 1m keeps about 4000 sessions") {
    core::ManualClock clock;
    SessionCache cache(1 << 20, clock);
    for (int i = 0; i < 10000; ++i) {
        std::string id = std::to_string(i);
        id.resize(32, '.');
        cache.put(id, std::string(130, 's'), 1h);  // what TLS 1.2 needs without a client's certificate
    }
    CHECK(cache.size() > 3000);
}

TEST_CASE("a shared cache: another worker, another site with the same rules, the conf after a reload") {
    core::ManualClock clock;
    Store store(clock);
    Complaints complaints;
    auto site = make_server(cached_site("S"), 2, store, complaints);
    REQUIRE(site);
    store.end_of_conf();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CHECK(resumes(site->at(0), site->at(1), version));
        const auto reloaded = make_server(cached_site("S"), 2, store, complaints);
        store.end_of_conf();
        REQUIRE(reloaded);
        CHECK(resumes(site->at(0), reloaded->at(1), version));
        const auto elsewhere = make_server(cached_site("Other"), 1, store, complaints);
        store.end_of_conf();
        CHECK_FALSE(resumes(site->at(0), elsewhere->at(0), version));
        const auto larger = make_server(cached_site("S", 1 << 21), 1, store, complaints);
        store.end_of_conf();
        REQUIRE(larger);
        CHECK_FALSE(resumes(site->at(0), larger->at(0), version));
        // The site of before is still in use: its cache comes back with its size.
        site = make_server(cached_site("S"), 2, store, complaints);
        store.end_of_conf();
    }
    auto strict = cached_site("S");
    strict.verify = VerifyClient::optional_no_ca;
    const auto other_rules = make_server(strict, 1, store, complaints);
    REQUIRE(other_rules);
    CHECK_FALSE(resumes(site->at(0), other_rules->at(0), TLS1_2_VERSION));
    CHECK_FALSE(resumes(other_rules->at(0), site->at(0), TLS1_3_VERSION));
}

TEST_CASE("builtin keeps sessions per worker; none and off keep none") {
    Store store;
    Complaints complaints;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto description = cached_site("");
        const auto none = make_server(description, 2, store, complaints);
        CHECK_FALSE(resumes(none->at(0), none->at(0), version));
        description.session_cache.builtin = true;
        const auto builtin = make_server(description, 2, store, complaints);
        CHECK(resumes(builtin->at(0), builtin->at(0), version));
        CHECK_FALSE(resumes(builtin->at(0), builtin->at(1), version));
        description.session_cache = {.off = true, .builtin = false, .builtin_size = 0, .shared = "", .shared_size = 0};
        const auto off = make_server(description, 1, store, complaints);
        CHECK_FALSE(resumes(off->at(0), off->at(0), version));
    }
}

TEST_CASE("sessions of TLS 1.3 that went into tickets take no room") {
    Store store;
    Complaints complaints;
    auto description = cached_site("S");
    description.tickets = true;
    const auto site = make_server(description, 1, store, complaints);
    const auto cache = store.session_cache(description.session_cache, complaints);
    REQUIRE(cache);
    CHECK(resumes(site->at(0), site->at(0), TLS1_3_VERSION));
    CHECK(cache->size() == 0);
    CHECK(resumes(site->at(0), site->at(0), TLS1_2_VERSION));
}

TEST_CASE("a cache that is too small, or has two sizes, is refused") {
    Store store;
    Complaints complaints;
    CHECK_FALSE(make_server(cached_site("S", 32767), 1, store, complaints));
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].message == "session cache \"S\" is too small: 32767 bytes");
    complaints.clear();
    const auto one = make_server(cached_site("S", 65536), 1, store, complaints);
    REQUIRE(one);
    CHECK_FALSE(make_server(cached_site("S", 131072), 1, store, complaints));
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].message.find("the size 131072 of session cache \"S\" conflicts") == 0);
}

TEST_CASE("threads share a cache") {
    const core::SystemClock clock;
    SessionCache cache(1 << 18, clock);
    std::atomic<int> wrong{0};
    const auto work = [&](unsigned seed) {
        core::Rng rng(seed);
        for (int i = 0; i < 20000; ++i) {
            const std::string id = "id" + std::to_string(rng.next() % 2000);
            if (rng.next() % 2)
                cache.put(id, id + std::string(rng.next() % 500, 'x'), 1h);
            else if (const auto got = cache.get(id); !got.empty() && !got.starts_with(id))
                ++wrong;
            if (rng.next() % 16 == 0) cache.remove(id);
        }
    };
    std::thread one(work, 1), other(work, 2);
    one.join();
    other.join();
    CHECK(wrong == 0);
    CHECK(cache.bytes() <= cache.room());
}
