// What a certificate says, in nginx's words.
#include <openssl/pem.h>

#include "tls/facts.hpp"
#include "tls/words.hpp"

namespace sluice::tls::words {

namespace {

std::string date(const ASN1_TIME* time) {
    const Owned<BIO> out = writer();
    ASN1_TIME_print(out.get(), time);
    return std::string(written(out.get()));
}

/// OpenSSL's old form, which loses what a name is made of.
std::string legacy(const X509_NAME* name) {
    char* text = X509_NAME_oneline(name, nullptr, 0);
    std::string out = text ? text : "";
    OPENSSL_free(text);
    return out;
}

constexpr bool stays(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

}  // namespace

std::string raw_certificate(X509* certificate) {
    const Owned<BIO> out = writer();
    PEM_write_bio_X509(out.get(), certificate);
    return std::string(written(out.get()));
}

std::string tabbed_certificate(X509* certificate) {
    std::string pem = raw_certificate(certificate), out;
    if (!pem.empty()) pem.pop_back();  // the end of the last line
    out.reserve(pem.size() + pem.size() / 32);
    for (const char c : pem) {
        out += c;
        if (c == '\n') out += '\t';
    }
    return out;
}

std::string escaped_certificate(X509* certificate) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : raw_certificate(certificate)) {
        const auto byte = static_cast<unsigned char>(c);
        if (stays(c))
            out += c;
        else
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
    return out;
}

std::string fingerprint(const X509* certificate) {
    constexpr char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha1(), bytes, &size) != 1) return {};
    std::string out;
    for (unsigned i = 0; i < size; ++i) (out += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
    return out;
}

std::string subject(const X509* certificate) { return name_words(X509_get_subject_name(certificate)); }
std::string issuer(const X509* certificate) { return name_words(X509_get_issuer_name(certificate)); }
std::string legacy_subject(const X509* certificate) { return legacy(X509_get_subject_name(certificate)); }
std::string legacy_issuer(const X509* certificate) { return legacy(X509_get_issuer_name(certificate)); }

std::string serial(const X509* certificate) {
    const Owned<BIO> out = writer();
    i2a_ASN1_INTEGER(out.get(), X509_get0_serialNumber(certificate));
    return std::string(written(out.get()));
}

std::string valid_from(const X509* certificate) { return date(X509_get0_notBefore(certificate)); }
std::string valid_until(const X509* certificate) { return date(X509_get0_notAfter(certificate)); }

std::string valid_days(const X509* certificate, core::WallTime now) {
    const std::int64_t left = time_of(X509_get0_notAfter(certificate)).seconds() - now.seconds();
    return std::to_string(std::max<std::int64_t>(left, 0) / 86400);
}

}  // namespace sluice::tls::words
