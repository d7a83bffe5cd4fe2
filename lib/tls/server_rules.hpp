// Who may come, and whose sessions may be taken up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tls/description.hpp"
#include "tls/file.hpp"
#include "tls/pair.hpp"
#include "tls/trust.hpp"

namespace sluice::tls {

/// What decides who may come, and to whom, in 32 bytes: a session is taken up only where all of it is the same. `trust`
/// may be nullptr.
std::string identity_of(const ServerDescription& description, const Trust* trust,
                        const std::vector<std::shared_ptr<const LoadedPair>>& pairs, const Opener& open);

/// Whether there is anywhere for a session to be taken up from.
bool keeps_sessions(const ServerDescription& description);

/// Tickets, caches and how long; `identity` keeps sessions where they belong.
void set_sessions(SSL_CTX* context, const ServerDescription& description, const std::string& identity);

/// Clients' certificates. As in nginx every handshake goes on, and what became of the check is asked afterwards
/// (SSL_get_verify_result): who fails gets a page, not an alert.
void set_verification(SSL_CTX* context, const ServerDescription& description, const Trust* trust);

}  // namespace sluice::tls
