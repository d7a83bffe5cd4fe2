// The last touch on every answer.
#pragma once

#include "exchange/exchange.hpp"
#include "route/scope.hpp"

namespace sluice::proxy {

/// The status that an error page stands for, what a peer said that did not answer itself, expires and add_header; says whether add_trailer will have its turn.
/// `modified`: what Last-Modified says, if the answer is made here; of others it is read from their fields.
void finish_answer(route::Scope& scope, exchange::Answer& answer, std::optional<std::int64_t> modified = std::nullopt);

/// add_trailer: to be called behind the body, if the answer trails. `status`: of the answer.
void add_trailers(route::Scope& scope, int status, http::Fields& trailers);

}  // namespace sluice::proxy
