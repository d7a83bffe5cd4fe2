#include "proxy/retry.hpp"

#include "exchange/reasons.hpp"

namespace sluice::proxy {

using core::Code;
using core::Side;
using core::Stage;

namespace {
/// A kept connection that breaks before any answer: most likely the peer had closed it for being idle.
bool is_stale(const FailedAttempt& a) {
    const auto& f = a.failure;
    if (!a.reused || a.response_begun || f.side != Side::peer) return false;
    return f.code == Code::end_of_stream || f.code == Code::reset;
}
}  // namespace

Retry may_retry(const FailedAttempt& a, bool tries_left) {
    if (a.failure.side == Side::client || a.answer_begun || !a.body_replayable) return Retry::no;
    if (a.failure.side == Side::self && a.failure.code != Code::no_descriptors) return Retry::no;
    if (a.peer_may_have_seen && !http::is_idempotent(a.method)) return Retry::no;
    if (is_stale(a)) return Retry::same_peer;
    return tries_left && a.failure.side == Side::peer ? Retry::other_peer : Retry::no;
}

bool marks_peer(const FailedAttempt& a) {
    return a.failure.side == Side::peer && !is_stale(a) && exchange::row(exchange::reason_of(a.failure)).marks_peer;
}

}  // namespace sluice::proxy
