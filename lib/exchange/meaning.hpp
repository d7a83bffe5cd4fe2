// What the head of a request says of its body, its target and what it expects.
#pragma once

#include "exchange/exchange.hpp"

namespace sluice::exchange {

struct Refusal {
    int status = 0;  // 0: the request may be served
    const char* why = "";
};

/// Fills in framing, target and expects_continue from `x.head`. Refused: what http/framing and http/target refuse, fields
/// that come twice and must not, more options in Connection than are worth reading, CONNECT and TRACE.
Refusal read_meaning(Exchange& x);

}  // namespace sluice::exchange
