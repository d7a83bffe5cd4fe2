#include "tls/stapling_file.hpp"

namespace sluice::tls {

bool load_stapling_file(const Item& file, const Parts& parts, const Store& store, Complaints& complaints) {
    const std::string start = "cannot load ssl_stapling_file " + shown(file) + ": ";
    OpenItem opened(file, store.opener());
    const auto bytes = opened.read();
    if (!bytes) return refuse(complaints, file, start + opened.error()), false;
    ERR_clear_error();
    const auto* at = reinterpret_cast<const unsigned char*>(bytes->data());
    const Owned<OCSP_RESPONSE> answer(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(bytes->size())));
    if (!answer) {
        refuse(complaints, file, start + "it is no answer of an OCSP responder in DER form (" + last_error() + ")",
               "get one with: openssl ocsp -issuer ISSUER -cert CERTIFICATE -url URL -respout FILE");
        return false;
    }
    for (const auto& staple : parts.staples) staple->set(*bytes, Staple::always);
    return true;
}

}  // namespace sluice::tls
