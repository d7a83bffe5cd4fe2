#include "tls/client_status.hpp"

#include "tls/facts.hpp"

namespace sluice::tls {

namespace {

StatusQuestion question_about(X509* certificate, X509* issuer, const STACK_OF(X509) * chain, const ServerContexts& contexts) {
    const std::string about = name_words(X509_get_subject_name(certificate));
    auto responder = contexts.ocsp_responder();
    if (!responder) {
        const auto named = ocsp_responders(certificate);
        if (named.empty()) return {nullptr, "no OCSP responder URL in certificate \"" + about + '"'};
        std::string problem;
        responder = parse_responder(named.front(), problem);
        if (!responder) return {nullptr, problem + " in OCSP responder \"" + named.front() + "\" in certificate \"" + about + '"'};
    }
    const auto* trust = contexts.trust();
    return {ask_about({certificate, issuer, chain, trust ? trust->store.get() : nullptr, trust ? trust->digest : std::string_view(), about}, std::move(*responder)), "out of memory"};
}

/// Of who issued it, and its number: not of whom was asked, which the conf decides.
std::string cache_key(const OcspQuestion& question) { return question.request; }

}  // namespace

std::vector<StatusQuestion> status_questions(SSL* connection, const ServerContexts& contexts) {
    std::vector<StatusQuestion> out;
    const auto mode = contexts.description().ocsp;
    if (mode == ClientOcsp::off || SSL_session_reused(connection) || SSL_get_verify_result(connection) != X509_V_OK ||
        !SSL_get0_peer_certificate(connection))
        return out;
    const STACK_OF(X509)* chain = SSL_get0_verified_chain(connection);
    const int last = mode == ClientOcsp::leaf ? std::min(2, sk_X509_num(chain)) : sk_X509_num(chain);
    for (int i = 0; i + 1 < last; ++i)
        out.push_back(question_about(sk_X509_value(chain, i), sk_X509_value(chain, i + 1), chain, contexts));
    return out;
}

std::optional<OcspAnswer::Status> known_status(SessionCache* statuses, const OcspQuestion& question) {
    if (!statuses) return std::nullopt;
    const std::string known = statuses->get(cache_key(question));
    if (known.size() != 1) return std::nullopt;
    return static_cast<OcspAnswer::Status>(known[0] - '0');
}

void remember_status(SessionCache* statuses, const OcspQuestion& question, const OcspAnswer& answer, core::WallTime now) {
    constexpr std::int64_t usual = 3600;  // seconds; as nginx has it
    const std::int64_t left = answer.next_update.us == 0 ? usual : answer.next_update.seconds() - now.seconds();
    if (!statuses || left <= 0) return;
    statuses->put(cache_key(question), std::string(1, static_cast<char>('0' + static_cast<int>(answer.status))), std::chrono::seconds(left));
}

std::string_view refusal_words(std::optional<OcspAnswer::Status> status) {
    if (!status) return "certificate status request failed";
    if (*status == OcspAnswer::Status::good) return {};
    return *status == OcspAnswer::Status::revoked ? "certificate revoked" : "certificate status unknown";
}

}  // namespace sluice::tls
