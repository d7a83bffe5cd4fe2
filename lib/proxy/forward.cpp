#include "proxy/forward.hpp"

#include <cstring>

#include "http/status.hpp"
#include "proxy/attempt.hpp"
#include "proxy/retry.hpp"
#include "route/destination.hpp"

namespace sluice::proxy {

using core::Failure;
using core::Side;
using exchange::Exchange;
using exchange::Reason;
using net::Task;

namespace {

/// The directive that ended the exchange, if one did.
std::string_view limit_of(const Failure& f) {
    using core::Code;
    using core::Stage;
    if (f.code == Code::too_large && f.side == Side::client) return f.stage == Stage::request_body ? "client_max_body_size" : "";
    if (f.code == Code::too_large && f.side == Side::peer) return "proxy_buffer_size";
    if (f.code != Code::timed_out) return "";
    if (f.side == Side::client) return f.stage == Stage::request_body ? "client_body_timeout" : "send_timeout";
    if (f.stage == Stage::connect || f.stage == Stage::handshake) return "proxy_connect_timeout";
    return f.stage == Stage::send || f.stage == Stage::request_body ? "proxy_send_timeout" : "proxy_read_timeout";
}

/// What is malformed.
std::string_view mistake_of(const Serving& q, const Failure& f) {
    if (f.code != core::Code::malformed) return "";
    if (f.stage == core::Stage::request_body || f.stage == core::Stage::response_body) return "a chunk or a trailer is malformed";
    return f.side == Side::peer ? q.peer_mistake : "";
}

/// "peer refused the connection (connect): Connection refused after 2 ms, attempt 2"
std::string describe(const Serving& q, const Failure& f) {
    const Exchange& x = q.x;
    std::string text(row(exchange::reason_of(f)).words);
    ((text += " (") += exchange::name_of(f.stage)) += ')';
    if (f.os_error) (text += ": ") += std::strerror(f.os_error);
    if ((f.side == Side::peer || f.stage == core::Stage::handshake) && !q.tls_problem.empty()) (text += ": ") += q.tls_problem;
    if (const auto mistake = mistake_of(q, f); !mistake.empty()) (text += ": ") += mistake;
    if (const auto* a = x.record.last_attempt(); a && f.side == Side::peer)
        (text += " after ") += std::to_string((q.s.loop.now() - a->picked).count() / 1000) + " ms";
    if (x.record.attempts.size() > 1) (text += ", attempt ") += std::to_string(x.record.attempts.size());
    return text;
}

void log_failure(Serving& q, const Failure& f, bool retried) {
    const auto level = retried ? exchange::Level::warn : row(exchange::reason_of(f)).level;
    if (!logs_level(q, level)) return;
    std::string text = describe(q, f);
    if (retried) text += ", trying again";
    log_error(q, level, text, places_of(q, limit_of(f)));
}

void log_down(Serving& q, const upstream::Peer& peer) {
    log_error(q, exchange::Level::warn,
              "peer " + peer.name + " is down for " + std::to_string(peer.rule.fail_timeout.count() / 1'000'000) + " s after " +
                  std::to_string(peer.rule.max_fails) + " failure(s)");
}

/// What an attempt tells of its peer. A trial on a stale connection goes on with the next attempt.
void report(Serving& q, upstream::GroupAtWorker& group, const upstream::GroupAtWorker::Pick& pick, const FailedAttempt& failed, Retry retry) {
    if (retry == Retry::same_peer) return;
    if (!marks_peer(failed)) return group.report_nothing(pick);
    if (group.report_failure(pick, q.s.loop.now())) log_down(q, *pick.peer);
}

/// An answer that proxy_next_upstream speaks of: another peer is asked instead.
void report_declined(Serving& q, upstream::GroupAtWorker& group, const upstream::GroupAtWorker::Pick& pick, int status) {
    if (logs_level(q, exchange::Level::info)) log_error(q, exchange::Level::info, "peer answered " + std::to_string(status) + ", trying another");
    if (!marks_peer(status))
        group.report_success(pick);
    else if (group.report_failure(pick, q.s.loop.now()))
        log_down(q, *pick.peer);
}

/// The end of an exchange that cannot be repeated: something to answer, if there is somebody to take it.
std::optional<Unserved> fail(Serving& q, const Failure& failure) {
    Exchange& x = q.x;
    make_id(q);
    x.record.reason = exchange::reason_of(failure);
    log_failure(q, failure, false);
    const bool client_is_there =
        failure.side != Side::client || failure.code == core::Code::malformed || failure.code == core::Code::too_large;
    if (!x.answered && client_is_there) return Unserved{row(x.record.reason).status, x.record.reason};
    if (!x.answered) x.record.status = row(x.record.reason).status;
    x.requester->cut();
    return std::nullopt;
}

/// The group that proxy_pass names. None: that has been told, and `refusal` is what to answer.
upstream::GroupAtWorker* find_group(Serving& q, const route::ProxyPass& pass, const route::Destination& destination, Unserved& refusal) {
    if (!pass.url) return q.conf.groups[pass.group].get();
    const auto refuse = [&](std::string_view text, Reason reason, const char* why) {
        make_id(q);
        log_error(q, exchange::Level::error, "proxy_pass to \"" + std::string(text) + "\": " + why);
        q.x.record.reason = reason;
        refusal = {row(reason).status, reason};
        return nullptr;
    };
    if (destination.authority.empty())
        return refuse(q.scope.evaluate(*pass.url), Reason::bad_proxy_url, "that is no URL which begins with http:// or https://");
    if (auto* const found = q.conf.find_group(destination.authority, destination.secure ? 443 : 80)) return found;
    return refuse(destination.authority, Reason::no_such_group, "no upstream of that name, and not an address");
}

/// The body did not come as it was announced.
std::optional<Unserved> fail_body(Serving& q, const Failure& failure) {
    auto unserved = fail(q, failure);
    // nginx, too, calls it a bad request when half a body came.
    if (!q.x.answered && q.x.record.reason == Reason::client_closed) q.x.record.status = 400;
    return unserved;
}

/// An earlier attempt, for which this is the error page, has used the body up.
Unserved refuse_second_use(Serving& q) {
    make_id(q);
    q.x.record.reason = Reason::body_gone;
    log_error(q, row(Reason::body_gone).level, row(Reason::body_gone).words, places_of(q));
    return {row(Reason::body_gone).status, Reason::body_gone};
}

/// In the logs the group's name stands for the peer that there is not.
Unserved refuse_without_peer(Serving& q, upstream::GroupAtWorker& group, const Failure& failure) {
    const auto reason = exchange::reason_of(failure);
    q.x.record.begin_attempt(group.group().name(), q.s.loop.now()).reason = reason;
    make_id(q);
    log_failure(q, failure, false);
    q.x.record.reason = reason;
    return {row(reason).status, reason};
}

}  // namespace

Task<std::optional<Unserved>> forward(Serving& q, const route::ProxyPass& pass) {
    Service& s = q.s;
    Exchange& x = q.x;
    const auto destination = route::find_destination(q.scope, pass);
    q.scope.peer_uri = destination.uri;
    Unserved refusal;
    auto* const found = find_group(q, pass, destination, refusal);
    if (!found) co_return refusal;
    auto& group = *found;
    const auto wait = begin_body(q);
    if (!wait) co_return fail(q, wait.error());
    if (*wait)
        if (const auto failure = co_await read_whole(q)) co_return fail_body(q, *failure);
    if (!q.body.whole) co_return refuse_second_use(q);
    balance::PeerSet tried;
    const auto& settings = q.settings().proxy;
    const auto peers = group.group().peers().size();
    const auto usable = group.group().usable_peers();
    const auto most = settings.tries ? std::min<std::size_t>(settings.tries, usable) : usable;
    const auto began = s.loop.now();
    const bool repeatable = http::is_idempotent(x.head.method);
    upstream::GroupAtWorker::Pick pick;
    bool fresh = false;
    for (std::size_t tries = 1;;) {
        if (!fresh) {
            auto picked = group.pick(tried, repeatable && peers > 1, s.loop.now());
            if (!picked) co_return refuse_without_peer(q, group, picked.error());
            pick = *picked;
        }
        const auto others_left = [&] { return tries < most && (settings.retry_for.count() == 0 || s.loop.now() - began < settings.retry_for); };
        {
            Attempt attempt(q, group, pick, destination.host, destination.secure ? pass.tls.get() : nullptr);
            const bool may_decline = others_left();
            const auto failure = co_await attempt.run(fresh, may_decline);
            if (!failure) {
                if (attempt.intercepted()) co_return Unserved{attempt.intercepted(), Reason::none};
                if (attempt.redirected()) co_return Unserved{0, Reason::none, attempt.redirected()};
                if (!attempt.declined()) co_return std::nullopt;
                report_declined(q, group, pick, attempt.declined());
                fresh = false;
            } else {
                const FailedAttempt failed{*failure,   x.head.method, attempt.reused(), attempt.peer_may_have_seen(),
                                           x.answered, q.body.whole,    attempt.response_begun()};
                const auto retry = may_retry(failed, settings.retry_on, others_left());
                std::optional<Unserved> unserved;
                if (retry == Retry::no)
                    unserved = fail(q, *failure);
                else
                    log_failure(q, *failure, true);
                report(q, group, pick, failed, retry);
                if (retry == Retry::no) co_return unserved;
                fresh = retry == Retry::same_peer;
            }
        }
        if (fresh) continue;
        ++tries;
        if (tried.size() == 0) tried = balance::PeerSet(peers);
        tried.insert(pick.peer->index);
    }
}

}  // namespace sluice::proxy
