// X25519 as OpenSSL has it (provider-keymgmt(7), provider-keyexch(7)), but for how a new key is made.
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/provider.hpp"
#include "tls/x25519.hpp"

namespace sluice::tls {

namespace {

constexpr char name[] = "X25519";

/// OpenSSL's own functions for it, and what they are called with.
class Original {
  public:
    explicit Original(int operation) : provider_(OSSL_PROVIDER_try_load(nullptr, "default", 1)) {
        int no_cache = 0;
        const auto* all = provider_ ? OSSL_PROVIDER_query_operation(provider_, operation, &no_cache) : nullptr;
        for (; all && all->algorithm_names; ++all)
            if (std::string_view names(all->algorithm_names); names.substr(0, names.find(':')) == name) functions_ = all->implementation;
    }
    void* context() const { return OSSL_PROVIDER_get0_provider_ctx(provider_); }

    /// nullptr: it has none.
    template <class F>
    F* find(int id) const {
        for (const auto* at = functions_; at && at->function_id != 0; ++at)
            if (at->function_id == id) return reinterpret_cast<F*>(at->function);
        return nullptr;
    }
    /// `ours`, and those of its own with these numbers.
    std::vector<OSSL_DISPATCH> with(std::vector<OSSL_DISPATCH> ours, std::initializer_list<int> own) const {
        for (const auto* at = functions_; at && at->function_id != 0; ++at)
            if (std::ranges::find(own, at->function_id) != own.end()) ours.push_back(*at);
        ours.push_back({0, nullptr});
        return ours;
    }

  private:
    OSSL_PROVIDER* provider_;
    const OSSL_DISPATCH* functions_ = nullptr;
};

struct Management : Original {
    Management() : Original(OSSL_OP_KEYMGMT) {}
    OSSL_FUNC_keymgmt_new_fn* const make = find<OSSL_FUNC_keymgmt_new_fn>(OSSL_FUNC_KEYMGMT_NEW);
    OSSL_FUNC_keymgmt_free_fn* const free = find<OSSL_FUNC_keymgmt_free_fn>(OSSL_FUNC_KEYMGMT_FREE);
    OSSL_FUNC_keymgmt_import_fn* const import_from = find<OSSL_FUNC_keymgmt_import_fn>(OSSL_FUNC_KEYMGMT_IMPORT);
};
const Management& management() {
    static const Management it;
    return it;
}

struct Exchange : Original {
    Exchange() : Original(OSSL_OP_KEYEXCH) {}
    OSSL_FUNC_keyexch_newctx_fn* const make = find<OSSL_FUNC_keyexch_newctx_fn>(OSSL_FUNC_KEYEXCH_NEWCTX);
};
const Exchange& exchange() {
    static const Exchange it;
    return it;
}

void* make_key(void*) { return management().make(management().context()); }
void* make_exchange(void*) { return exchange().make(exchange().context()); }

/// What is to be made: a key, or what another's is put into.
struct Plan {
    bool makes_keys;
};

int set_plan(void*, const OSSL_PARAM* params) {
    const auto* const group = params ? OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_GROUP_NAME) : nullptr;
    return !group || (group->data_type == OSSL_PARAM_UTF8_STRING && OPENSSL_strcasecmp(static_cast<const char*>(group->data), name) == 0) ? 1 : 0;
}

void* begin_plan(void*, int selection, const OSSL_PARAM* params) {
    if (set_plan(nullptr, params) != 1) return nullptr;
    return new (std::nothrow) Plan{(selection & OSSL_KEYMGMT_SELECT_KEYPAIR) != 0};
}

const OSSL_PARAM* plannable(void*, void*) {
    static const OSSL_PARAM all[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0), OSSL_PARAM_END};
    return all;
}

bool fill(void* key) {
    X25519Bytes secret, known;
    bool good = RAND_priv_bytes(secret.data(), static_cast<int>(secret.size())) == 1;
    x25519_clamp(secret);
    good = good && x25519_public(secret, known);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, known.data(), known.size()),
                                 OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, secret.data(), secret.size()), OSSL_PARAM_construct_end()};
    good = good && management().import_from(key, OSSL_KEYMGMT_SELECT_KEYPAIR, params) == 1;
    OPENSSL_cleanse(secret.data(), secret.size());
    return good;
}

void* follow_plan(void* plan, OSSL_CALLBACK*, void*) {
    void* const key = make_key(nullptr);
    if (!key || !static_cast<const Plan*>(plan)->makes_keys || fill(key)) return key;
    management().free(key);
    return nullptr;
}

void free_plan(void* plan) { delete static_cast<Plan*>(plan); }

/// One algorithm with these functions, or none.
class Offer {
  public:
    Offer(bool offered, std::vector<OSSL_DISPATCH> functions) : functions_(std::move(functions)) {
        if (offered) algorithms_[0] = {name, provider_name, functions_.data(), "X25519 with keys that are made faster"};
    }
    const OSSL_ALGORITHM* algorithms() const { return algorithms_; }

  private:
    const std::vector<OSSL_DISPATCH> functions_;
    OSSL_ALGORITHM algorithms_[2] = {};
};

bool is_known() { return management().make && management().free && management().import_from && exchange().make; }

}  // namespace

const OSSL_ALGORITHM* key_managements() {
    // All that takes a plan is ours.
    static const Offer offer(
        is_known(),
        management().with(
            {
                {OSSL_FUNC_KEYMGMT_NEW, as_function(make_key)},
                {OSSL_FUNC_KEYMGMT_GEN_INIT, as_function(begin_plan)},
                {OSSL_FUNC_KEYMGMT_GEN_SET_PARAMS, as_function(set_plan)},
                {OSSL_FUNC_KEYMGMT_GEN_SETTABLE_PARAMS, as_function(plannable)},
                {OSSL_FUNC_KEYMGMT_GEN, as_function(follow_plan)},
                {OSSL_FUNC_KEYMGMT_GEN_CLEANUP, as_function(free_plan)},
            },
            {OSSL_FUNC_KEYMGMT_FREE, OSSL_FUNC_KEYMGMT_LOAD, OSSL_FUNC_KEYMGMT_DUP, OSSL_FUNC_KEYMGMT_HAS, OSSL_FUNC_KEYMGMT_MATCH, OSSL_FUNC_KEYMGMT_VALIDATE,
             OSSL_FUNC_KEYMGMT_IMPORT, OSSL_FUNC_KEYMGMT_IMPORT_TYPES, OSSL_FUNC_KEYMGMT_EXPORT, OSSL_FUNC_KEYMGMT_EXPORT_TYPES, OSSL_FUNC_KEYMGMT_GET_PARAMS,
             OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, OSSL_FUNC_KEYMGMT_SET_PARAMS, OSSL_FUNC_KEYMGMT_SETTABLE_PARAMS}));
    return offer.algorithms();
}

const OSSL_ALGORITHM* key_exchanges() {
    static const Offer offer(is_known(), exchange().with({{OSSL_FUNC_KEYEXCH_NEWCTX, as_function(make_exchange)}},
                                                      {OSSL_FUNC_KEYEXCH_FREECTX, OSSL_FUNC_KEYEXCH_DUPCTX, OSSL_FUNC_KEYEXCH_INIT, OSSL_FUNC_KEYEXCH_SET_PEER,
                                                       OSSL_FUNC_KEYEXCH_DERIVE}));
    return offer.algorithms();
}

}  // namespace sluice::tls
