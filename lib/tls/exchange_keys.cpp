#include "tls/exchange_keys.hpp"

#include <openssl/pem.h>

#include "tls/pem.hpp"

namespace sluice::tls {

bool set_curves(SSL_CTX* context, const Item& curves, Complaints& complaints) {
    if (curves.empty() || curves.text == "auto") return true;
    ERR_clear_error();
    if (SSL_CTX_set1_curves_list(context, curves.text.c_str()) == 1) return true;
    refuse(complaints, curves, failed_call("SSL_CTX_set1_curves_list", curves.text),
           "names are separated by colons: X25519:prime256v1:secp384r1; openssl ecparam -list_curves has more");
    return false;
}

bool set_dhparam(SSL_CTX* context, const Item& file, const Opener& open, Complaints& complaints) {
    if (file.empty()) return true;
    const std::string start = "cannot load ssl_dhparam " + shown(file) + ": ";
    OpenItem opened(file, open);
    const auto text = opened.read();
    if (!text) return refuse(complaints, file, start + opened.error()), false;
    ERR_clear_error();
    const Owned<BIO> in = reader_of(*text);
    Owned<EVP_PKEY> parameters(PEM_read_bio_Parameters(in.get(), nullptr));
    if (!parameters || !EVP_PKEY_is_a(parameters.get(), "DH")) {
        auto mistake = explain_pem(*text, dh_parameters, file.text);
        refuse(complaints, file, start + mistake.message, "make it with: openssl dhparam -out FILE 2048");
        return false;
    }
    const int bits = EVP_PKEY_get_bits(parameters.get());
    if (SSL_CTX_set0_tmp_dh_pkey(context, parameters.get()) != 1) {
        refuse(complaints, file, start + last_error() + ", " + std::to_string(bits) + " bits",
               "make larger ones: openssl dhparam -out FILE 2048");
        return false;
    }
    (void)parameters.release();  // the context has them
    return true;
}

}  // namespace sluice::tls
