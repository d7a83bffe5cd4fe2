#include "tls/openssl.hpp"

namespace sluice::tls {

Owned<X509> share(X509* certificate) {
    X509_up_ref(certificate);
    return Owned<X509>(certificate);
}

Owned<X509_STORE> share(X509_STORE* store) {
    X509_STORE_up_ref(store);
    return Owned<X509_STORE>(store);
}

Owned<BIO> reader_of(std::string_view text) {
    return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Owned<BIO> writer() { return Owned<BIO>(BIO_new(BIO_s_mem())); }

std::string_view written(BIO* writer) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(writer, &text);
    return size > 0 ? std::string_view(text, static_cast<std::size_t>(size)) : std::string_view();
}

std::string last_error() {
    const char* remark = nullptr;
    int flags = 0;
    const unsigned long error = ERR_get_error_all(nullptr, nullptr, nullptr, &remark, &flags);
    std::string out = "SSL:";
    if (error != 0) {
        char text[256];
        ERR_error_string_n(error, text, sizeof text);
        (out += ' ') += text;
        if (remark && *remark && (flags & ERR_TXT_STRING) != 0) (out += ':') += remark;
    }
    ERR_clear_error();
    return out;
}

std::string failed_call(std::string_view call, std::string_view object) {
    std::string out(call);
    ((((out += "(\"") += object) += "\") failed (") += last_error()) += ')';
    return out;
}

}  // namespace sluice::tls
