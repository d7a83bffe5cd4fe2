#include "proxy/retry.hpp"

#include "exchange/reasons.hpp"
#include "route/settings.hpp"

namespace sluice::proxy {

using core::Code;
using core::Side;
using core::Stage;
namespace when = route::next_upstream;

namespace {
/// A kept connection that breaks before any answer: most likely the peer had closed it for being idle.
bool is_stale(const FailedAttempt& a) {
    const auto& f = a.failure;
    if (!a.reused || a.response_begun || f.side != Side::peer) return false;
    return f.code == Code::end_of_stream || f.code == Code::reset;
}

bool may_repeat(http::Method method, std::uint32_t conditions) { return http::is_idempotent(method) || conditions & when::non_idempotent; }

bool allows(std::uint32_t conditions, std::uint32_t condition) { return conditions & condition && !(conditions & when::off); }

std::uint32_t condition_of(const core::Failure& failure) {
    switch (failure.code) {
        case Code::timed_out: return when::timeout;
        case Code::malformed:
        case Code::too_large: return when::invalid_header;
        default: return when::error;
    }
}

std::uint32_t condition_of(int status) {
    switch (status) {
        case 403: return when::http_403;
        case 404: return when::http_404;
        case 429: return when::http_429;
        case 500: return when::http_500;
        case 502: return when::http_502;
        case 503: return when::http_503;
        case 504: return when::http_504;
        default: return 0;
    }
}
}  // namespace

Retry may_retry(const FailedAttempt& a, std::uint32_t conditions, bool tries_left) {
    if (a.failure.side == Side::client || a.answer_begun || !a.body_replayable) return Retry::no;
    if (a.failure.side == Side::self && a.failure.code != Code::no_descriptors) return Retry::no;
    if (a.peer_may_have_seen && !may_repeat(a.method, conditions)) return Retry::no;
    if (!allows(conditions, condition_of(a.failure))) return Retry::no;
    if (is_stale(a)) return Retry::same_peer;
    return tries_left && a.failure.side == Side::peer ? Retry::other_peer : Retry::no;
}

bool marks_peer(const FailedAttempt& a) {
    return a.failure.side == Side::peer && !is_stale(a) && exchange::row(exchange::reason_of(a.failure)).marks_peer;
}

bool declines(int status, http::Method method, bool body_replayable, std::uint32_t conditions) {
    return body_replayable && allows(conditions, condition_of(status)) && may_repeat(method, conditions);
}

bool marks_peer(int status) { return status != 403 && status != 404; }

}  // namespace sluice::proxy
