// Session tickets: whose, how long, and under which keys.
#include "tls/tickets.hpp"

#include <thread>

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

ServerDescription plain_site() {
    ServerDescription out;
    out.pairs = {Certificates::all().pair("chain.pem", "leaf.key")};
    return out;
}

std::shared_ptr<const ServerContexts> make(const ServerDescription& description, Store& store, unsigned workers = 1) {
    Complaints complaints;
    auto out = make_server(description, workers, store, complaints);
    INFO((complaints.empty() ? "" : complaints[0].message));
    REQUIRE(out);
    return out;
}

Owned<SSL_SESSION> first_session(SSL_CTX* server, SSL_CTX* client, int version) {
    Handshake talk(server, client, [&](SSL* ssl) { only(ssl, version); });
    REQUIRE(talk.run());
    return talk.end();
}

bool resumes(SSL_CTX* server, SSL_CTX* client, SSL_SESSION* session, int version) {
    Handshake talk(server, client, [&](SSL* ssl) {
        only(ssl, version);
        SSL_set_session(ssl, session);
    });
    REQUIRE(talk.run());
    const bool out = talk.resumed();
    talk.end();
    return out;
}

const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

TEST_CASE("a ticket of one worker is good at another, and after a reload") {
    Store store;
    const auto site = make(plain_site(), store, 2), reloaded = make(plain_site(), store, 2);
    const auto client = any_client();
    for (const int version : versions) {
        const auto session = first_session(site->at(0), client.get(), version);
        REQUIRE(session);
        CHECK(SSL_SESSION_has_ticket(session.get()));
        CHECK(resumes(site->at(1), client.get(), session.get(), version));
        CHECK(resumes(reloaded->at(0), client.get(), session.get(), version));
    }
}

TEST_CASE("a ticket never crosses rules about who may come") {
    const auto& files = Certificates::all();
    Store store;
    auto strict = plain_site();
    strict.verify = VerifyClient::on;
    strict.client_authorities = files.item("root.crt");
    strict.trusted_authorities = files.item("intermediate.crt");
    std::vector<ServerDescription> sites(9, strict);
    sites[0] = plain_site();
    sites[2].verify = VerifyClient::optional;
    sites[3].client_authorities = files.item("other.crt");
    sites[4].trusted_authorities = files.item("other.crt");
    sites[5].crl = files.item("crl.pem");
    sites[6].verify_depth = 5;
    sites[7].pairs = {files.pair("second-chain.pem", "second.key")};
    sites[8].commands = {{{"VerifyMode"}, {"Request"}}};
    std::vector<std::shared_ptr<const ServerContexts>> contexts;
    for (const auto& site : sites) contexts.push_back(make(site, store));
    const auto client = any_client();
    for (const int version : versions)
        for (std::size_t from = 0; from < sites.size(); ++from) {
            const auto session = first_session(contexts[from]->at(0), client.get(), version);
            for (std::size_t to = 0; to < sites.size(); ++to) {
                const auto copy = Owned<SSL_SESSION>(SSL_SESSION_dup(session.get()));
                INFO("from " << from << " to " << to);
                CHECK(resumes(contexts[to]->at(0), client.get(), copy.get(), version) == (from == to));
            }
        }
}

TEST_CASE("without tickets, and without a cache, no session is promised") {
    Store store;
    auto site = plain_site();
    site.tickets = false;
    const auto contexts = make(site, store);
    const auto client = any_client();
    for (const int version : versions) {
        Handshake talk(contexts->at(0), client.get(), [&](SSL* ssl) { only(ssl, version); });
        REQUIRE(talk.run());
        const auto session = talk.end();
        CHECK_FALSE(SSL_SESSION_has_ticket(session.get()));
        CHECK_FALSE(resumes(contexts->at(0), client.get(), session.get(), version));
    }
}

TEST_CASE("keys from files: the first encrypts, all decrypt, none of ours does") {
    const auto& files = Certificates::all();
    Store store, another;
    auto first = plain_site(), second = plain_site(), both = plain_site();
    first.ticket_keys = {files.item("ticket48.key")};
    second.ticket_keys = {files.item("ticket80.key")};
    both.ticket_keys = {files.item("ticket80.key"), files.item("ticket48.key")};
    const auto one = make(first, store), two = make(second, store), all = make(both, another),
               plain = make(plain_site(), store);
    const auto client = any_client();
    for (const int version : versions) {
        const auto old = first_session(one->at(0), client.get(), version);
        const auto copy = [&] { return Owned<SSL_SESSION>(SSL_SESSION_dup(old.get())); };
        CHECK(resumes(one->at(0), client.get(), copy().get(), version));
        CHECK_FALSE(resumes(two->at(0), client.get(), copy().get(), version));
        CHECK_FALSE(resumes(plain->at(0), client.get(), copy().get(), version));
        // Another process, where it is an old key: the client gets a ticket of the new one.
        Handshake talk(all->at(0), client.get(), [&](SSL* ssl) {
            only(ssl, version);
            SSL_set_session(ssl, copy().get());
        });
        REQUIRE(talk.run());
        CHECK(talk.resumed());
        const auto renewed = talk.end();
        CHECK(resumes(two->at(0), client.get(), renewed.get(), version));
    }
}

