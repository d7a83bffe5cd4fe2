// X25519 of ours beside OpenSSL's.
#include <openssl/core_names.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "tls/openssl.hpp"
#include "tls/provider.hpp"
#include "tls/x25519.hpp"

using namespace sluice;
using namespace sluice::tls;

namespace {

struct FreeContext {
    void operator()(EVP_PKEY_CTX* it) const { EVP_PKEY_CTX_free(it); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

X25519Bytes some() {
    X25519Bytes out;
    REQUIRE(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
    return out;
}

constexpr auto theirs = "provider=default";

Owned<EVP_PKEY> secret_key(const X25519Bytes& secret, const char* properties) {
    return Owned<EVP_PKEY>(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", properties, secret.data(), secret.size()));
}

std::string provider_of(const EVP_PKEY* key) { return OSSL_PROVIDER_get0_name(EVP_PKEY_get0_provider(key)); }

X25519Bytes public_of(const EVP_PKEY* key) {
    X25519Bytes out{};
    std::size_t size = out.size();
    REQUIRE(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, out.data(), out.size(), &size) == 1);
    REQUIRE(size == out.size());
    return out;
}

/// Empty: they make no secret.
std::string agree(EVP_PKEY* one, EVP_PKEY* other, const char* properties) {
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, one, properties));
    unsigned char out[32];
    std::size_t size = sizeof out;
    const bool good = EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), other) == 1 && EVP_PKEY_derive(context.get(), out, &size) == 1;
    ERR_clear_error();
    return good ? std::string(reinterpret_cast<char*>(out), size) : "";
}

/// As handshakes make them: a key, and what another's comes into.
Owned<EVP_PKEY> generate(const char* properties, bool whole) {
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "X25519", properties));
    EVP_PKEY* out = nullptr;
    REQUIRE((whole ? EVP_PKEY_keygen_init(context.get()) : EVP_PKEY_paramgen_init(context.get())) == 1);
    REQUIRE(EVP_PKEY_CTX_set_group_name(context.get(), "x25519") == 1);
    REQUIRE(EVP_PKEY_generate(context.get(), &out) == 1);
    return Owned<EVP_PKEY>(out);
}

}  // namespace

TEST_CASE("public keys are OpenSSL's") {
    std::vector<X25519Bytes> secrets(200);
    for (auto& secret : secrets) secret = some();
    secrets[0].fill(0);
    secrets[1].fill(0xff);
    secrets[2].fill(0);
    secrets[2][0] = 9;
    for (const auto& secret : secrets) {
        X25519Bytes known;
        REQUIRE(x25519_public(secret, known));
        CHECK(known == public_of(secret_key(secret, theirs).get()));
    }
}

TEST_CASE("a key of another side that makes one secret of all is refused") {
    offer_provider();
    const auto ours = generate(provider_properties, true);
    for (const unsigned char first : {0, 1}) {
        const auto received = generate(provider_properties, false);
        X25519Bytes known{first};
        REQUIRE(EVP_PKEY_set1_encoded_public_key(received.get(), known.data(), known.size()) == 1);
        CHECK(agree(ours.get(), received.get(), provider_properties).empty());
    }
}

TEST_CASE("keys of the provider do all that a handshake does with them") {
    offer_provider();
    const auto ours = generate(provider_properties, true);
    CHECK(provider_of(ours.get()) == "sluice");
    CHECK(EVP_PKEY_is_a(ours.get(), "X25519"));
    CHECK(EVP_PKEY_get_bits(ours.get()) == 253);
    CHECK(EVP_PKEY_get_security_bits(ours.get()) == 128);
    CHECK(EVP_PKEY_get_size(ours.get()) == 32);
    const auto peer = generate(theirs, true);
    CHECK(provider_of(peer.get()) == "default");
    const auto received = generate(provider_properties, false);
    const auto bytes = public_of(peer.get());
    REQUIRE(EVP_PKEY_set1_encoded_public_key(received.get(), bytes.data(), bytes.size()) == 1);
    CHECK(EVP_PKEY_set1_encoded_public_key(received.get(), bytes.data(), 31) != 1);
    REQUIRE(EVP_PKEY_set1_encoded_public_key(received.get(), bytes.data(), bytes.size()) == 1);
    const auto shared = agree(ours.get(), received.get(), provider_properties);
    CHECK(shared.size() == 32);
    // The other side's view of it, over a key that it has received.
    const auto sent = generate(theirs, false);
    const auto mine = public_of(ours.get());
    REQUIRE(EVP_PKEY_set1_encoded_public_key(sent.get(), mine.data(), mine.size()) == 1);
    CHECK(agree(peer.get(), sent.get(), theirs) == shared);
    // From one provider to another, both ways.
    CHECK(agree(ours.get(), peer.get(), theirs) == shared);
    CHECK(agree(peer.get(), ours.get(), provider_properties) == shared);
    CHECK(EVP_PKEY_eq(received.get(), peer.get()) == 1);
    CHECK(EVP_PKEY_eq(received.get(), ours.get()) != 1);
    // Who has no secret makes none.
    CHECK(agree(received.get(), peer.get(), provider_properties).empty());
    const Owned<EVP_PKEY> copy(EVP_PKEY_dup(ours.get()));
    REQUIRE(copy);
    CHECK(agree(copy.get(), peer.get(), provider_properties) == shared);
    const Owned<EVP_PKEY> empty(EVP_PKEY_new());
    CHECK(EVP_PKEY_copy_parameters(empty.get(), ours.get()) == 1);
    CHECK(agree(ours.get(), empty.get(), provider_properties).empty());
    CHECK(public_of(generate(provider_properties, true).get()) != mine);
    ERR_clear_error();
}

TEST_CASE("a key is made of a secret, in a group that it is of") {
    offer_provider();
    const auto secret = some();
    const auto ours = secret_key(secret, provider_properties);
    REQUIRE(ours);
    CHECK(provider_of(ours.get()) == "sluice");
    CHECK(public_of(ours.get()) == public_of(secret_key(secret, theirs).get()));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "X25519", provider_properties));
    REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
    CHECK(EVP_PKEY_CTX_set_group_name(context.get(), "x448") != 1);
    ERR_clear_error();
}

TEST_CASE("who asks for nothing in particular has OpenSSL's keys") {
    offer_provider();
    CHECK(provider_of(generate(nullptr, true).get()) == "default");
}
