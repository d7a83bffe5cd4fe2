// Certificates and keys: what is read, and what is said of those that are not good.
#include "tls/pair.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "tls/store.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::Certificates;

namespace {

struct Loaded {
    std::shared_ptr<const LoadedPair> pair;
    Complaints complaints;

    /// The only complaint, a mistake or a warning.
    std::string only(bool warning) const {
        INFO((complaints.empty() ? std::string("no complaint") : complaints.front().message));
        REQUIRE(complaints.size() == 1);
        CHECK(complaints[0].warning == warning);
        CHECK((pair != nullptr) == warning);
        return complaints[0].message + " | " + complaints[0].help;
    }
};

Loaded load(const Pair& pair, const std::vector<Item>& passwords = {}) {
    Loaded out;
    Store store;
    out.pair = store.pair(pair, passwords, out.complaints);
    return out;
}

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a chain with its key is loaded, and its facts are told") {
    const auto& files = Certificates::all();
    const auto loaded = load(files.pair("chain.pem", "leaf.key"));
    REQUIRE(loaded.pair);
    CHECK(loaded.complaints.empty());
    const CertificateFacts& facts = loaded.pair->facts;
    CHECK(facts.subject == "CN=example.com,O=Test \\\"and\\\" S\\C3\\B6hne,C=DE");
    CHECK(facts.issuer == "CN=Intermediate,O=Test");
    CHECK(facts.names == std::vector<std::string>{"example.com", "*.example.com", "127.0.0.1", "::1"});
    CHECK(facts.key == "EC");
    CHECK(facts.key_bits == 256);
    CHECK(facts.not_after.seconds() - facts.not_before.seconds() == 365 * 86400);
    CHECK(facts.serial.size() >= 30);
    CHECK_FALSE(facts.self_signed);
    CHECK_FALSE(facts.issuer_missing);
    CHECK(facts.certificate_file == files / "chain.pem");
    CHECK(sk_X509_num(loaded.pair->chain.get()) == 1);
    const auto rsa = load(files.pair("rsa-chain.pem", "rsa.key"));
    REQUIRE(rsa.pair);
    CHECK(rsa.pair->facts.key == "RSA");
    CHECK(rsa.pair->facts.key_bits == 2048);
    const auto root = load(files.pair("root.crt", "root.key"));
    REQUIRE(root.pair);
    CHECK(root.pair->facts.self_signed);
    CHECK(root.complaints.empty());
    CHECK(root.pair->facts.names == std::vector<std::string>{"Root"});
}

TEST_CASE("a certificate and its key may stand in the conf, or both in one file") {
    const auto& files = Certificates::all();
    CHECK(load({{"data:" + files.text("chain.pem"), 1}, {"data:" + files.text("leaf.key"), 2}}).pair);
    const test::Temporary folder;
    test::write_text(folder / "both.pem", files.text("leaf.key") + files.text("chain.pem"));
    CHECK(load({{folder / "both.pem", 1}, {folder / "both.pem", 1}}).pair);
    const auto bad = load({{"data:" + files.text("leaf.key"), 1}, {"data:secret", 2}});
    REQUIRE(bad.complaints.size() == 2);
    has(bad.complaints[0].message, "cannot load certificate \"data:…\": it has no certificate, but a private key");
    has(bad.complaints[1].message, "cannot load certificate key \"data:…\": it is not PEM");
    for (const auto& complaint : bad.complaints) CHECK(complaint.message.find("secret") == std::string::npos);
}

TEST_CASE("what cannot be loaded is told with its file and the reason") {
    const auto& files = Certificates::all();
    const test::Temporary folder;
    test::write_text(folder / "empty", " \n");
    test::write_text(folder / "words", "hello\n");
    const std::string chain = files.text("chain.pem");
    test::write_text(folder / "broken", chain.substr(0, 300) + "!!" + chain.substr(302));
    test::write_text(folder / "cut", chain.substr(0, chain.size() - 200));
    std::filesystem::create_directory(folder / "folder");
    struct Case {
        std::string certificate, key;
        std::vector<std::string> parts;
    };
    const std::vector<Case> cases = {
        {files / "none.pem",
         files / "leaf.key",
         {"cannot load certificate \"" + files / "none.pem", "open() failed (2: No such file or directory)"}},
        {files / "chain.pem",
         files / "none.key",
         {"cannot load certificate key \"" + files / "none.key", "(2: No such file or directory)"}},
        {folder / "folder", files / "leaf.key", {"read() failed (21: Is a directory)"}},
        {folder / "empty", files / "leaf.key", {"cannot load certificate", "it is empty"}},
        {folder / "words", files / "leaf.key", {"it is not PEM"}},
        {files / "leaf.der", files / "leaf.key", {"it is in DER form", "openssl x509 -inform der"}},
        {files / "leaf.key", files / "leaf.key", {"it has no certificate, but a private key"}},
        {folder / "broken", files / "leaf.key", {"cannot be read (SSL: error:"}},
        {folder / "cut", files / "leaf.key", {"number 2 in it cannot be read (SSL: error:"}},
        {files / "chain.pem", files / "chain.pem", {"it has no private key, but a certificate"}},
        {files / "chain.pem",
         files / "second.key",
         {"the key \"" + files / "second.key" + "\" does not belong to the certificate", "CN=example.com"}},
        {files / "chain.pem", files / "rsa.key", {"a key of EC, 256 bits; this one has RSA, 2048 bits"}},
        {files / "wrong-order.pem", files / "leaf.key", {"but to number 2 in that file", "must be the first"}},
        {files / "chain.pem",
         files / "encrypted.key",
         {"it is encrypted, and no password is given", "ssl_password_file"}},
        {files / "chain.pem", "engine:pkcs11:x", {"engines and stores are not supported"}},
        {files / "chain.pem", "store:pkcs11:x", {"engines and stores are not supported"}},
    };
    for (const auto& [certificate, key, parts] : cases) {
        const std::string text = load({{certificate, 1}, {key, 2}}).only(false);
        for (const std::string& part : parts) has(text, part);
    }
    if (::geteuid() == 0) return;
    ::chmod((folder / "words").c_str(), 0);
    has(load({{folder / "words", 1}, {files / "leaf.key", 2}}).only(false), "(13: Permission denied)");
}

