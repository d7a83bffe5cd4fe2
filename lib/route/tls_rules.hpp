// What a site wants of its clients' TLS.
#pragma once

#include <optional>

#include "exchange/reasons.hpp"
#include "route/scope.hpp"

namespace sluice::route {

struct TlsRefusal {
    int status = 0;
    const char* why = "";  // in the scope's arena, or for ever
    exchange::Reason reason{};
};

/// On a listener of TLS, when the site is known: plain HTTP, a handshake made for a site with other rules, a client
/// without the certificate that the site wants.
std::optional<TlsRefusal> check_tls(Scope& scope);

}  // namespace sluice::route
