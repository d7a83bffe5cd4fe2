// Two engines over a wire in memory that takes as much, and gives as little, as a test wants.
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <cerrno>
#include <deque>

#include "support/catch.hpp"
#include "support/kernel_records.hpp"
#include "tls/common.hpp"
#include "tls/engine.hpp"
#include "tls/prepare.hpp"

using namespace sluice;
using tls::Engine;
using tls::Outcome;

namespace {

/// Whether servers let OpenSSL go when it has shaken hands, as those of a conf do; or it makes their records, as it does
/// where it has a say in them.
bool lets_go = false;

SSL_CTX* context_of(bool server) {
    if (server && lets_go) return tls::bare_context(TLS_server_method()).release();
    return SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
}

struct Context {
    SSL_CTX* ctx;
    explicit Context(bool server, const char* name = "a.test") : ctx(context_of(server)) {
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_read_ahead(ctx, 1);
        if (server)
            certify(name);
        else
            tls::prepare_client(ctx);
    }
    void certify(const char* name) {
        tls::prepare_server(ctx);
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
        X509_set_pubkey(certificate, key);
        X509_sign(certificate, key, EVP_sha256());
        SSL_CTX_use_certificate(ctx, certificate);
        SSL_CTX_use_PrivateKey(ctx, key);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Context() { SSL_CTX_free(ctx); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

/// One direction's bytes, and one end's view of both.
struct Wire {
    std::string bytes;
    bool closed = false;
};
class End final : public tls::Transport {
  public:
    End(Wire& in, Wire& out) : in_(in), out_(out) {}
    ssize_t receive(std::span<char> room) override {
        const auto n = std::min({room.size(), in_.bytes.size(), gives});
        if (n == 0) {
            if (in_.closed && in_.bytes.empty()) return 0;
            errno = EAGAIN;
            return -1;
        }
        in_.bytes.copy(room.data(), n);
        in_.bytes.erase(0, n);
        return static_cast<ssize_t>(n);
    }
    ssize_t send(std::span<const char> bytes, bool more) override {
        last_was_more = more;
        return put(bytes, SSL3_RT_APPLICATION_DATA);
    }
    bool is_dry() const override { return in_.bytes.empty() && !in_.closed; }
    bool encrypt(std::span<const char> keys) override { return kernel && kernel->take(keys) && (records = kernel); }
    ssize_t send_parts(std::span<const iovec> parts) override {
        std::string all;
        for (const auto& part : parts) all.append(static_cast<const char*>(part.iov_base), part.iov_len);
        return send(all, false);
    }
    ssize_t send_record(unsigned char type, std::span<const char> content) override {
        types.push_back(type);
        return put(content, type);
    }

    test::KernelRecords* kernel = nullptr;  // that of this end, if it has TLS
    test::KernelRecords* records = nullptr;  // once it makes the records
    std::vector<int> types;  // of records that are not data, once it does
    std::size_t takes = SIZE_MAX, gives = SIZE_MAX;
    int sends = 0, refuses_with = EAGAIN;
    bool last_was_more = false;

  private:
    ssize_t put(std::span<const char> bytes, unsigned char type) {
        const auto n = std::min(bytes.size(), takes);
        if (n == 0) {
            errno = refuses_with;
            return -1;
        }
        takes -= n;
        ++sends;
        std::string_view left(bytes.data(), n);
        if (!records) out_.bytes += left;
        for (; records && !left.empty(); left.remove_prefix(std::min<std::size_t>(left.size(), 16384)))
            out_.bytes += records->make(type, left.substr(0, 16384));
        return static_cast<ssize_t>(n);
    }

    Wire& in_;
    Wire& out_;
};

struct Pair {
    Context client_context{false}, server_context{true};
    Wire up, down;
    End client_end{down, up}, server_end{up, down};
    Engine client, server;

    explicit Pair(tls::SiteChooser* chooser = nullptr, const char* name = nullptr)
        : client({.context = client_context.ctx, .server = false, .server_name = name}, client_end), server({.context = server_context.ctx, .chooser = chooser}, server_end) {}

    /// Back and forth until neither has more to say.
    void shake() {
        for (int i = 0; i < 2000 && !(client.is_established() && server.is_established()); ++i) {
            if (!client.is_established()) last_client = client.handshake();
            if (!server.is_established()) last_server = server.handshake();
            if (last_client.outcome == Outcome::failed || last_server.outcome == Outcome::failed) return;
        }
    }
    tls::Step last_client, last_server;
};

std::string read_all(Engine& engine) {
    std::string out;
    char room[5000];
    for (;;) {
        const auto step = engine.read(room);
        if (step.outcome != Outcome::done || step.size == 0) return out;
        out.append(room, step.size);
    }
}

tls::Step write(Engine& engine, std::vector<std::string>& parts, std::size_t done = 0, bool ends = false) {
    std::vector<iovec> left;
    for (auto& part : parts) {
        const auto skip = std::min(done, part.size());
        done -= skip;
        left.push_back({part.data() + skip, part.size() - skip});
    }
    return engine.write(left, core::Instant{10'000'000}, ends);
}

}  // namespace

TEST_CASE("two engines agree, and bytes come out as they went in") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    REQUIRE(pair.server.is_established());
    CHECK((pair.server.ssl() == nullptr) == lets_go);
    CHECK(pair.server.agreed().protocol == "TLSv1.3");
    std::vector<std::string> parts{"head ", std::string(100'000, 'x'), "", " tail"};
    CHECK(write(pair.server, parts).size == 100'010);
    CHECK_FALSE(pair.server_end.last_was_more);
    CHECK(read_all(pair.client) == parts[0] + parts[1] + parts[3]);
    char byte[1];
    CHECK(pair.client.read(byte).outcome == Outcome::want_read);
}

TEST_CASE("a wire that gives one byte at a time") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.client_end.gives = pair.server_end.gives = 1;
    pair.shake();
    REQUIRE(pair.client.is_established());
    std::vector<std::string> parts{"hello"};
    write(pair.client, parts);
    std::string got;
    while (got.size() < 5) got += read_all(pair.server);
    CHECK(got == "hello");
}

TEST_CASE("what a client sends comes whole, whatever room there is for it and however it comes") {
    lets_go = GENERATE(false, true);
    const std::size_t size = GENERATE(1, 13, 4096, 20'000, 200'000), gives = GENERATE(97, 5000, 100'000);
    Pair pair;
    pair.shake();
    REQUIRE(pair.server.is_established());
    pair.server_end.gives = gives;
    std::string sent(size < 10 ? 20'000 : 150'000, 0), got;
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * i % 251);
    std::vector<std::string> parts{sent};
    REQUIRE(write(pair.client, parts).size == sent.size());
    std::string room(size, 0);
    while (got.size() < sent.size()) {
        REQUIRE(pair.server.peek().outcome == Outcome::done);
        const auto step = pair.server.read(room);
        REQUIRE(step.outcome == Outcome::done);
        REQUIRE(step.size > 0);
        // Nobody would ask again for what the wire does not tell of.
        if (step.size < room.size() && pair.server_end.is_dry()) CHECK_FALSE(pair.server.has_input());
        got.append(room, 0, step.size);
    }
    CHECK(got == sent);
    CHECK(pair.server.peek().outcome == Outcome::want_read);
    CHECK_FALSE(pair.server.has_input());
}

TEST_CASE("what comes right behind the handshake is not lost") {
    lets_go = GENERATE(false, true);
    const auto gives = GENERATE(std::size_t{1}, std::size_t{4096}, SIZE_MAX);
    Pair pair;
    while (!pair.client.is_established()) {
        pair.client.handshake();
        if (!pair.client.is_established()) pair.server.handshake();
    }
    std::vector<std::string> parts{"first", std::string(50'000, 'x')};
    write(pair.client, parts);
    pair.server_end.gives = gives;
    while (!pair.server.is_established()) REQUIRE(pair.server.handshake().outcome != Outcome::failed);
    std::string got;
    while (got.size() < 50'005) got += read_all(pair.server);
    CHECK(got == parts[0] + parts[1]);
}

TEST_CASE("a connection that began early is waited for, and goes on") {
    Context client_context(false), server_context(true);
    SSL_CTX_set_options(server_context.ctx, SSL_OP_NO_ANTI_REPLAY);
    SSL_CTX_set_max_early_data(server_context.ctx, 16384);
    struct Keeper final : tls::SessionKeeper {
        SSL_SESSION* kept = nullptr;
        void keep(SSL_SESSION* session) override { SSL_SESSION_free(std::exchange(kept, session)); }
        ~Keeper() { SSL_SESSION_free(kept); }
    } keeper;
    for (const bool early : {false, true}) {
        Wire up, down;
        End client_end(down, up), server_end(up, down);
        Engine client({.context = client_context.ctx, .server = false, .keeper = &keeper, .session = keeper.kept}, client_end);
        Engine server({.context = server_context.ctx, .early_data = true}, server_end);
        std::size_t n = 0;
        if (early) REQUIRE(SSL_write_early_data(client.ssl(), "early", 5, &n) == 1);
        if (!early)
            for (int i = 0; i < 100 && !client.is_established(); ++i) client.handshake();
        for (int i = 0; i < 100 && !server.is_established(); ++i) {
            client.handshake();
            server.handshake();
        }
        REQUIRE(server.is_established());
        CHECK(server.agreed().early == early);
        if (early) CHECK(read_all(server) == "early");
        std::vector<std::string> answer{"answer"}, asks{"next"};
        write(server, answer);
        while (!client.is_established()) client.handshake();
        CHECK(server.peek().outcome == Outcome::want_read);  // as who waits for the next request does
        CHECK_FALSE(server.agreed().early);
        CHECK(read_all(client) == "answer");
        write(client, asks);
        CHECK(server.peek().size > 0);
        CHECK(read_all(server) == "next");
        write(server, answer);
        CHECK(read_all(client) == "answer");
    }
}

TEST_CASE("OpenSSL is not let go where it has a say") {
    lets_go = true;
    Pair pair;
    const auto shakes = [&](auto&& changes) {
        changes();
        pair.shake();
        REQUIRE(pair.server.is_established());
        CHECK(pair.server.ssl() != nullptr);
        std::vector<std::string> parts{std::string(5'000, 'x')};
        write(pair.server, parts);
        CHECK(read_all(pair.client) == parts[0]);
    };
    SECTION("TLS 1.2") {
        shakes([&] { SSL_set_max_proto_version(pair.client.ssl(), TLS1_2_VERSION); });
        CHECK(pair.server.agreed().protocol == "TLSv1.2");
    }
    SECTION("a client that wants small records") {
        shakes([&] { SSL_set_tlsext_max_fragment_length(pair.client.ssl(), TLSEXT_max_fragment_length_512); });
    }
    SECTION("a cipher that we have not") {
        shakes([&] {
            SSL_set_ciphersuites(pair.server.ssl(), "TLS_AES_128_CCM_SHA256");
            SSL_set_ciphersuites(pair.client.ssl(), "TLS_AES_128_CCM_SHA256");
        });
    }
}

TEST_CASE("what a client is told of a record that cannot be") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    read_all(pair.client);
    std::vector<std::string> parts{"hello"};
    write(pair.client, parts);
    pair.up.bytes[7] ^= 1;
    char room[100];
    REQUIRE(pair.server.read(room).outcome == Outcome::failed);
    CHECK(pair.server.has_failed());
    CHECK(ERR_peek_error() == 0);
    CHECK(pair.client.read(room).outcome == Outcome::failed);
    CHECK(pair.client.problem() == "SSL: error:0A0003FC:SSL routines::sslv3 alert bad record mac");
}

TEST_CASE("what a client says that it fails by") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    read_all(pair.client);
    std::vector<std::string> parts{"hello"};
    write(pair.server, parts);
    pair.down.bytes[7] ^= 1;
    char room[100];
    REQUIRE(pair.client.read(room).outcome == Outcome::failed);
    REQUIRE(pair.server.read(room).outcome == Outcome::failed);
    CHECK(pair.server.problem() == "SSL: error:0A0003FC:SSL routines::sslv3 alert bad record mac");
}

TEST_CASE("keys change as a client says, in both directions") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    for (int i = 0; i < 5; ++i) {
        SSL_key_update(pair.client.ssl(), i % 2 == 0 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
        std::vector<std::string> asked{"ask"}, answer{"answer"};
        write(pair.client, asked);
        CHECK(read_all(pair.server) == "ask");
        CHECK(write(pair.server, answer).outcome == Outcome::done);
        CHECK(read_all(pair.client) == "answer");
    }
    pair.server.close_notify();
    char byte[1];
    CHECK(pair.client.read(byte).outcome == Outcome::end);
}

TEST_CASE("a wire that takes little: the write goes on where it stopped") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{"a", std::string(50'000, 'b'), "c"};
    std::size_t done = 0;
    std::string got;
    int blocked = 0;
    while (done < 50'002 || pair.server.has_unsent()) {
        pair.server_end.takes = 700;
        const auto step = write(pair.server, parts, done);
        done += step.size;
        REQUIRE((step.outcome == Outcome::done || step.outcome == Outcome::want_write));
        if (done < 50'002 || pair.server.has_unsent()) ++blocked;
        got += read_all(pair.client);
    }
    CHECK(blocked > 50);
    CHECK(got == "a" + parts[1] + "c");
}

TEST_CASE("a change of keys that is asked for while a record has gone out in part") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{std::string(10'000, 'x')};
    pair.server_end.takes = 700;
    auto step = write(pair.server, parts);
    REQUIRE((step.outcome == Outcome::want_write || pair.server.has_unsent()));
    SSL_key_update(pair.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    std::vector<std::string> asked{"next"};
    write(pair.client, asked);
    CHECK(read_all(pair.server) == "next");
    pair.server_end.takes = SIZE_MAX;
    CHECK(write(pair.server, parts, step.size).outcome == Outcome::done);
    CHECK(read_all(pair.client) == parts[0]);
}

TEST_CASE("the first records after a pause are small") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    read_all(pair.client);
    std::vector<std::string> parts{std::string(64 * 1024, 'x')};
    const auto sizes = [&] {
        std::vector<std::size_t> out;
        const auto& bytes = pair.down.bytes;
        for (std::size_t at = 0; at < bytes.size();) {
            const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + 3]) << 8 | static_cast<unsigned char>(bytes[at + 4]));
            out.push_back(size - 17);  // the type and the tag
            at += 5 + size;
        }
        read_all(pair.client);
        return out;
    };
    pair.server_end.sends = 0;
    write(pair.server, parts);
    CHECK(sizes() == std::vector<std::size_t>{4096, 4096, 4096, 16384, 16384, 16384, 4096});
    write(pair.server, parts);
    CHECK(sizes() == std::vector<std::size_t>{16384, 16384, 16384, 16384});
    CHECK(pair.server_end.sends == 2);
}

TEST_CASE("records of any size that a conf may want") {
    lets_go = GENERATE(false, true);
    const std::uint32_t largest = GENERATE(100, 1400, 16384, 1'000'000);
    const std::size_t size = GENERATE(1, 5000, 700'000);
    Context client_context(false), server_context(true);
    Wire up, down;
    End client_end(down, up), server_end(up, down);
    Engine client({.context = client_context.ctx, .server = false}, client_end);
    Engine server({.context = server_context.ctx, .largest_record = largest}, server_end);
    while (!client.is_established() || !server.is_established()) {
        if (!client.is_established()) client.handshake();
        if (!server.is_established()) server.handshake();
    }
    read_all(client);
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < size; at += 3000) parts.emplace_back(std::min<std::size_t>(3000, size - at), static_cast<char>('a' + at % 23));
    std::string all;
    for (const auto& part : parts) all += part;
    CHECK(write(server, parts).size == size);
    for (std::size_t at = 0; at < down.bytes.size();) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(down.bytes[at + 3]) << 8 | static_cast<unsigned char>(down.bytes[at + 4]));
        CHECK(length - 17 <= std::min<std::size_t>(largest, 16384));
        at += 5 + length;
    }
    CHECK(read_all(client) == all);
}

TEST_CASE("what the wire has not taken is not lost by what is said meanwhile") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    read_all(pair.client);
    std::vector<std::string> parts{std::string(60'000, 'x')};
    pair.server_end.takes = 10'000;
    CHECK(write(pair.server, parts).size == 60'000);
    CHECK(pair.server.has_unsent());
    if (!lets_go) SSL_key_update(pair.server.ssl(), SSL_KEY_UPDATE_REQUESTED);
    pair.server.close_notify();  // there is no room for it
    std::string got = read_all(pair.client);
    pair.server_end.takes = SIZE_MAX;
    std::vector<std::string> more{"end"};
    CHECK(write(pair.server, more).size == 3);
    CHECK_FALSE(pair.server.has_unsent());
    CHECK(got + read_all(pair.client) == parts[0] + "end");
}

TEST_CASE("what came before a write failed can be read") {
    lets_go = GENERATE(false, true);
    const std::size_t size = GENERATE(10, 60'000);
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{std::string(size, 'x')}, answer{"too large"};
    write(pair.client, answer);
    pair.server_end.takes = 0;
    pair.server_end.refuses_with = EPIPE;
    const auto step = write(pair.server, parts);
    CHECK(step.outcome == Outcome::broken);
    CHECK(step.os_error == EPIPE);
    CHECK(read_all(pair.server) == "too large");
}

TEST_CASE("answers to changes of keys that nobody takes are not kept without end") {
    lets_go = false;
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{std::string(60'000, 'x')};
    pair.server_end.takes = 10'000;
    write(pair.server, parts);
    REQUIRE(pair.server.has_unsent());
    std::size_t asked = 0;
    for (char room[100]; pair.server.read(room).outcome != Outcome::want_write && asked < 20'000; ++asked) {
        SSL_key_update(pair.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(pair.client.ssl());
    }
    CHECK(asked < 10'000);
    pair.server_end.takes = SIZE_MAX;
    std::vector<std::string> more{"end"}, asks{"next"};
    CHECK(write(pair.server, more).size == 3);
    CHECK(read_all(pair.client) == parts[0] + "end");
    write(pair.client, asks);
    CHECK(read_all(pair.server) == "next");
}

TEST_CASE("an end that is said, one that is not, and what came before") {
    lets_go = GENERATE(false, true);
    const bool says = GENERATE(true, false);
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{"last"};
    write(pair.server, parts, 0, says);
    CHECK(pair.server_end.last_was_more == says);
    if (says) pair.server.close_notify();
    pair.down.closed = true;
    char room[100];
    CHECK(pair.client.read(room).size == 4);
    for (int i = 0; i < 2; ++i) CHECK(pair.client.read(room).outcome == (says ? Outcome::end : Outcome::cut));
    CHECK(pair.client.peek().outcome == (says ? Outcome::end : Outcome::cut));
}

TEST_CASE("what is no TLS is a failure that says so") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.up.bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto step = pair.server.handshake();
    CHECK(step.outcome == Outcome::failed);
    CHECK(pair.server.problem().find("SSL: error:") == 0);
    CHECK(pair.server.problem().find("http request") != std::string::npos);
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a broken record in the middle") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    std::vector<std::string> parts{"hello"};
    write(pair.client, parts);
    pair.up.bytes.back() ^= 1;
    char room[100];
    for (int i = 0; i < 2; ++i) CHECK(pair.server.read(room).outcome == Outcome::failed);
    CHECK(pair.server.problem().find("bad record mac") != std::string::npos);
}

TEST_CASE("bytes that were read before count first") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.client.handshake();
    const std::string first = pair.up.bytes.substr(0, 10);
    pair.up.bytes.erase(0, 10);
    pair.server.begin_with(first);
    pair.shake();
    CHECK(pair.server.is_established());
}

TEST_CASE("peeking does not take, and tickets are not data") {
    lets_go = GENERATE(false, true);
    Pair pair;
    pair.shake();
    CHECK(pair.client.peek().outcome == Outcome::want_read);  // tickets have come
    std::vector<std::string> parts{"x"};
    write(pair.server, parts);
    CHECK(pair.client.peek().size == 1);
    CHECK(pair.client.has_input());
    CHECK(read_all(pair.client) == "x");
}

TEST_CASE("the site is chosen by name, or the handshake refused") {
    lets_go = GENERATE(false, true);
    struct Chooser final : tls::SiteChooser {
        Context other{true, "b.test"};
        std::string asked;
        bool refuses = false;
        SSL_CTX* choose(std::string_view name) override {
            asked = name;
            return refuses ? nullptr : other.ctx;
        }
    } chooser;
    chooser.refuses = GENERATE(false, true);
    Pair pair(&chooser, "B.test");
    pair.shake();
    CHECK(chooser.asked == "B.test");
    CHECK(pair.server.refused_name() == chooser.refuses);
    if (chooser.refuses) {
        CHECK(pair.client.handshake().outcome == Outcome::failed);
        CHECK(pair.client.problem().find("unrecognized name") != std::string::npos);
        return;
    }
    char name[64];
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(pair.client.ssl())), NID_commonName, name, sizeof name);
    CHECK(std::string(name) == "b.test");
}

TEST_CASE("a session with a peer reaches its keeper and is taken up again") {
    lets_go = GENERATE(false, true);
    struct Keeper final : tls::SessionKeeper {
        SSL_SESSION* kept = nullptr;
        void keep(SSL_SESSION* session) override {
            SSL_SESSION_free(kept);
            kept = session;
        }
        ~Keeper() { SSL_SESSION_free(kept); }
    } keeper;
    Context client_context(false), server_context(true);
    for (const bool resumed : {false, true}) {
        Wire up, down;
        End client_end(down, up), server_end(up, down);
        Engine client({.context = client_context.ctx, .server = false, .keeper = &keeper, .session = keeper.kept}, client_end);
        Engine server({.context = server_context.ctx}, server_end);
        while (!client.is_established() || !server.is_established()) {
            if (!client.is_established()) client.handshake();
            if (!server.is_established()) server.handshake();
        }
        std::vector<std::string> parts{"x"};
        write(server, parts);
        CHECK(read_all(client) == "x");
        CHECK(SSL_session_reused(client.ssl()) == resumed);
        CHECK(keeper.kept);
    }
}

// Records made below: by the kernel, here by a stand-in for it.

namespace {

struct KernelPair : Pair {
    test::KernelRecords kernel;
    explicit KernelPair(int version, std::string_view cipher = {}, std::uint64_t options = SSL_OP_ENABLE_KTLS) {
        SSL_set_options(server.ssl(), options);
        SSL_set_min_proto_version(client.ssl(), version);
        SSL_set_max_proto_version(client.ssl(), version);
        if (!cipher.empty()) SSL_set_cipher_list(client.ssl(), std::string(cipher).c_str());
        server_end.kernel = &kernel;
    }
};

}  // namespace

TEST_CASE("the kernel makes the records that are sent, and only those") {
    lets_go = GENERATE(false, true);
    const int version = GENERATE(TLS1_3_VERSION, TLS1_2_VERSION);
    KernelPair pair(version, version == TLS1_2_VERSION ? GENERATE("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384") : "");
    pair.shake();
    REQUIRE(pair.server.is_established());
    CHECK(pair.server.is_encrypted_below());
    CHECK_FALSE(pair.client.is_encrypted_below());
    std::vector<std::string> asked{"ask"}, parts{"head ", std::string(100'000, 'x'), "", " tail"};
    write(pair.client, asked);
    CHECK(read_all(pair.server) == "ask");
    pair.server_end.sends = 0;
    const auto step = write(pair.server, parts, 0, true);
    CHECK(step.outcome == Outcome::done);
    CHECK(step.size == 100'010);
    CHECK_FALSE(pair.server_end.last_was_more);  // the kernel would keep the end of it back
    CHECK(pair.server_end.sends == 5);  // three small records, what is left of the part, the rest
    CHECK_FALSE(pair.server.has_unsent());
    pair.server.close_notify();
    CHECK(pair.server_end.types.back() == SSL3_RT_ALERT);
    CHECK(read_all(pair.client) == parts[0] + parts[1] + parts[3]);
    char byte[1];
    CHECK(pair.client.read(byte).outcome == Outcome::end);
}

TEST_CASE("whether the kernel makes records is asked for by the conf, and its own affair") {
    lets_go = GENERATE(false, true);
    const auto asked = GENERATE(std::uint64_t{0}, std::uint64_t{SSL_OP_ENABLE_KTLS});
    KernelPair pair(TLS1_3_VERSION, {}, asked);
    if (asked) pair.server_end.kernel = nullptr;  // it has no TLS
    pair.shake();
    REQUIRE(pair.server.is_established());
    CHECK_FALSE(pair.server.is_encrypted_below());
    std::vector<std::string> parts{"answer"};
    write(pair.server, parts);
    CHECK(read_all(pair.client) == "answer");
}

TEST_CASE("a kernel that takes little: the write goes on where it stopped") {
    lets_go = GENERATE(false, true);
    KernelPair pair(TLS1_3_VERSION);
    pair.shake();
    REQUIRE(pair.server.is_encrypted_below());
    std::vector<std::string> parts{"a", std::string(50'000, 'b'), "c"};
    std::size_t done = 0;
    int blocked = 0;
    while (done < 50'002) {
        pair.server_end.takes = blocked % 3 ? 700 : 0;
        const auto step = write(pair.server, parts, done);
        CHECK(step.outcome == (step.size > 0 ? Outcome::done : Outcome::want_write));
        done += step.size;
        ++blocked;
    }
    CHECK(blocked > 50);
    CHECK(read_all(pair.client) == "a" + parts[1] + "c");
    pair.server_end.takes = 0;
    pair.server_end.refuses_with = EPIPE;
    CHECK(write(pair.server, parts).outcome == Outcome::broken);
    CHECK(pair.server.has_failed());
}

TEST_CASE("what the kernel sends keeps its keys, whatever the other side asks for") {
    lets_go = GENERATE(false, true);
    KernelPair pair(TLS1_3_VERSION);
    pair.shake();
    REQUIRE(pair.server.is_encrypted_below());
    for (int i = 0; i < 3; ++i) {
        SSL_key_update(pair.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        std::vector<std::string> asked{"ask"}, answer{"answer"};
        write(pair.client, asked);
        CHECK(read_all(pair.server) == "ask");
        CHECK(write(pair.server, answer).outcome == Outcome::done);
        CHECK(read_all(pair.client) == "answer");
    }
    pair.server.close_notify();
    char byte[1];
    CHECK(pair.client.read(byte).outcome == Outcome::end);
}

TEST_CASE("data that comes early is answered through the kernel") {
    lets_go = GENERATE(false, true);
    Context client_context(false), server_context(true);
    SSL_CTX_set_options(server_context.ctx, SSL_OP_ENABLE_KTLS | SSL_OP_NO_ANTI_REPLAY);
    SSL_CTX_set_max_early_data(server_context.ctx, 16384);
    struct Keeper final : tls::SessionKeeper {
        SSL_SESSION* kept = nullptr;
        void keep(SSL_SESSION* session) override { SSL_SESSION_free(std::exchange(kept, session)); }
        ~Keeper() { SSL_SESSION_free(kept); }
    } keeper;
    for (const bool early : {false, true}) {
        Wire up, down;
        test::KernelRecords kernel;
        End client_end(down, up), server_end(up, down);
        server_end.kernel = &kernel;
        Engine client({.context = client_context.ctx, .server = false, .keeper = &keeper, .session = keeper.kept}, client_end);
        Engine server({.context = server_context.ctx, .early_data = true}, server_end);
        std::size_t n = 0;
        if (early) REQUIRE(SSL_write_early_data(client.ssl(), "early", 5, &n) == 1);
        for (int i = 0; i < 100 && !(client.is_established() && server.is_established()); ++i) {
            if (!client.is_established()) client.handshake();
            if (!server.is_established()) server.handshake();
        }
        REQUIRE(server.is_established());
        CHECK(server.is_encrypted_below());
        CHECK(read_all(server) == (early ? "early" : ""));
        std::vector<std::string> answer{std::string(20'000, 'x')};
        CHECK(write(server, answer).size == 20'000);
        CHECK(read_all(client) == answer[0]);
        REQUIRE(keeper.kept);
    }
}

TEST_CASE("only the step after all has been said is short, unless a certificate is to come") {
    lets_go = GENERATE(false, true);
    const bool retried = GENERATE(false, true), asks = GENERATE(false, true);
    Pair pair;
    if (retried) SSL_set1_groups_list(pair.server.ssl(), "P-384");  // the client has to begin anew with another key
    if (asks) SSL_set_verify(pair.server.ssl(), SSL_VERIFY_PEER, nullptr);
    CHECK_FALSE(pair.client.next_takes_long());
    int hellos = 0;
    while (!pair.server.is_established()) {
        pair.client.handshake();
        const bool has_said_all = pair.server_end.sends > (retried ? 1 : 0);
        CHECK(pair.server.next_takes_long() == (!has_said_all || asks));
        if (!has_said_all) ++hellos;
        REQUIRE(pair.server.handshake().outcome != Outcome::failed);
    }
    CHECK(hellos == (retried ? 2 : 1));
    CHECK(pair.client.next_takes_long());
}
