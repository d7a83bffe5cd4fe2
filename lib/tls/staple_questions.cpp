#include "tls/staple_questions.hpp"

namespace sluice::tls {

namespace {

std::shared_ptr<const OcspQuestion> question_about(const LoadedPair& pair, const Item& certificate,
                                                   const ServerDescription& description, const Trust* trust,
                                                   Complaints& complaints) {
    const auto ignore = [&](const Item& item, const std::string& why, std::string help) {
        warn(complaints, item, "\"ssl_stapling\" ignored, " + why + shown(certificate), std::move(help));
        return nullptr;
    };
    X509_STORE* const trusted = trust ? trust->store.get() : nullptr;
    const auto issuer = issuer_of(pair.certificate.get(), pair.chain.get(), trusted);
    if (!issuer)
        return ignore(certificate, "issuer certificate not found for certificate ",
                      "add the issuer's certificate to the end of the file, or name it with ssl_trusted_certificate");
    const Item& own = description.stapling_responder;
    const auto named = own.empty() ? ocsp_responders(pair.certificate.get()) : std::vector{own.text};
    if (named.empty())
        return ignore(certificate, "no OCSP responder URL in the certificate ",
                      "its authority has no responder (many have closed theirs): leave ssl_stapling out");
    std::string problem;
    auto responder = parse_responder(named.front(), problem);
    if (!responder)
        return ignore(own.empty() ? certificate : own, problem + " in OCSP responder \"" + named.front() + "\" in the certificate ",
                      "as in http://ocsp.example.com/");
    Owned<X509_STORE> nobody;  // no ssl_trusted_certificate: then only the issuer may sign
    if (!trusted && description.stapling_verify) nobody.reset(X509_STORE_new());
    return ask_about({pair.certificate.get(), issuer.get(), pair.chain.get(),
                      description.stapling_verify ? (trusted ? trusted : nobody.get()) : nullptr,
                      trust ? trust->digest : std::string_view(), pair.facts.certificate_file},
                     std::move(*responder));
}

}  // namespace

std::vector<std::shared_ptr<const OcspQuestion>> staple_questions(const ServerDescription& description,
                                                                  const std::vector<std::shared_ptr<const LoadedPair>>& pairs,
                                                                  const Trust* trust, Complaints& complaints) {
    std::vector<std::shared_ptr<const OcspQuestion>> out;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        out.push_back(question_about(*pairs[i], description.pairs[i].certificate, description,
                                     trust, complaints));
    return out;
}

}  // namespace sluice::tls
