#include "tls/parts.hpp"

namespace sluice::tls {

namespace {

using Holder = std::shared_ptr<const Parts>;

void free_holder(void*, void* holder, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Holder*>(holder); }

int index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_holder);
    return index;
}

}  // namespace

bool attach(SSL_CTX* context, std::shared_ptr<const Parts> parts) {
    auto holder = std::make_unique<Holder>(std::move(parts));
    if (SSL_CTX_set_ex_data(context, index(), holder.get()) != 1) return false;
    (void)holder.release();  // free_holder has it
    return true;
}

const Parts* parts_of(const SSL_CTX* context) {
    const auto* holder = static_cast<const Holder*>(SSL_CTX_get_ex_data(context, index()));
    return holder ? holder->get() : nullptr;
}

const Parts* parts_of(const SSL* connection) { return parts_of(SSL_get_SSL_CTX(connection)); }

}  // namespace sluice::tls
