#include "route/tls_rules.hpp"

#include <openssl/x509_vfy.h>

namespace sluice::route {

using exchange::Reason;
using tls::VerifyClient;

namespace {

/// Of ssl_verify_client optional_no_ca: the authority is not known here, which is for the application to judge.
bool is_unknown_authority(long result) {
    switch (result) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_CERT_UNTRUSTED:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return true;
        default:
            return false;
    }
}

/// Who was let in by one may come in by the other.
bool have_same_rules(const tls::ServerDescription& a, const tls::ServerDescription& b) {
    return a.verify == b.verify && a.verify_depth == b.verify_depth && a.client_authorities == b.client_authorities &&
           a.trusted_authorities == b.trusted_authorities && a.crl == b.crl && a.ocsp == b.ocsp &&
           a.ocsp_responder == b.ocsp_responder;
}

TlsRefusal refuse(Reason reason, const char* why) { return {row(reason).status, why, reason}; }

}  // namespace

std::optional<TlsRefusal> check_tls(Scope& scope) {
    const auto& x = scope.x;
    if (!x.secure) return refuse(Reason::plain_http, row(Reason::plain_http).words.data());
    // A site may have rules and no certificate of its own.
    const auto* said = scope.site->root.settings.tls.get();
    if (!x.tls || !said) return std::nullopt;
    const auto& rules = said->description;
    if (rules.verify == VerifyClient::off) return std::nullopt;
    if (x.tls_contexts != scope.site->tls.get() && !(x.tls_contexts && have_same_rules(x.tls_contexts->description(), rules)))
        return refuse(Reason::misdirected, row(Reason::misdirected).words.data());
    const auto result = x.tls->agreed().verify_result;
    if (result != X509_V_OK && !(rules.verify == VerifyClient::optional_no_ca && is_unknown_authority(result)))
        return refuse(Reason::client_certificate_refused,
                      scope.arena.keep("client SSL certificate verify error: (" + std::to_string(result) + ":" + X509_verify_cert_error_string(result) + ')' + '\0').data());
    if (const auto doubt = x.tls->client_doubt(); !doubt.empty())
        return refuse(Reason::client_certificate_refused,
                      scope.arena.keep("client SSL certificate verify error: " + std::string(doubt) + '\0').data());
    if (rules.verify == VerifyClient::on && !x.tls->agreed().client)
        return refuse(Reason::client_certificate_missing, row(Reason::client_certificate_missing).words.data());
    return std::nullopt;
}

}  // namespace sluice::route
