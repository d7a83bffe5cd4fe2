#include "tls/ocsp.hpp"

#include <openssl/x509v3.h>

namespace sluice::tls {

namespace {

/// SHA-1, which is what responders know; it only names the certificate.
Owned<OCSP_CERTID> id_of(const X509* certificate, const X509* issuer) {
    return Owned<OCSP_CERTID>(OCSP_cert_to_id(nullptr, certificate, issuer));
}

OcspAnswer::Status status_of(int code) {
    if (code == V_OCSP_CERTSTATUS_GOOD) return OcspAnswer::Status::good;
    return code == V_OCSP_CERTSTATUS_REVOKED ? OcspAnswer::Status::revoked : OcspAnswer::Status::unknown;
}

/// "": it holds.
std::string problem_with_time(const OcspAnswer& answer, core::WallTime now) {
    const std::int64_t at = now.seconds();
    if (answer.this_update.seconds() > at + ocsp_tolerance)
        return "the OCSP answer is of " + time_words(answer.this_update) + ", which is in the future";
    if (answer.next_update.us == 0) return {};
    if (answer.next_update.us < answer.this_update.us) return "the OCSP answer ends before it begins";
    if (answer.next_update.seconds() + ocsp_tolerance < at)
        return "the OCSP answer was good until " + time_words(answer.next_update);
    return {};
}

std::optional<OcspAnswer> find_status(OCSP_BASICRESP* basic, const OcspCheck& check, std::string& problem) {
    const auto id = id_of(check.certificate, check.issuer);
    int status = 0, reason = 0;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
    if (!id || OCSP_resp_find_status(basic, id.get(), &status, &reason, &revoked, &from, &until) != 1) {
        problem = "certificate status not found in the OCSP response";
        return std::nullopt;
    }
    OcspAnswer out;
    out.status = status_of(status);
    out.this_update = time_of(from);
    out.next_update = time_of(until);
    // Taken for none it would never end.
    if (out.this_update.us == 0 || (until && out.next_update.us == 0)) {
        problem = until && out.next_update.us == 0 ? "invalid nextUpdate time in certificate status" : "invalid thisUpdate time in certificate status";
        return std::nullopt;
    }
    if (out.status == OcspAnswer::Status::revoked) {
        out.revoked_at = time_of(revoked);
        if (reason != OCSP_REVOKED_STATUS_NOSTATUS) out.reason = OCSP_crl_reason_str(reason);
    }
    return out;
}

}  // namespace

std::vector<std::string> ocsp_responders(X509* certificate) {
    std::vector<std::string> out;
    STACK_OF(OPENSSL_STRING)* urls = X509_get1_ocsp(certificate);
    for (int i = 0; i < sk_OPENSSL_STRING_num(urls); ++i) out.emplace_back(sk_OPENSSL_STRING_value(urls, i));
    X509_email_free(urls);
    return out;
}

Owned<X509> issuer_of(X509* certificate, const STACK_OF(X509) * chain, X509_STORE* store) {
    for (int i = 0; i < sk_X509_num(chain); ++i)
        if (X509_check_issued(sk_X509_value(chain, i), certificate) == X509_V_OK) return share(sk_X509_value(chain, i));
    if (!store) return nullptr;
    X509* found = nullptr;
    if (X509_STORE_CTX* context = X509_STORE_CTX_new()) {
        if (X509_STORE_CTX_init(context, store, nullptr, nullptr) == 1 &&
            X509_STORE_CTX_get1_issuer(&found, context, certificate) != 1)
            found = nullptr;
        X509_STORE_CTX_free(context);
    }
    ERR_clear_error();
    return Owned<X509>(found);
}

std::string ocsp_request(const X509* certificate, const X509* issuer) {
    const Owned<OCSP_REQUEST> request(OCSP_REQUEST_new());
    auto id = id_of(certificate, issuer);
    if (!request || !id || !OCSP_request_add0_id(request.get(), id.get())) return {};
    (void)id.release();  // the request has it
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_REQUEST(request.get(), &der);
    std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return out;
}

std::string ocsp_target(std::string_view path, std::string_view request) {
    std::string base64((request.size() + 2) / 3 * 4 + 1, '\0');
    base64.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                                           reinterpret_cast<const unsigned char*>(request.data()),
                                                           static_cast<int>(request.size()))));
    std::string out(path);
    if (!out.ends_with('/')) out += '/';
    for (const char c : base64) {
        if (c == '+')
            out += "%2B";
        else if (c == '/')
            out += "%2F";
        else if (c == '=')
            out += "%3D";
        else
            out += c;
    }
    return out;
}

std::string_view status_words(OcspAnswer::Status status) {
    switch (status) {
        case OcspAnswer::Status::good:
            return "good";
        case OcspAnswer::Status::revoked:
            return "revoked";
        default:
            return "unknown";
    }
}

std::optional<OcspAnswer> read_ocsp_answer(std::string_view der, const OcspCheck& check, core::WallTime now,
                                           std::string& problem) {
    ERR_clear_error();
    const auto fail = [&](std::string why) {
        problem = std::move(why);
        ERR_clear_error();
        return std::nullopt;
    };
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Owned<OCSP_RESPONSE> response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    if (!response) return fail("d2i_OCSP_RESPONSE() failed (" + last_error() + ")");
    if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return fail("OCSP response not successful (" + std::to_string(status) + ": " +
                    OCSP_response_status_str(status) + ")");
    const Owned<OCSP_BASICRESP> basic(OCSP_response_get1_basic(response.get()));
    if (!basic) return fail("OCSP_response_get1_basic() failed (" + last_error() + ")");
    // Without a store only that whoever has signed it has signed it.
    const unsigned long flags = check.store ? OCSP_TRUSTOTHER : OCSP_NOVERIFY;
    if (check.others && OCSP_basic_verify(basic.get(), check.others, check.store, flags) != 1)
        return fail("OCSP_basic_verify() failed (" + last_error() + ")");
    const auto answer = find_status(basic.get(), check, problem);
    if (!answer) return fail(problem);
    if (std::string why = problem_with_time(*answer, now); !why.empty()) return fail(std::move(why));
    ERR_clear_error();
    return answer;
}

}  // namespace sluice::tls
