#include "tls/trust.hpp"

#include <openssl/pem.h>

#include "tls/digest.hpp"
#include "tls/facts.hpp"
#include "tls/pem.hpp"

namespace sluice::tls {

namespace {

int no_password(char*, int, int, void*) { return -1; }

/// Certificates and lists of a text; nullptr: it cannot be read.
Owned<STACK_OF(X509_INFO)> read_all(std::string_view text) {
    ERR_clear_error();
    const Owned<BIO> in = reader_of(text);
    return Owned<STACK_OF(X509_INFO)>(PEM_X509_INFO_read_bio(in.get(), nullptr, no_password, nullptr));
}

std::string digest_of(const X509_CRL* list) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_CRL_digest(list, EVP_sha256(), out, &size);
    return {reinterpret_cast<const char*>(out), size};
}

void add_list(Trust& trust, X509_CRL* list, Digest& digest) {
    X509_STORE_add_crl(trust.store.get(), list);
    digest.add(digest_of(list));
    const auto ends = time_of(X509_CRL_get0_nextUpdate(list));
    if (ends.us != 0 && (trust.crl_ends.us == 0 || ends.us < trust.crl_ends.us)) trust.crl_ends = ends;
}

/// In the order of the file, as nginx sends them, each once.
void add_name(STACK_OF(X509_NAME) * names, const X509* authority) {
    X509_NAME* name = X509_get_subject_name(authority);
    for (int i = 0; i < sk_X509_NAME_num(names); ++i)
        if (X509_NAME_cmp(sk_X509_NAME_value(names, i), name) == 0) return;
    sk_X509_NAME_push(names, X509_NAME_dup(name));
}

/// What `item` must have: certificates, or lists of revoked ones.
enum class Wanted { authorities, lists };

bool add_file(Trust& trust, const Item& item, OpenItem& opened, Wanted wanted, bool send_names, Digest& digest,
              Complaints& complaints) {
    if (item.empty()) return true;
    const std::string start =
        (wanted == Wanted::lists ? "cannot load revoked certificates " : "cannot load trusted certificates ") +
        shown(item) + ": ";
    const auto text = opened.read();
    if (!text) return refuse(complaints, item, start + opened.error()), false;
    const auto all = read_all(*text);
    int found = 0;
    if (send_names && !trust.client_names) trust.client_names.reset(sk_X509_NAME_new_null());
    for (int i = 0; i < sk_X509_INFO_num(all.get()); ++i) {
        const X509_INFO* info = sk_X509_INFO_value(all.get(), i);
        if (info->x509 && wanted == Wanted::authorities) {
            X509_STORE_add_cert(trust.store.get(), info->x509);
            digest.add(info->x509);
            if (send_names) add_name(trust.client_names.get(), info->x509);
        }
        if (info->crl) add_list(trust, info->crl, digest);
        found += (wanted == Wanted::lists ? info->crl != nullptr : info->x509 != nullptr) ? 1 : 0;
    }
    if (found == 0) {
        auto mistake =
            explain_pem(*text, wanted == Wanted::lists ? a_crl : an_authority, is_data(item) ? "FILE" : item.text);
        refuse(complaints, item, start + mistake.message, std::move(mistake.help));
    }
    ERR_clear_error();
    return found > 0;
}

/// How the machine's authorities are known by other names; OpenSSL takes what is there and says nothing of what is not.
void add_system(Trust& trust, Digest& digest, Complaints& complaints) {
    const auto path = [](const char* variable, const char* standard) {
        const char* set = ::secure_getenv(variable);
        return std::string(set ? set : standard);
    };
    const std::string file = path(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    const std::string folder = path(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    X509_STORE_set_default_paths(trust.store.get());
    digest.add("system:" + file + ":" + folder);
    ERR_clear_error();
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return;
    if (std::filesystem::directory_iterator(folder, ignored) != std::filesystem::directory_iterator()) return;
    warn(complaints, {},
         "this machine has no trusted certificates: neither \"" + file + "\" nor anything in \"" + folder + "\"",
         "install them (the package is called ca-certificates in most systems), or name a file with "
         "proxy_ssl_trusted_certificate");
}

}  // namespace

std::string TrustFiles::identity(const TrustRule& rule) const {
    std::string out = rule.system ? "system" : "";
    for (const auto& [item, opened] :
         {std::pair{&rule.client_authorities, &clients}, {&rule.trusted_authorities, &trusted}, {&rule.crl, &crl}})
        if (out += '\n'; !item->empty()) out += opened->identity();
    return out;
}

std::shared_ptr<const Trust> load_trust(const TrustRule& rule, TrustFiles& files, Complaints& complaints) {
    auto out = std::make_shared<Trust>();
    out->store.reset(X509_STORE_new());
    Digest digest;
    bool good = add_file(*out, rule.client_authorities, files.clients, Wanted::authorities, true, digest, complaints);
    digest.add("trusted");
    good =
        add_file(*out, rule.trusted_authorities, files.trusted, Wanted::authorities, false, digest, complaints) && good;
    digest.add("crl");
    good = add_file(*out, rule.crl, files.crl, Wanted::lists, false, digest, complaints) && good;
    if (!rule.crl.empty()) X509_STORE_set_flags(out->store.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    if (rule.system) add_system(*out, digest, complaints);
    out->digest = digest.finish();
    return good ? out : nullptr;
}

void warn_about(const Trust& trust, const TrustRule& rule, core::WallTime now, Complaints& complaints) {
    if (rule.crl.empty() || trust.crl_ends.us == 0 || now.seconds() < trust.crl_ends.seconds()) return;
    warn(complaints, rule.crl,
         "the list of revoked certificates in " + shown(rule.crl) + " was good until " + time_words(trust.crl_ends),
         "nobody whose certificate it concerns passes until there is a new one");
}

}  // namespace sluice::tls
