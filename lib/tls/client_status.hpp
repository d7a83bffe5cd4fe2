// ssl_ocsp: what has to be asked about the certificate that a client has shown.
#pragma once

#include "tls/server_contexts.hpp"

namespace sluice::tls {

/// One certificate of the client's chain.
struct StatusQuestion {
    std::shared_ptr<const OcspQuestion> question;  // nullptr: nobody can be asked, see problem
    std::string problem;                           // in nginx's words
};

/// What must be asked before the client counts as verified, the client's own certificate first. Nothing if it has shown
/// none, if its certificate is not good anyway, or if a session was taken up: those are kept after they have been asked.
/// Worker's thread.
std::vector<StatusQuestion> status_questions(SSL* connection, const ServerContexts& contexts);

/// What is known of it from before: `now` for how long is left to the cache. Nothing: ask. Any thread.
std::optional<OcspAnswer::Status> known_status(SessionCache* statuses, const OcspQuestion& question);
void remember_status(SessionCache* statuses, const OcspQuestion& question, const OcspAnswer& answer, core::WallTime now);

/// Why a client is refused, as nginx says it; "": it is not.
std::string_view refusal_words(std::optional<OcspAnswer::Status> status);

}  // namespace sluice::tls