TEST_CASE("passwords of keys are tried in turn, also those that come through a pipe") {
    const auto& files = Certificates::all();
    const Pair pair = files.pair("chain.pem", "encrypted.key");
    CHECK(load(pair, {files.item("passwords")}).pair);
    const test::Temporary folder;
    test::write_text(folder / "one", "wrong\r\n");
    test::write_text(folder / "windows", "right\r\n");
    has(load(pair, {{folder / "one"}}).only(false), "it is encrypted, and the password given does not open it");
    has(load(pair, {{folder / "one"}, {folder / "one"}}).only(false), "none of the 2 passwords given opens it");
    CHECK(load(pair, {{folder / "one"}, {folder / "windows"}}).pair);
    has(load(pair, {{folder / "missing"}}).only(false),
        "cannot read passwords from \"" + folder / "missing" + "\": open() failed (2:");
    ::mkfifo((folder / "pipe").c_str(), 0600);
    std::thread writer([&] { test::write_text(folder / "pipe", "right"); });
    Store store;
    Complaints complaints;
    CHECK(store.pair(pair, {{folder / "pipe"}}, complaints));
    writer.join();
    // The second key of the same conf does not wait for another writer.
    CHECK(store.pair(pair, {{folder / "pipe"}}, complaints));
}

TEST_CASE("dates and a missing issuer are warned of") {
    const auto& files = Certificates::all();
    has(load(files.pair("expired.crt", "expired.key")).only(true), "\" expired on 2021-01-01 00:00:00 UTC, ");
    has(load(files.pair("future.crt", "future.key")).only(true), "\" is not valid before 2090-01-01 00:00:00 UTC");
    has(load(files.pair("ending.crt", "ending.key")).only(true), " UTC, in ");
    has(load(files.pair("leaf.crt", "leaf.key")).only(true),
        "is not followed by that of its issuer, \"CN=Intermediate,O=Test\"");
}

TEST_CASE("spans of time in words") {
    CHECK(span_words(0) == "0 minutes");
    CHECK(span_words(3599) == "59 minutes");
    CHECK(span_words(3600) == "1 hour");
    CHECK(span_words(86399) == "23 hours");
    CHECK(span_words(86400) == "1 day");
    CHECK(span_words(86400 * 3) == "3 days");
}

TEST_CASE("a store reads files again only when they have changed, and warns each time") {
    const auto& files = Certificates::all();
    const test::Temporary folder;
    for (const char* name : {"expired.crt", "expired.key"}) test::write_text(folder / name, files.text(name));
    const Pair pair{{folder / "expired.crt", 1}, {folder / "expired.key", 2}};
    Store store;
    Complaints complaints;
    const auto first = store.pair(pair, {}, complaints);
    const auto again = store.pair(pair, {}, complaints);
    CHECK(first == again);
    CHECK(store.files_read() == 2);
    CHECK(complaints.size() == 2);
    std::filesystem::rename(folder / "expired.crt", folder / "old.crt");
    test::write_text(folder / "expired.crt", files.text("chain.pem"));
    complaints.clear();
    const auto renewed = store.pair(pair, {}, complaints);
    REQUIRE(renewed);
    CHECK(renewed != first);
    CHECK(complaints.empty());
    test::write_text(folder / "expired.crt", "");
    CHECK_FALSE(store.pair(pair, {}, complaints));
    CHECK(complaints.size() == 1);
}

TEST_CASE("who may not open a file itself has it opened") {
    const auto& files = Certificates::all();
    std::vector<std::string> asked;
    static const core::SystemClock clock;
    Store store(clock, [&](const char* path, int flags) {
        asked.emplace_back(path);
        return system_opener()(path, flags);
    });
    Complaints complaints;
    CHECK(store.pair(files.pair("chain.pem", "leaf.key"), {}, complaints));
    CHECK(asked == std::vector<std::string>{files / "chain.pem", files / "leaf.key"});
}
