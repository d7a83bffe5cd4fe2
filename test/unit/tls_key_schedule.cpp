// The key schedule of TLS 1.3, against RFCs 5869 and 8448 and against OpenSSL's.
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/provider.h>

#include <numeric>

#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "tls/key_schedule.hpp"
#include "tls/provider.hpp"

using namespace sluice;
using namespace sluice::tls;
using namespace sluice::test;

namespace {

std::string expand(const char* hash, std::string_view secret, std::string_view label, std::size_t size) {
    std::string out(size, 0);
    REQUIRE(hkdf_expand_label(hash_named(hash), bytes_of(secret), label, {reinterpret_cast<unsigned char*>(out.data()), size}));
    return out;
}

/// What OpenSSL's own key schedule, or ours, makes of the same; "": it failed.
std::string derive(const char* properties, int mode, const char* hash, std::string_view key, std::string_view salt, std::string_view label, std::string_view data, std::size_t size) {
    EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_3_KDF, properties);
    REQUIRE(kdf);
    CHECK(std::string(OSSL_PROVIDER_get0_name(EVP_KDF_get0_provider(kdf))) == (properties == provider_properties ? "sluice" : "default"));
    EVP_KDF_CTX* const context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    const auto octets = [](const char* name, std::string_view value) { return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size()); };
    OSSL_PARAM params[8], *at = params;
    *at++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    *at++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(hash), 0);
    *at++ = octets(OSSL_KDF_PARAM_PREFIX, "tls13 ");
    *at++ = octets(OSSL_KDF_PARAM_LABEL, label);
    if (!key.empty()) *at++ = octets(OSSL_KDF_PARAM_KEY, key);
    if (!salt.empty()) *at++ = octets(OSSL_KDF_PARAM_SALT, salt);
    if (!data.empty()) *at++ = octets(OSSL_KDF_PARAM_DATA, data);
    *at = OSSL_PARAM_construct_end();
    std::string out(size, 0);
    // Half of it said before, as others than OpenSSL's handshakes may.
    const bool good = EVP_KDF_CTX_set_params(context, params) == 1 && EVP_KDF_derive(context, reinterpret_cast<unsigned char*>(out.data()), size, params + 2) == 1;
    EVP_KDF_CTX_free(context);
    ERR_clear_error();
    return good ? out : "";
}

}  // namespace

TEST_CASE("keys of RFC 8448") {
    CHECK(expand("SHA256", unhex(client_secret), "key", 16) == unhex("17422dda596ed5d9acd890e3c63f5051"));
    CHECK(expand("SHA256", unhex(client_secret), "iv", 12) == unhex("5b78923dee08579033e523d9"));
    CHECK(expand("SHA256", unhex(server_secret), "key", 16) == unhex("9f02283b6c9c07efc26bb9f2ac92e356"));
    CHECK(expand("SHA256", unhex(server_secret), "iv", 12) == unhex("cf782b88dd83549aadf1e984"));
}

TEST_CASE("HKDF of RFC 5869: extract") {
    unsigned char out[32];
    REQUIRE(hkdf_extract(hash_named("SHA256"), bytes_of(unhex("000102030405060708090a0b0c")), bytes_of(std::string(22, 0x0b)), out));
    CHECK(std::string(reinterpret_cast<char*>(out), 32) == unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    // A salt that is longer than a block of the hash.
    std::string salt(80, 0), input(80, 0);
    std::iota(salt.begin(), salt.end(), 0x60);
    std::iota(input.begin(), input.end(), 0);
    REQUIRE(hkdf_extract(hash_named("SHA256"), bytes_of(salt), bytes_of(input), out));
    CHECK(std::string(reinterpret_cast<char*>(out), 32) == unhex("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244"));
    CHECK_FALSE(hkdf_extract(hash_named("SHA384"), {}, {}, out));
    CHECK(hash_named("MD5") == nullptr);
}

TEST_CASE("our key schedule says what OpenSSL's says") {
    offer_provider();
    constexpr int expands = EVP_KDF_HKDF_MODE_EXPAND_ONLY, extracts = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
    for (const auto& [hash, size] : {std::pair{"SHA256", std::size_t{32}}, {"SHA2-384", std::size_t{48}}}) {
        const std::string key(size, 'k'), salt(size, 's'), data(size, 'd');
        const auto agree = [&](int mode, std::string_view k, std::string_view s, std::string_view label, std::string_view d, std::size_t n) {
            const auto theirs = derive("provider=default", mode, hash, k, s, label, d, n);
            CHECK(theirs == derive(provider_properties, mode, hash, k, s, label, d, n));
            return !theirs.empty();
        };
        for (const std::size_t n : {1, 12, 16, 31, 32, 33, 48, 64, 100, 500}) CHECK(agree(expands, key, {}, "exp master", data, n));
        CHECK(agree(expands, key, {}, "key", {}, 32));
        CHECK(agree(expands, key, {}, std::string(200, 'l'), data, 32));
        CHECK(agree(extracts, {}, {}, "derived", {}, size));
        CHECK(agree(extracts, key, {}, "derived", {}, size));
        CHECK(agree(extracts, key, salt, "derived", {}, size));
        CHECK(agree(extracts, {}, salt, "derived", {}, size));
    }
    // What they do not agree on: nothing comes of either.
    CHECK(derive(provider_properties, expands, "SHA256", "k", {}, std::string(250, 'l'), {}, 32).empty());
    CHECK(derive(provider_properties, extracts, "SHA256", "k", {}, "derived", {}, 31).empty());
    CHECK(derive(provider_properties, 7, "SHA256", "k", {}, "derived", {}, 32).empty());
    CHECK(derive(provider_properties, expands, "SHA3-256", "k", {}, "derived", {}, 32).empty());
}

TEST_CASE("traffic secrets are seen while they are looked for") {
    offer_provider();
    TrafficSecrets seen;
    const auto make = [](const char* label) { return derive(provider_properties, EVP_KDF_HKDF_MODE_EXPAND_ONLY, "SHA256", std::string(32, 'k'), {}, label, {}, 32); };
    make("s ap traffic");
    CHECK(seen.server.empty());
    std::string server;
    {
        const Observed observed(&seen);
        make("c hs traffic");
        server = make("s ap traffic");
    }
    make("c ap traffic");
    CHECK(seen.client.empty());
    CHECK(std::string(seen.server.bytes().begin(), seen.server.bytes().end()) == server);
}
