// Whether a certificate has been revoked, asked of who should know (RFC 6960): the question and the answer as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "tls/openssl.hpp"
#include "tls/pair.hpp"

namespace sluice::tls {

/// Addresses of responders that a certificate names (RFC 5280 4.2.2.1), in its order.
std::vector<std::string> ocsp_responders(X509* certificate);

/// The certificate that issued it: from those behind it, else from `store`, which may be nullptr. nullptr: it is
/// unknown, and nothing can be asked.
Owned<X509> issuer_of(X509* certificate, const STACK_OF(X509) * chain, X509_STORE* store);

/// The question in DER form, without a nonce: answers may be kept. "": out of memory.
std::string ocsp_request(const X509* certificate, const X509* issuer);

/// Where a GET asks it (RFC 6960 A.1), as nginx does: `path` of the responder's address, which may be empty, and the
/// question in escaped base64.
std::string ocsp_target(std::string_view path, std::string_view request);

struct OcspAnswer {
    enum class Status : std::uint8_t { good, revoked, unknown };
    Status status = Status::unknown;
    core::WallTime this_update,
        next_update;            // the answer holds between them; next_update 0: the responder does not say
    core::WallTime revoked_at;  // 0: it is not, or the date is none
    std::string reason;         // of the revocation, "keyCompromise"; "" if it is not told
};

/// "good", "revoked", "unknown"
std::string_view status_words(OcspAnswer::Status status);

/// Whose answer it must be, and whom to believe.
struct OcspCheck {
    const X509* certificate = nullptr;
    const X509* issuer = nullptr;
    STACK_OF(X509) * others = nullptr;  // certificates that may have signed it, believed without a chain of their own;
                                        // nullptr: no signature is looked at
    X509_STORE* store = nullptr;        // nullptr: that the signer may sign is not asked
};

/// How far a responder's clock may be from ours.
inline constexpr std::int64_t ocsp_tolerance = 300;  // seconds

/// Reads an answer in DER form and checks that it is about that certificate, holds at `now` and was signed by who may.
/// Nothing: `problem` says why, in nginx's words where it has some. Whether the certificate is good is another matter.
/// Any thread.
std::optional<OcspAnswer> read_ocsp_answer(std::string_view der, const OcspCheck& check, core::WallTime now,
                                           std::string& problem);

}  // namespace sluice::tls
