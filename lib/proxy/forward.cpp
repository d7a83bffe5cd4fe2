#include "proxy/forward.hpp"

#include <cstring>

#include "http/status.hpp"
#include "proxy/attempt.hpp"
#include "proxy/retry.hpp"

namespace sluice::proxy {

using core::Failure;
using core::Side;
using exchange::Exchange;
using exchange::Reason;
using net::Task;

namespace {

void make_id(Service& s, Exchange& x) {
    if (!(x.record.id[0] | x.record.id[1])) x.record.id = {s.rng.next(), s.rng.next()};
}

/// "peer refused the connection (connect): Connection refused after 2 ms, attempt 2"
std::string describe(Service& s, const Exchange& x, const Failure& f) {
    std::string text(row(exchange::reason_of(f)).words);
    ((text += " (") += exchange::name_of(f.stage)) += ')';
    if (f.os_error) (text += ": ") += std::strerror(f.os_error);
    if (const auto* a = x.record.last_attempt(); a && f.side == Side::peer)
        (text += " after ") += std::to_string((s.loop.now() - a->picked).count() / 1000) + " ms";
    if (x.record.attempts.size() > 1) (text += ", attempt ") += std::to_string(x.record.attempts.size());
    return text;
}

void log_failure(Service& s, Exchange& x, const Failure& f, bool retried) {
    const auto level = retried ? exchange::Level::warn : row(exchange::reason_of(f)).level;
    if (level < observe::Logs::threshold) return;
    std::string text = describe(s, x, f);
    if (retried) text += ", trying again";
    s.logs.error(level, text, x);
}

void log_down(Service& s, const upstream::Peer& peer) {
    s.logs.error(exchange::Level::warn, "peer " + peer.name + " is down for " + std::to_string(peer.rule.fail_timeout.count() / 1'000'000) +
                                            " s after " + std::to_string(peer.rule.max_fails) + " failure(s)");
}

}  // namespace

Task<void> answer_error(Service& s, Exchange& x, Reason reason, std::string_view detail) {
    make_id(s, x);
    const auto& r = row(reason);
    x.record.reason = reason;
    const auto phrase = http::status_phrase(r.status);
    std::string body = std::to_string(r.status);
    ((body += ' ') += phrase) += "\nreason: ";
    body += r.name;
    if (!detail.empty()) ((body += " (") += detail) += ')';
    body += "\nrequest id: ";
    observe::append_id(body, x.record.id);
    body += '\n';
    http::Fields fields;
    fields.push_back({"Content-Type", "text/plain", http::FieldId::content_type});
    const bool head = x.head.method == http::Method::head;
    exchange::Answer answer{r.status, phrase, &fields, http::BodyKind::length, body.size(), true};
    const std::span<const char> bytes(body.data(), head ? 0 : body.size());
    [[maybe_unused]] auto sent = co_await x.requester->send_head(answer, bytes, true);
}

namespace {

/// What an attempt tells of its peer. A trial on a stale connection goes on with the next attempt.
void report(Service& s, const upstream::GroupAtWorker::Pick& pick, const FailedAttempt& failed, Retry retry) {
    if (retry == Retry::same_peer) return;
    if (!marks_peer(failed)) return s.group.report_nothing(pick);
    if (s.group.report_failure(pick, s.loop.now())) log_down(s, *pick.peer);
}

/// The end of an exchange that cannot be repeated: an answer, if there is somebody to take one.
Task<void> fail(Service& s, Exchange& x, Failure failure) {
    make_id(s, x);
    log_failure(s, x, failure, false);
    x.record.reason = exchange::reason_of(failure);
    const bool client_is_there = failure.side != Side::client || failure.code == core::Code::malformed || failure.code == core::Code::too_large;
    if (!x.answered && client_is_there) co_return co_await answer_error(s, x, x.record.reason);
    if (!x.answered) x.record.status = row(x.record.reason).status;
    x.requester->cut();
}

}  // namespace

Task<void> forward(Service& s, Exchange& x) {
    ReplayBody body;
    const auto buffered = x.requester->buffered_body();
    if (!buffered) co_return co_await fail(s, x, buffered.error());
    body.initial = *buffered;
    balance::PeerSet tried;
    const auto peers = s.group.group().peers().size();
    const bool repeatable = http::is_idempotent(x.head.method);
    upstream::GroupAtWorker::Pick pick;
    bool fresh = false;
    for (std::size_t tries = 1;;) {
        if (!fresh) {
            auto picked = s.group.pick(tried, repeatable && peers > 1, s.loop.now());
            if (!picked) {
                // After real attempts the last of their failures says more than that nobody is left.
                const auto* last = x.record.last_attempt();
                const auto reason = last ? last->reason : exchange::reason_of(picked.error());
                make_id(s, x);
                log_failure(s, x, picked.error(), false);
                co_return co_await answer_error(s, x, reason);
            }
            pick = *picked;
        }
        Retry retry;
        std::optional<Failure> failure;
        {
            Attempt attempt(s, x, body, pick);
            failure = co_await attempt.run(fresh);
            if (!failure) co_return;
            const FailedAttempt failed{*failure,   x.head.method, attempt.reused(), attempt.peer_may_have_seen(),
                                       x.answered, body.whole,    attempt.response_begun()};
            retry = may_retry(failed, tries < peers);
            report(s, pick, failed, retry);
        }
        if (retry == Retry::no) co_return co_await fail(s, x, *failure);
        log_failure(s, x, *failure, true);
        fresh = retry == Retry::same_peer;
        if (fresh) continue;
        ++tries;
        if (tried.size() == 0) tried = balance::PeerSet(peers);
        tried.insert(pick.peer->index);
    }
}

}  // namespace sluice::proxy
