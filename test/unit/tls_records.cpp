// Records of our own, against RFC 8448's and against what OpenSSL and a client out of its mind send.
#include <numeric>

#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "tls/records.hpp"

using namespace sluice;
using namespace sluice::tls;
using Kind = Records::Kind;
using namespace sluice::test;

namespace {

Secret secret_of(std::string_view hex) { return Secret(bytes_of(unhex(hex))); }

/// A client and a server that have agreed on what RFC 8448 3 has.
struct Both {
    static constexpr unsigned aes_128 = 0x1301;
    unsigned cipher;
    Protection client{Protection::Way::seals, cipher, secret(client_secret), 0};
    Protection reads{Protection::Way::opens, cipher, secret(server_secret), 0};
    Records server{cipher, {secret(client_secret), secret(server_secret)}, 0};
    std::string room = std::string(20'000, 0);

    explicit Both(unsigned suite = aes_128) : cipher(suite) {}
    /// As long as the suite's hash.
    Secret secret(const std::string& hex) const { return secret_of(cipher == 0x1302 ? hex + hex.substr(0, 32) : hex); }

    std::string seal(unsigned char type, std::string content) {
        std::string out(content.size() + Protection::added, 0);
        const iovec part{content.data(), content.size()};
        REQUIRE(client.seal(type, {&part, 1}, content.size(), out.data()));
        return out;
    }
    Records::Opened open(std::string& record) { return server.open(record, room); }
    Records::Opened send(unsigned char type, std::string content) {
        last = seal(type, std::move(content));
        return open(last);
    }
    std::string last;
};

std::string text(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

const std::string asks_update("\x18\0\0\x01\x01", 5), says_update("\x18\0\0\x01\0", 5);

}  // namespace

TEST_CASE("the application data of RFC 8448") {
    // Its server has sent a ticket before.
    Records server(Both::aes_128, {secret_of(client_secret), secret_of(server_secret)}, 1);
    std::string data(50, 0), out(50 + Records::most_added, 0);
    std::iota(data.begin(), data.end(), 0);
    const iovec halves[] = {{data.data(), 20}, {data.data() + 20, 30}};
    REQUIRE(server.seal(halves, 50, out.data()) == 72);
    CHECK(out.substr(0, 72) == unhex("1703030043 2e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d"));
    std::string asked = unhex("1703030043 a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4");
    std::string room(100, 0);
    const auto opened = server.open(asked, room);
    CHECK(opened.kind == Kind::data);
    CHECK(opened.used == 72);
    CHECK(text(opened.content) == data);
}

TEST_CASE("what one side seals the other opens, with each cipher, in place or elsewhere") {
    const unsigned cipher = GENERATE(0x1301u, 0x1302u, 0x1303u);
    Both both(cipher);
    for (const std::size_t size : {1u, 2u, 15u, 16u, 1000u, 1024u, 1025u, 4096u, 16384u})
        for (const std::size_t room : {std::size_t{0}, size, size + 1, std::size_t{20'000}}) {
            std::string content(size, static_cast<char>('a' + size % 20));
            std::string record = both.seal(SSL3_RT_APPLICATION_DATA, content);
            CHECK(record.size() == size + Protection::added);
            const auto opened = both.server.open(record, std::span(both.room).first(room));
            CHECK(opened.kind == Kind::data);
            CHECK(opened.used == record.size());
            CHECK(text(opened.content) == content);
            CHECK((opened.content.data() == both.room.data()) == (room > size));
            std::string answer(size + Records::most_added, 0), read(size + 1, 0);
            const iovec part{content.data(), size};
            REQUIRE(both.server.seal({&part, 1}, size, answer.data()) == size + Protection::added);
            REQUIRE(both.reads.open(std::string_view(answer).substr(0, size + Protection::added), read.data()));
            CHECK(read == content + '\x17');
        }
}

TEST_CASE("a record is not read before all of it is there") {
    Both both;
    std::string record = both.seal(SSL3_RT_APPLICATION_DATA, "hello") + "next";
    for (std::size_t n = 0; n < record.size() - 4; ++n) {
        CHECK_FALSE(Records::is_whole(std::string_view(record).substr(0, n)));
        CHECK(both.server.open(std::span(record).first(n), both.room).kind == Kind::partial);
    }
    CHECK(Records::is_whole(record));
    const auto opened = both.open(record);
    CHECK(text(opened.content) == "hello");
    CHECK(opened.used == record.size() - 4);
}

TEST_CASE("no bit of a record can be another") {
    for (std::size_t bit = 0; bit < 8 * (5 + Protection::added); ++bit) {
        Both both;
        std::string record = both.seal(SSL3_RT_APPLICATION_DATA, "hello");
        record[bit / 8] ^= static_cast<char>(1 << bit % 8);
        record += std::string(70'000, 0);  // should it have become longer
        const auto opened = both.open(record);
        CHECK(opened.kind == Kind::failed);
        CHECK(opened.alert != 0);
    }
}

TEST_CASE("records are read once, and in their order") {
    Both both;
    std::string first = both.seal(SSL3_RT_APPLICATION_DATA, "1"), second = both.seal(SSL3_RT_APPLICATION_DATA, "2");
    std::string again = first;
    SECTION("again") {
        CHECK(both.open(first).kind == Kind::data);
        CHECK(both.open(again).alert == SSL_AD_BAD_RECORD_MAC);
    }
    SECTION("out of order") { CHECK(both.open(second).alert == SSL_AD_BAD_RECORD_MAC); }
}

TEST_CASE("what no client may send") {
    struct Case {
        const char* what;
        unsigned char type;
        std::string content;
        unsigned char alert;
    };
    const Case cases[] = {
        {"a certificate nobody has asked for", SSL3_RT_HANDSHAKE, std::string("\x0b\0\0\x04\0\0\0\0", 8), SSL_AD_UNEXPECTED_MESSAGE},
        {"a new negotiation", SSL3_RT_HANDSHAKE, std::string("\x01\0\0\x01\0", 5), SSL_AD_UNEXPECTED_MESSAGE},
        {"nothing of a message", SSL3_RT_HANDSHAKE, "", SSL_AD_UNEXPECTED_MESSAGE},
        {"a change of keys that is too long", SSL3_RT_HANDSHAKE, std::string("\x18\0\0\x02\0\0", 6), SSL_AD_DECODE_ERROR},
        {"the beginning of one", SSL3_RT_HANDSHAKE, std::string("\x18\x01", 2), SSL_AD_DECODE_ERROR},
        {"too much padding", 0, std::string(16'000, 'x') + '\x17' + std::string(400, 0), SSL_AD_RECORD_OVERFLOW},
        {"something behind a change of keys", SSL3_RT_HANDSHAKE, says_update + says_update, SSL_AD_UNEXPECTED_MESSAGE},
        {"a change of keys that is neither", SSL3_RT_HANDSHAKE, std::string("\x18\0\0\x01\x02", 5), SSL_AD_ILLEGAL_PARAMETER},
        {"half an alert", SSL3_RT_ALERT, "\x01", SSL_AD_UNEXPECTED_MESSAGE},
        {"two alerts", SSL3_RT_ALERT, std::string("\x01\0\x01\0", 4), SSL_AD_UNEXPECTED_MESSAGE},
        {"a change of ciphers", SSL3_RT_CHANGE_CIPHER_SPEC, "\x01", SSL_AD_UNEXPECTED_MESSAGE},
        {"no type, only padding", 0, std::string(100, 0), SSL_AD_UNEXPECTED_MESSAGE},
        {"a type nobody knows", 99, "x", SSL_AD_UNEXPECTED_MESSAGE},
        {"too much", SSL3_RT_APPLICATION_DATA, std::string(16'385, 'x'), SSL_AD_RECORD_OVERFLOW},
    };
    for (const auto& [what, type, content, alert] : cases) {
        INFO(what);
        Both both;
        const auto opened = both.send(type, content);
        CHECK(opened.kind == Kind::failed);
        CHECK(int{opened.alert} == int{alert});
        CHECK(opened.reason != 0);
    }
    const std::pair<std::string, unsigned char> raw[] = {{unhex("1503030002 0100"), SSL_AD_UNEXPECTED_MESSAGE},
                                                         {unhex("1403030001 01"), SSL_AD_UNEXPECTED_MESSAGE},
                                                         {unhex("1603030001 01"), SSL_AD_UNEXPECTED_MESSAGE},
                                                         {"G", SSL_AD_UNEXPECTED_MESSAGE},
                                                         {unhex("1703030000"), SSL_AD_BAD_RECORD_MAC},
                                                         {unhex("1703030010") + std::string(16, 'x'), SSL_AD_BAD_RECORD_MAC},
                                                         {unhex("1703034101"), SSL_AD_RECORD_OVERFLOW}};
    for (auto [record, alert] : raw) {
        Both both;
        CHECK(int{both.open(record).alert} == int{alert});
    }
}

TEST_CASE("padding is taken off, and may be all there is of data") {
    Both both;
    const auto padded = [&](const std::string& content, std::size_t zeros) {
        // The type is where a seal puts it: what is sealed here as type 0 is content, type, and padding.
        return both.send(0, content + '\x17' + std::string(zeros, 0));
    };
    CHECK(text(padded("hello", 100).content) == "hello");
    const auto nothing = padded("", 1000);
    CHECK(nothing.kind == Kind::data);
    CHECK(nothing.content.empty());
    CHECK(text(padded(std::string("a\0", 2), 3).content) == std::string("a\0", 2));
}

TEST_CASE("alerts") {
    Both both;
    CHECK(both.send(SSL3_RT_ALERT, std::string("\x01\x5a", 2)).kind == Kind::message);  // user_canceled
    const auto failed = both.send(SSL3_RT_ALERT, std::string("\x02\x30", 2));
    CHECK(failed.kind == Kind::failed);
    CHECK(failed.alert == 0);  // nothing is answered
    CHECK(failed.reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    CHECK(both.send(SSL3_RT_ALERT, std::string("\x01\0", 2)).kind == Kind::end);
    std::array<char, Protection::added + 2> out;
    std::string read(3, 0);
    REQUIRE(both.server.seal_alert(SSL3_AL_WARNING, SSL_AD_CLOSE_NOTIFY, out) == out.size());
    REQUIRE(both.reads.open(out, read.data()));
    CHECK(read == std::string("\x01\0\x15", 3));
}

TEST_CASE("keys change when a client says so, in one record or in several, and are answered once") {
    Both both;
    const bool asks = GENERATE(true, false), split = GENERATE(true, false);
    const auto& update = asks ? asks_update : says_update;
    for (int i = 0; i < 3; ++i) {
        if (split)
            for (const auto& piece : {update.substr(0, 1), update.substr(1, 3), update.substr(4)}) CHECK(both.send(SSL3_RT_HANDSHAKE, piece).kind == Kind::message);
        else
            CHECK(both.send(SSL3_RT_HANDSHAKE, update).kind == Kind::message);
        REQUIRE(both.client.update());
        CHECK(text(both.send(SSL3_RT_APPLICATION_DATA, "next").content) == "next");
    }
    std::string out(100, 0), read(100, 0), hello = "hello";
    const iovec part{hello.data(), 5};
    const auto size = both.server.seal({&part, 1}, 5, out.data());
    std::string_view sealed(out.data(), size);
    if (asks) {
        REQUIRE(both.reads.open(sealed.substr(0, 27), read.data()));
        CHECK(read.substr(0, 6) == says_update + '\x16');
        REQUIRE(both.reads.update());
        sealed.remove_prefix(27);
    }
    REQUIRE(sealed.size() == 27);
    REQUIRE(both.reads.open(sealed, read.data()));
    CHECK(read.substr(0, 6) == "hello\x17");
    CHECK(both.server.seal({&part, 1}, 5, out.data()) == 27);
}

TEST_CASE("data in the middle of a message, and an alert") {
    Both both;
    REQUIRE(both.send(SSL3_RT_HANDSHAKE, "\x18").kind == Kind::message);
    const bool data = GENERATE(true, false), nothing = GENERATE(true, false);
    CHECK(both.send(data ? SSL3_RT_APPLICATION_DATA : SSL3_RT_ALERT, nothing ? "" : std::string("\x01\0", 2)).alert == SSL_AD_UNEXPECTED_MESSAGE);
}

TEST_CASE("who sends nothing but records is not listened to for ever, unless it is being answered") {
    Both both;
    const bool answered = GENERATE(false, true), updates = GENERATE(false, true);
    int records = 0;
    std::string out(100, 0), x = "x";
    const iovec part{x.data(), 1};
    for (; records < 2000; ++records) {
        if (answered) REQUIRE(both.server.seal({&part, 1}, 1, out.data()) > 0);
        if (both.send(updates ? SSL3_RT_HANDSHAKE : SSL3_RT_APPLICATION_DATA, updates ? says_update : "").kind == Kind::failed) break;
        if (updates) REQUIRE(both.client.update());
    }
    CHECK(records == (answered ? 2000 : updates ? 1024 : 32));
}

TEST_CASE("a key is changed before it has protected too much") {
    constexpr std::uint64_t most = std::uint64_t{1} << 24;
    Records server(Both::aes_128, {secret_of(client_secret), secret_of(server_secret)}, most - 1);
    Protection reads(Protection::Way::opens, Both::aes_128, secret_of(server_secret), most - 1);
    std::string out(100, 0), read(100, 0), x = "x";
    const iovec part{x.data(), 1};
    REQUIRE(server.seal({&part, 1}, 1, out.data()) == 23);
    REQUIRE(reads.open(std::string_view(out).substr(0, 23), read.data()));
    REQUIRE(server.seal({&part, 1}, 1, out.data()) == 50);
    REQUIRE(reads.open(std::string_view(out).substr(0, 27), read.data()));
    CHECK(read.substr(0, 6) == says_update + '\x16');
    REQUIRE(reads.update());
    CHECK(reads.next() == 0);
    REQUIRE(reads.open(std::string_view(out).substr(27, 23), read.data()));
}

TEST_CASE("more connections than a thread has prepared keys for") {
    std::vector<std::unique_ptr<Both>> all;
    for (int i = 0; i < 400; ++i) all.push_back(std::make_unique<Both>(i % 3 == 0 ? 0x1302 : 0x1301));
    for (int round = 0; round < 3; ++round)
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto content = std::to_string(i * 7 + static_cast<std::size_t>(round));
            CHECK(text(all[i]->send(SSL3_RT_APPLICATION_DATA, content).content) == content);
        }
}

TEST_CASE("records are counted however their bytes come") {
    Both both;
    const std::string stream = both.seal(SSL3_RT_APPLICATION_DATA, "one") + both.seal(SSL3_RT_APPLICATION_DATA, std::string(300, 'x')) + both.seal(SSL3_RT_HANDSHAKE, "");
    for (const std::size_t step : {1u, 2u, 3u, 5u, 7u, 100u, 1000u}) {
        RecordCounter counter;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            counter.add(std::string_view(stream).substr(at, step));
            const auto done = std::min(at + step, stream.size());
            CHECK(counter.is_between() == (done == 25 || done == 25 + 322 || done == stream.size()));
        }
        CHECK(counter.count() == 3);
    }
}