TEST_CASE("keys lie in their files as nginx has them") {
    // A ticket is a name, a vector, what is encrypted, and an HMAC-SHA256 over all of that (RFC 5077 4).
    struct Case {
        const char* file;
        std::size_t hmac, size;
    };
    const auto& files = Certificates::all();
    const auto client = any_client();
    for (const auto& [file, at, size_of_key] : {Case{"ticket48.key", 32, 16}, Case{"ticket80.key", 16, 32}}) {
        Store store;
        auto description = plain_site();
        description.ticket_keys = {files.item(file)};
        const auto session = first_session(make(description, store)->at(0), client.get(), TLS1_2_VERSION);
        const unsigned char* ticket = nullptr;
        std::size_t size = 0;
        SSL_SESSION_get0_ticket(session.get(), &ticket, &size);
        REQUIRE(size > 80);
        const std::string key = files.text(file), bytes(reinterpret_cast<const char*>(ticket), size);
        CHECK(bytes.substr(0, 16) == key.substr(0, 16));
        unsigned char hmac[32];
        std::size_t made = 0;
        REQUIRE(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data() + at, size_of_key, ticket, size - 32,
                          hmac, sizeof hmac, &made));
        CHECK(bytes.substr(size - 32) == std::string(reinterpret_cast<const char*>(hmac), made));
    }
}

TEST_CASE("files that are no keys") {
    const auto& files = Certificates::all();
    Store store;
    Complaints complaints;
    CHECK_FALSE(store.ticket_keys({files.item("ticket80.key"), files.item("leaf.key", 3), files.item("none", 4)}, 300s,
                                  complaints));
    REQUIRE(complaints.size() == 2);
    CHECK(complaints[0].place == 3);
    CHECK(complaints[0].message.find("\"" + files / "leaf.key" + "\" must be 48 or 80 bytes") == 0);
    CHECK(complaints[1].message.find("open() failed (2: No such file or directory)") != std::string::npos);
}

TEST_CASE("keys change by the hour; old ones decrypt as long as a session lasts") {
    core::ManualClock clock;
    const auto keys = TicketKeys::rotating(clock);
    keys->keep_for(600s);
    TicketKey first, found;
    REQUIRE(keys->current(first));
    CHECK(first.size == 32);
    clock.advance(59min);
    REQUIRE(keys->current(found));
    CHECK(found.name == first.name);
    const auto fresh = keys->find(first.name.data(), found);
    CHECK(fresh.known);
    CHECK_FALSE(fresh.old);
    clock.advance(2min);
    TicketKey second;
    REQUIRE(keys->current(second));
    CHECK(second.name != first.name);
    CHECK(second.aes != first.aes);
    CHECK(second.hmac != first.hmac);
    const auto old = keys->find(first.name.data(), found);
    CHECK(old.known);
    CHECK(old.old);
    CHECK(found.aes == first.aes);
    CHECK(keys->size() == 2);
    clock.advance(10min);  // an hour and 600 seconds have passed since the first was made
    CHECK_FALSE(keys->find(first.name.data(), found).known);
    CHECK(keys->find(second.name.data(), found).known);
    CHECK(keys->size() == 1);
    const unsigned char nonsense[16] = {};
    CHECK_FALSE(keys->find(nonsense, found).known);
}

TEST_CASE("long sessions do not make many keys, and a pause none") {
    core::ManualClock clock;
    const auto keys = TicketKeys::rotating(clock);
    keys->keep_for(std::chrono::days(30));
    TicketKey first, any;
    REQUIRE(keys->current(first));
    for (int hour = 0; hour < 24 * 30; ++hour) {
        clock.advance(1h);
        REQUIRE(keys->current(any));
        CHECK(keys->size() <= 26);
    }
    CHECK(keys->find(first.name.data(), any).known);
    clock.advance(std::chrono::days(62));
    REQUIRE(keys->current(any));
    CHECK(keys->size() == 1);
}

TEST_CASE("a ticket of an old key is taken, renewed, and refused when its time is over") {
    core::ManualClock clock;
    Store store(clock);
    const auto site = make(plain_site(), store);  // 5 minutes
    const auto client = any_client();
    TicketKey key;
    Complaints complaints;
    for (const int version : versions) {
        clock.advance(2h);
        REQUIRE(store.ticket_keys({}, 300s, complaints)->current(key));  // made now
        clock.advance(58min);
        const auto session = first_session(site->at(0), client.get(), version);
        const auto copy = [&] { return Owned<SSL_SESSION>(SSL_SESSION_dup(session.get())); };
        clock.advance(3min);
        Handshake talk(site->at(0), client.get(), [&](SSL* ssl) {
            only(ssl, version);
            SSL_set_session(ssl, copy().get());
        });
        REQUIRE(talk.run());
        CHECK(talk.resumed());
        const auto renewed = talk.end();
        clock.advance(5min);
        CHECK_FALSE(resumes(site->at(0), client.get(), copy().get(), version));
        CHECK(resumes(site->at(0), client.get(), renewed.get(), version));
    }
}

TEST_CASE("two threads take keys while they change: each knows what the other has made") {
    struct FastClock final : core::Clock {
        mutable std::atomic<std::int64_t> calls{0};
        core::Instant now() const override { return {calls.fetch_add(1) * 1'000'000}; }  // a second each time
        core::WallTime wall() const override { return {}; }
    } clock;
    const auto keys = TicketKeys::rotating(clock);
    keys->keep_for(24h);  // longer than the test takes by this clock, however long a thread is held up
    std::atomic<int> lost{0};
    const auto work = [&] {
        TicketKey mine, found;
        for (int i = 0; i < 20000; ++i)
            if (!keys->current(mine) || !keys->find(mine.name.data(), found).known || found.aes != mine.aes) ++lost;
    };
    std::thread one(work), other(work);
    one.join();
    other.join();
    CHECK(lost == 0);
    CHECK(clock.calls > 3600 * 20);  // it has changed more than twenty times
}
