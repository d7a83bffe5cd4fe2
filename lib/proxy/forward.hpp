// An exchange from its first attempt to its answer.
#pragma once

#include "proxy/service.hpp"

namespace sluice::proxy {

/// What the proxied answer could not be: to be answered by us, with an error page if there is one.
struct Unserved {
    int status = 0;
    exchange::Reason reason = exchange::Reason::none;  // none: a peer's own answer, intercepted
    std::optional<std::string_view> redirect = {};     // the peer says who answers: see route::follow_peer()
};

/// Serves the exchange from the group that `pass` names: picks a peer, tries it, tries another where that is safe.
/// nullopt: the client has an answer, or is gone. Failures are in the log.
net::Task<std::optional<Unserved>> forward(Serving& q, const route::ProxyPass& pass);

}  // namespace sluice::proxy
