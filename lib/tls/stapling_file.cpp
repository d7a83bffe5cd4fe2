#include "tls/stapling_file.hpp"

#include "tls/ocsp.hpp"

namespace sluice::tls {

namespace {

/// "": it says of this certificate, now, that it is good, or nobody can tell.
std::string doubt_about(const std::string& der, const LoadedPair& pair, const Trust* trust, core::WallTime now) {
    const auto issuer = issuer_of(pair.certificate.get(), pair.chain.get(), trust ? trust->store.get() : nullptr);
    if (!issuer) return {};
    std::string problem;
    const auto answer = read_ocsp_answer(der, {pair.certificate.get(), issuer.get(), nullptr, nullptr}, now, problem);
    if (!answer) return problem;
    if (answer->status == OcspAnswer::Status::good) return {};
    return "certificate status \"" + std::string(status_words(answer->status)) + "\" in the OCSP response";
}

}  // namespace

bool load_stapling_file(const Item& file, const std::vector<std::shared_ptr<const LoadedPair>>& pairs,
                        const Trust* trust, const std::vector<std::shared_ptr<Staple>>& staples, const Store& store,
                        Complaints& complaints) {
    const std::string start = "cannot load ssl_stapling_file " + shown(file) + ": ";
    OpenItem opened(file, store.opener());
    const auto der = opened.read();
    if (!der) return refuse(complaints, file, start + opened.error()), false;
    ERR_clear_error();
    const auto* at = reinterpret_cast<const unsigned char*>(der->data());
    if (!Owned<OCSP_RESPONSE>(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der->size())))) {
        refuse(complaints, file, start + "it is no answer of an OCSP responder in DER form (" + last_error() + ")",
               "get one with: openssl ocsp -issuer ISSUER -cert CERTIFICATE -url URL -respout FILE");
        return false;
    }
    for (const auto& staple : staples) staple->set(*der, Staple::always);
    for (const auto& pair : pairs)
        if (const std::string doubt = doubt_about(*der, *pair, trust, store.now()); !doubt.empty())
            warn(complaints, file,
                 "ssl_stapling_file " + shown(file) + " does not help the certificate \"" +
                     pair->facts.certificate_file + "\": " + doubt,
                 "clients that look at it will refuse the certificate, or ask the responder themselves");
    return true;
}

}  // namespace sluice::tls
