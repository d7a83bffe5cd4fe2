// The provider's KDF (provider-kdf(7)).
#include "tls/key_schedule.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <new>

#include "tls/provider.hpp"

namespace sluice::tls {

namespace {

thread_local TrafficSecrets* observer = nullptr;

void observe(std::string_view label, Bytes secret) {
    if (!observer) return;
    if (label == "c ap traffic") observer->client = Secret(secret);
    if (label == "s ap traffic") observer->server = Secret(secret);
}

/// What a key is derived from. What OpenSSL's handshakes say, they say with the derivation itself; what was said before
/// is kept for others.
struct Derivation {
    Derivation() = default;
    ~Derivation() { forget(); }
    Derivation(const Derivation&) = delete;
    Derivation& operator=(const Derivation&) = delete;

    void forget() {
        for (OSSL_PARAM* param = said; param && param->key; ++param)
            if (param->data) OPENSSL_cleanse(param->data, param->data_size);
        OSSL_PARAM_free(said);
        said = nullptr;
    }

    OSSL_PARAM* said = nullptr;
};

class Inputs {
  public:
    Inputs(const OSSL_PARAM* said_before, const OSSL_PARAM* said_now) : before_(said_before), now_(said_now) {}

    Bytes bytes(const char* name) const {
        const OSSL_PARAM* const found = find(name);
        return found && found->data ? Bytes(static_cast<const unsigned char*>(found->data), found->data_size) : Bytes();
    }
    std::string_view text(const char* name) const {
        const auto found = bytes(name);
        return {reinterpret_cast<const char*>(found.data()), found.size()};
    }
    /// -1: none.
    int number(const char* name) const {
        int out = -1;
        const OSSL_PARAM* const found = find(name);
        return found && OSSL_PARAM_get_int(found, &out) == 1 ? out : -1;
    }

  private:
    const OSSL_PARAM* find(const char* name) const {
        const OSSL_PARAM* const now = now_ ? OSSL_PARAM_locate_const(now_, name) : nullptr;
        return now || !before_ ? now : OSSL_PARAM_locate_const(before_, name);
    }

    const OSSL_PARAM *before_, *now_;
};

/// The "Extract" of the schedule with the "Derive-Secret" that leads to it: without an earlier secret, or with.
bool extract(const EVP_MD* hash, const Inputs& in, std::span<unsigned char> out) {
    static constexpr unsigned char zeros[Secret::most] = {};
    const auto size = static_cast<std::size_t>(EVP_MD_get_size(hash));
    auto input = in.bytes(OSSL_KDF_PARAM_KEY);
    if (input.empty()) input = {zeros, size};
    const auto earlier = in.bytes(OSSL_KDF_PARAM_SALT);
    if (earlier.empty()) return hkdf_extract(hash, {zeros, size}, input, out);
    unsigned char nothing[Secret::most];
    Secret salt;
    return EVP_Digest("", 0, nothing, nullptr, hash, nullptr) == 1 &&
           hkdf_expand_label(hash, earlier, in.text(OSSL_KDF_PARAM_PREFIX), in.text(OSSL_KDF_PARAM_LABEL), {nothing, size}, salt.room(size)) &&
           hkdf_extract(hash, salt.bytes(), input, out);
}

int derive(void* context, unsigned char* key, std::size_t size, const OSSL_PARAM* params) {
    const Inputs in(static_cast<const Derivation*>(context)->said, params);
    const EVP_MD* const hash = hash_named(in.text(OSSL_KDF_PARAM_DIGEST));
    if (!hash) return 0;
    const std::span<unsigned char> out(key, size);
    switch (in.number(OSSL_KDF_PARAM_MODE)) {
        case EVP_KDF_HKDF_MODE_EXTRACT_ONLY:
            return extract(hash, in, out) ? 1 : 0;
        case EVP_KDF_HKDF_MODE_EXPAND_ONLY: {
            const auto label = in.text(OSSL_KDF_PARAM_LABEL);
            if (!hkdf_expand_label(hash, in.bytes(OSSL_KDF_PARAM_KEY), in.text(OSSL_KDF_PARAM_PREFIX), label, in.bytes(OSSL_KDF_PARAM_DATA), out)) return 0;
            observe(label, out);
            return 1;
        }
        default:
            return 0;
    }
}

void* make(void*) { return new (std::nothrow) Derivation; }
void destroy(void* context) { delete static_cast<Derivation*>(context); }
void reset(void* context) { static_cast<Derivation*>(context)->forget(); }

int say(void* context, const OSSL_PARAM* params) {
    auto& said = static_cast<Derivation*>(context)->said;
    if (!params || !params->key) return 1;
    OSSL_PARAM* const all = said ? OSSL_PARAM_merge(said, params) : nullptr;
    if (said && !all) return 0;
    OSSL_PARAM* const kept = OSSL_PARAM_dup(all ? all : params);
    OPENSSL_free(all);
    if (!kept) return 0;
    static_cast<Derivation*>(context)->forget();
    said = kept;
    return 1;
}

const OSSL_PARAM* sayable(void*, void*) {
    static const OSSL_PARAM all[] = {
        OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, nullptr),
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, nullptr, 0),
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_PROPERTIES, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PREFIX, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_LABEL, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_DATA, nullptr, 0),
        OSSL_PARAM_END,
    };
    return all;
}

}  // namespace

const OSSL_ALGORITHM* key_schedules() {
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_KDF_NEWCTX, as_function(make)},
        {OSSL_FUNC_KDF_FREECTX, as_function(destroy)},
        {OSSL_FUNC_KDF_RESET, as_function(reset)},
        {OSSL_FUNC_KDF_DERIVE, as_function(derive)},
        {OSSL_FUNC_KDF_SETTABLE_CTX_PARAMS, as_function(sayable)},
        {OSSL_FUNC_KDF_SET_CTX_PARAMS, as_function(say)},
        {0, nullptr},
    };
    static const OSSL_ALGORITHM all[] = {{"TLS13-KDF", provider_name, functions, "TLS 1.3's key schedule"}, {nullptr, nullptr, nullptr, nullptr}};
    return all;
}

Observed::Observed(TrafficSecrets* secrets) { observer = secrets; }
Observed::~Observed() { observer = nullptr; }

}  // namespace sluice::tls
