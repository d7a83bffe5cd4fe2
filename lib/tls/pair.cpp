#include "tls/pair.hpp"

#include <openssl/pem.h>

#include "tls/pem.hpp"

namespace sluice::tls {

namespace {

struct Attempt {
    const std::string* password = nullptr;
    bool asked = false;
};

/// OpenSSL's pem_password_cb. Without it OpenSSL would ask the terminal.
int give_password(char* room, int size, int, void* data) {
    auto& attempt = *static_cast<Attempt*>(data);
    attempt.asked = true;
    if (!attempt.password || attempt.password->size() > static_cast<std::size_t>(size)) return -1;
    std::copy(attempt.password->begin(), attempt.password->end(), room);
    return static_cast<int>(attempt.password->size());
}

std::string cannot_load(const Item& item, const char* what) {
    return std::string("cannot load ") + what + " " + shown(item) + ": ";
}

void refuse_pem(Complaints& complaints, const Item& item, const char* what, PemKind wanted, std::string_view text) {
    auto mistake = explain_pem(text, wanted, is_data(item) ? "FILE" : item.text);
    refuse(complaints, item, cannot_load(item, what) + mistake.message, std::move(mistake.help));
}

bool load_certificates(LoadedPair& out, const Item& item, OpenItem& opened, Complaints& complaints) {
    const auto text = opened.read();
    if (!text) return refuse(complaints, item, cannot_load(item, "certificate") + opened.error()), false;
    const Owned<BIO> in = reader_of(*text);
    Attempt none;
    out.certificate.reset(PEM_read_bio_X509_AUX(in.get(), nullptr, give_password, &none));
    if (!out.certificate) return refuse_pem(complaints, item, "certificate", a_certificate, *text), false;
    out.chain.reset(sk_X509_new_null());
    while (X509* next = PEM_read_bio_X509(in.get(), nullptr, give_password, &none)) sk_X509_push(out.chain.get(), next);
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        const auto which = std::to_string(sk_X509_num(out.chain.get()) + 2);
        refuse(complaints, item,
               cannot_load(item, "certificate") + "number " + which + " in it cannot be read (" + last_error() + ")");
        return false;
    }
    ERR_clear_error();
    return true;
}

Owned<EVP_PKEY> read_key(const std::string& text, const std::string* password, bool& encrypted) {
    ERR_clear_error();
    Attempt attempt{password};
    const Owned<BIO> in = reader_of(text);
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_password, &attempt));
    encrypted = attempt.asked;
    return key;
}

void refuse_encrypted(const Item& item, std::size_t passwords, Complaints& complaints) {
    const std::string start = cannot_load(item, "certificate key");
    if (passwords == 0)
        return refuse(
            complaints, item, start + "it is encrypted, and no password is given",
            "put its password into a file and name it with ssl_password_file (toward peers proxy_ssl_password_file)");
    refuse(complaints, item,
           start + "it is encrypted, and " +
               (passwords == 1 ? "the password given does not open it"
                               : "none of the " + std::to_string(passwords) + " passwords given opens it"));
}

bool load_key(LoadedPair& out, const Item& item, OpenItem& opened, const Passwords& passwords, Complaints& complaints) {
    for (const char* prefix : {"engine:", "store:"})
        if (item.text.starts_with(prefix)) {
            refuse(complaints, item,
                   cannot_load(item, "certificate key") + "keys of OpenSSL's engines and stores are not supported",
                   "name a file in PEM form");
            return false;
        }
    auto text = opened.read();
    if (!text) return refuse(complaints, item, cannot_load(item, "certificate key") + opened.error()), false;
    bool encrypted = false;
    out.key = read_key(*text, nullptr, encrypted);
    if (encrypted)
        for (const std::string& password : passwords.lines())
            if ((out.key = read_key(*text, &password, encrypted))) break;
    if (!out.key && encrypted) refuse_encrypted(item, passwords.lines().size(), complaints);
    if (!out.key && !encrypted) refuse_pem(complaints, item, "certificate key", a_private_key, *text);
    ERR_clear_error();
    wipe(*text);
    return out.key != nullptr;
}

/// The number of a later certificate in the file that the key belongs to; 0: none.
int place_in_chain(const LoadedPair& loaded) {
    for (int i = 0; i < sk_X509_num(loaded.chain.get()); ++i)
        if (EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(loaded.chain.get(), i)), loaded.key.get()) == 1) return i + 2;
    return 0;
}

std::string difference(const std::string& needed, const std::string& there) {
    if (needed == there) return "both are of " + there + ", but the certificate was made for another key";
    return "the certificate was made for a key of " + needed + "; this one has " + there;
}

bool belong_together(const LoadedPair& loaded, const Pair& pair, Complaints& complaints) {
    const EVP_PKEY* needed = X509_get0_pubkey(loaded.certificate.get());
    if (needed && EVP_PKEY_eq(needed, loaded.key.get()) == 1) return true;
    ERR_clear_error();
    const std::string start =
        "the key " + shown(pair.key) + " does not belong to the certificate " + shown(pair.certificate);
    if (const int place = place_in_chain(loaded))
        refuse(complaints, pair.key, start + ", but to number " + std::to_string(place) + " in that file",
               "the site's own certificate must be the first in the file, then the one that issued it, and so on");
    else
        refuse(complaints, pair.key, start + " of \"" + name_words(X509_get_subject_name(loaded.certificate.get())) + "\"",
               difference(needed ? key_words(needed) : "a type that is not known here", key_words(loaded.key.get())));
    return false;
}

}  // namespace

std::shared_ptr<const LoadedPair> load_pair(const Pair& pair, OpenItem& certificate, OpenItem& key,
                                            const Passwords& passwords, Complaints& complaints) {
    auto out = std::make_shared<LoadedPair>();
    const bool certificates = load_certificates(*out, pair.certificate, certificate, complaints);
    const bool keys = load_key(*out, pair.key, key, passwords, complaints);  // both, so that both errors are told
    if (!certificates || !keys || !belong_together(*out, pair, complaints)) return nullptr;
    out->facts = facts_of(out->certificate.get(), out->chain.get());
    out->facts.certificate_file = is_data(pair.certificate) ? "data:" : pair.certificate.text;
    out->facts.key_file = is_data(pair.key) ? "data:" : pair.key.text;
    return out;
}

}  // namespace sluice::tls
