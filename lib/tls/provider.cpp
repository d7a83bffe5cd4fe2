#include "tls/provider.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <string_view>

#include "tls/openssl.hpp"

namespace sluice::tls {

namespace {

const OSSL_ALGORITHM* algorithms(void*, int operation, int* no_cache) {
    *no_cache = 0;
    switch (operation) {
        case OSSL_OP_KDF:
            return key_schedules();
        case OSSL_OP_KEYMGMT:
            return key_managements();
        case OSSL_OP_KEYEXCH:
            return key_exchanges();
        default:
            return nullptr;
    }
}

/// A group is one of those who manage its keys: OpenSSL does not know it where others do and say nothing of it.
int tell_capabilities(void*, const char* capability, OSSL_CALLBACK* take, void* taker) {
    if (std::string_view(capability) != "TLS-GROUP" || !key_managements()->algorithm_names) return 1;  // none is no mistake
    char name[] = "x25519", own[] = "X25519";
    unsigned id = 29, security_bits = 128;  // RFC 8446 4.2.7
    int oldest = TLS1_VERSION, newest = 0, oldest_datagram = DTLS1_VERSION;
    unsigned is_kem = 0;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_CAPABILITY_TLS_GROUP_NAME, name, sizeof name),
        OSSL_PARAM_construct_utf8_string(OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL, own, sizeof own),
        OSSL_PARAM_construct_utf8_string(OSSL_CAPABILITY_TLS_GROUP_ALG, own, sizeof own),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_ID, &id),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_SECURITY_BITS, &security_bits),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MIN_TLS, &oldest),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MAX_TLS, &newest),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MIN_DTLS, &oldest_datagram),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MAX_DTLS, &newest),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_IS_KEM, &is_kem),
        OSSL_PARAM_construct_end(),
    };
    return take(params, taker);
}

int begin(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out, void** context) {
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, as_function(algorithms)},
        {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, as_function(tell_capabilities)},
        {0, nullptr},
    };
    *out = functions;
    *context = nullptr;
    return 1;
}

}  // namespace

void offer_provider() {
    // Never unloaded: connections may outlive whoever asks for it.
    static const OSSL_PROVIDER* const offered = []() -> const OSSL_PROVIDER* {
        OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
        // What is done here is not FIPS's, and is done with OpenSSL's usual provider. With that one first, those who ask for
        // nothing in particular get its algorithms.
        if (EVP_default_properties_is_fips_enabled(nullptr) || OSSL_PROVIDER_available(nullptr, "fips") || !OSSL_PROVIDER_available(nullptr, "default")) return nullptr;
        key_managements();
        key_exchanges();
        return OSSL_PROVIDER_add_builtin(nullptr, "sluice", begin) == 1 ? OSSL_PROVIDER_try_load(nullptr, "sluice", 1) : nullptr;
    }();
    if (!offered) ERR_clear_error();
}

}  // namespace sluice::tls
