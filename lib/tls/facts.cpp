#include "tls/facts.hpp"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "tls/words.hpp"

namespace sluice::tls {

namespace {

std::string_view text_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_of(std::string_view bytes) {
    char text[INET6_ADDRSTRLEN];
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if (bytes.size() != 4 && bytes.size() != 16) return {};
    return ::inet_ntop(family, bytes.data(), text, sizeof text) ? text : "";
}

std::string common_name(const X509* certificate) {
    const X509_NAME* subject = X509_get_subject_name(certificate);
    const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (index < 0) return {};
    return std::string(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))));
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> out;
    const auto take = [&](std::string name) {
        if (!name.empty() && name.find('\0') == name.npos) out.push_back(std::move(name));
    };
    const Owned<GENERAL_NAMES> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int kind = 0;
        const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
        if (kind == GEN_DNS) take(std::string(text_of(static_cast<const ASN1_STRING*>(value))));
        if (kind == GEN_IPADD) take(address_of(text_of(static_cast<const ASN1_STRING*>(value))));
    }
    if (!names) take(common_name(certificate));
    return out;
}

bool has_issuer(X509* certificate, const STACK_OF(X509) * chain) {
    for (int i = 0; i < sk_X509_num(chain); ++i)
        if (X509_check_issued(sk_X509_value(chain, i), certificate) == X509_V_OK) return true;
    return false;
}

}  // namespace

core::WallTime time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return {std::int64_t{::timegm(&parts)} * 1'000'000};
}

std::string name_words(const X509_NAME* name) {
    const Owned<BIO> out = writer();
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
    return std::string(written(out.get()));
}

std::string key_words(const EVP_PKEY* key) {
    const char* type = EVP_PKEY_get0_type_name(key);
    return std::string(type ? type : "unknown") + ", " + std::to_string(EVP_PKEY_get_bits(key)) + " bits";
}

std::string time_words(core::WallTime time) {
    const std::time_t seconds = time.seconds();
    std::tm parts{};
    char text[64];
    ::gmtime_r(&seconds, &parts);
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

std::string span_words(std::int64_t seconds) {
    const auto words = [](std::int64_t count, const char* unit) {
        return std::to_string(count) + ' ' + unit + (count == 1 ? "" : "s");
    };
    if (seconds >= 86400) return words(seconds / 86400, "day");
    if (seconds >= 3600) return words(seconds / 3600, "hour");
    return words(seconds / 60, "minute");
}

CertificateFacts facts_of(X509* certificate, const STACK_OF(X509) * chain) {
    CertificateFacts out;
    out.subject = name_words(X509_get_subject_name(certificate));
    out.issuer = name_words(X509_get_issuer_name(certificate));
    out.names = names_of(certificate);
    out.not_before = time_of(X509_get0_notBefore(certificate));
    out.not_after = time_of(X509_get0_notAfter(certificate));
    if (const EVP_PKEY* key = X509_get0_pubkey(certificate)) {
        const char* type = EVP_PKEY_get0_type_name(key);
        out.key = type ? type : "";
        out.key_bits = EVP_PKEY_get_bits(key);
    }
    out.serial = words::serial(certificate);
    out.self_signed = X509_check_issued(certificate, certificate) == X509_V_OK;
    out.issuer_missing = !out.self_signed && !has_issuer(certificate, chain);
    ERR_clear_error();  // an extension that cannot be read is not our business here
    return out;
}

}  // namespace sluice::tls
