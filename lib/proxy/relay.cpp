// The answer's way from the peer to the client: at the client's pace as long as it keeps up, ahead of it otherwise.
#include "config/values.hpp"
#include "core/text.hpp"
#include "proxy/attempt.hpp"
#include "proxy/backlog.hpp"
#include "proxy/directions.hpp"
#include "proxy/finish.hpp"

namespace sluice::proxy {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using exchange::BodyReader;
using net::Task;

namespace {

/// How long, in all, the peer of one answer waits for the client before it is read ahead. A fast client makes it wait for
/// moments, and what passes through one buffer costs least.
constexpr core::Duration hurry = std::chrono::milliseconds(100);

/// co_await -> bool: the child has ended, within that time.
class JoinWithin final : public core::Timer {
  public:
    JoinWithin(net::Child& child, net::Loop& loop, core::Duration within) : child_(child), loop_(loop), within_(within) {}
    bool await_ready() const noexcept { return !child_.running(); }
    void await_suspend(std::coroutine_handle<> h) {
        waiting_ = h;
        child_.join().await_suspend(h);
        loop_.wheel().arm(*this, loop_.now() + within_);
    }
    bool await_resume() {
        core::Wheel::disarm(*this);
        return !child_.running();
    }
    void on_expiry() override {
        child_.join().await_suspend({});
        waiting_.resume();
    }

  private:
    net::Child& child_;
    net::Loop& loop_;
    core::Duration within_;
    std::coroutine_handle<> waiting_;
};

}  // namespace

Task<Attempt::Outcome> Attempt::relay() {
    const auto framing = http::frame_response(response_, asked_with_);
    if (framing.error || http::too_many_connection_options(response_.fields))
        co_return peer_failure(Code::malformed, Stage::response_head);
    keeps_alive_ = http::keeps_alive(response_.minor, response_.fields) && framing.kind != http::BodyKind::until_close;

    BodyReader reader({&connection_->stream, Side::peer, Stage::response_body, settings().read_timeout}, framing,
                      buffer_.span().subspan(head_size_, have_ - head_size_));
    auto first = reader.take_buffered();
    if (!first) co_return first.error();

    exchange::Answer answer{response_.status, response_.reason, &response_.fields, framing.kind, framing.length, false};
    // What a HEAD would have had, or a 304 stands for; a 204 has none (RFC 9110 8.6).
    if (const auto* length = http::find(response_.fields, http::FieldId::content_length); length && response_.status != 204) {
        const auto bytes = core::parse_number<std::uint64_t>(length->value);
        answer.has_length = bytes.has_value();
        answer.length = bytes.value_or(0);
    }
    announced_body_ = answer.length > 0 || response_.fields.may_have(http::FieldId::transfer_encoding);
    drop_repeated(response_.fields);
    q_.scope.keep_peer_fields(response_.fields);
    if (!heed_directions()) {
        stop_upload();
        co_return std::nullopt;
    }
    // With proxy_method what the peer sends need not be what the client waits for.
    const bool body_is_wanted = x_.head.method != http::Method::head;
    const bool whole = reader.done() || !body_is_wanted;
    // What is here as a whole needs no buffers.
    read_ahead_ = !whole && buffering_;
    edit_fields();
    answer.has_server = http::find(response_.fields, http::FieldId::server);
    answer.has_date = http::find(response_.fields, http::FieldId::date);
    finish_answer(q_.scope, answer);
    note_.received = first->size();
    if (!body_is_wanted) {
        answer.kind = http::BodyKind::none;
        first = std::span<char>{};
    }
    if (whole) {
        note_.ended = s_.loop.now();
        stop_upload();
        give_peer_back(reader.done() && may_reuse(reader));
    }
    if (read_ahead_) {
        sending_.start(begin_sending(answer, *first));
        co_return co_await relay_rest(reader);
    }
    const bool trailed = whole && body_is_wanted && !reader.trailers().empty();
    auto sent = co_await x_.requester->send_head(answer, *first, whole && !trailed);
    if (sent && trailed) sent = co_await x_.requester->send_body({}, true, &reader.trailers());
    if (!sent) co_return sent.error();
    // The client waits for a body that a HEAD does not bring.
    if (body_is_wanted && asked_with_ == http::Method::head && answer.length > 0) x_.requester->cut();
    if (whole) co_return std::nullopt;
    co_return co_await relay_rest(reader);
}

Pace Attempt::pace() {
    if (!settings().has_limit_rate) return {0, s_.loop.now()};
    const auto rate = config::parse_size(q_.scope.evaluate(settings().limit_rate));
    return {rate.ok() ? static_cast<std::uint64_t>(rate.value) : 0, s_.loop.now()};
}

Task<void> Attempt::wait_for_room(std::uint64_t read) {
    while (!abandoned_ && pace_.room(s_.loop.now(), read) == 0) {
        net::Sleep sleep(s_.loop, pace_.wait(s_.loop.now(), read));
        pause_ = &sleep;
        co_await sleep;
        pause_ = nullptr;
    }
}

/// How much of a buffer may be read now.
std::size_t Attempt::paced(std::size_t room, std::uint64_t read) const {
    constexpr std::size_t least = 1024;  // that a reader wants
    return pace_.is_limited() ? std::max(least, std::min(room, pace_.room(s_.loop.now(), read))) : room;
}

Task<Attempt::Outcome> Attempt::relay_rest(BodyReader& reader) {
    pace_ = pace();
    for (;;) {
        if (sending_.running() && reader.done()) co_await sending_.join();
        if (sending_.running()) {
            const bool in_time = co_await sent_in_time();
            if (!in_time) co_return co_await relay_behind(reader);
        }
        if (sending_failed_) co_return *sending_failed_;
        if (reader.done()) co_return std::nullopt;
        if (pace_.is_limited()) co_await wait_for_room(reader.total());
        if (abandoned_) co_return *abandoned_;
        auto piece = co_await reader.read(buffer_.span().first(paced(buffer_.size(), reader.total())));
        if (!piece && piece.error().code == Code::timed_out && uploading_.running()) continue;  // it waits for the rest
        if (!piece) co_return piece.error();
        note_received(reader);
        if (read_ahead_) {
            sending_.start(go_on_sending(*piece, reader));
            continue;
        }
        auto sent = co_await x_.requester->send_body(*piece, reader.done(), &reader.trailers());
        if (!sent) co_return sent.error();
    }
}

/// After each read. With the last byte the peer is through, however long the client takes.
void Attempt::note_received(const BodyReader& reader) {
    note_.bytes_received += reader.total() - note_.received;
    note_.received = reader.total();
    if (!reader.done()) return;
    note_.ended = s_.loop.now();
    stop_upload();
    give_peer_back(may_reuse(reader));
}

/// Waits for sending_, with what patience is left. False: there is none, and it still waits.
Task<bool> Attempt::sent_in_time() {
    const auto began = s_.loop.now();
    if (waited_ >= hurry) co_return false;
    const bool in_time = co_await JoinWithin(sending_, s_.loop, hurry - waited_);
    waited_ += s_.loop.now() - began;
    co_return in_time;
}

/// While sending_ still has the buffer that the peer's bytes came into.
Task<Attempt::Outcome> Attempt::relay_behind(BodyReader& reader) {
    Backlog backlog(q_, buffer_.size());
    behind_ = &backlog;
    behind_reader_ = &reader;
    Outcome failure;
    while (!failure && !reader.done() && !backlog.is_given_up()) {
        failure = co_await read_one_ahead(reader, backlog);
    }
    backlog.end(!failure && reader.done());
    co_await sending_.join();
    behind_ = nullptr;
    co_return sending_failed_ ? sending_failed_ : failure;
}

/// One step: one wait, or one read.
Task<Attempt::Outcome> Attempt::read_one_ahead(BodyReader& reader, Backlog& backlog) {
    if (pace_.is_limited()) co_await wait_for_room(reader.total());
    if (abandoned_) co_return *abandoned_;
    const auto room = backlog.room_for();
    if (room < Backlog::least) {
        co_await backlog.room();
        co_return std::nullopt;
    }
    // While waiting for the peer no buffer is held.
    if (auto ready = co_await connection_->stream.readable(settings().read_timeout); !ready) {
        if (backlog.is_given_up() || (ready.error().code == Code::timed_out && uploading_.running())) co_return std::nullopt;
        co_return net::at(ready.error(), Side::peer, Stage::response_body);
    }
    if (backlog.is_given_up()) co_return std::nullopt;
    const auto buffer = s_.loop.buffers().lend_large();
    auto piece = co_await reader.read(buffer.span().first(std::min(room, paced(room, reader.total()))));
    if (backlog.is_given_up()) co_return std::nullopt;
    if (!piece && piece.error().code == Code::timed_out && uploading_.running()) co_return std::nullopt;
    if (!piece) co_return piece.error();
    note_received(reader);
    co_await backlog.put(*piece);
    co_return std::nullopt;
}

Task<void> Attempt::begin_sending(const exchange::Answer& answer, std::span<const char> first) {
    const auto sent = co_await x_.requester->send_head(answer, first, false);
    if (!sent || behind_) co_await send_backlog(sent);
}

Task<void> Attempt::go_on_sending(std::span<const char> piece, const BodyReader& reader) {
    const bool last = reader.done();
    const auto sent = co_await x_.requester->send_body(piece, last, &reader.trailers());
    if (!sent || (behind_ && !last)) co_await send_backlog(sent);
}

/// The end of a write that had to wait, and all that has come meanwhile.
Task<void> Attempt::send_backlog(core::result<void> sent) {
    bool last = false;
    if (behind_) {
        buffer_.release();
        behind_->sent_busy();
    }
    while (sent && behind_ && !last) {
        auto piece = co_await behind_->next();
        if (piece && x_.requester->is_aborted()) piece = Failure{Code::cancelled, Side::client, Stage::response_body, 0};
        if (!piece) {
            sent = piece.error();
            break;
        }
        if (piece->bytes.empty() && !piece->last) break;
        last = piece->last;
        sent = co_await x_.requester->send_body(piece->bytes, last, &behind_reader_->trailers());
    }
    if (sent) co_return;
    sending_failed_ = sent.error();
    if (!behind_) co_return;
    behind_->give_up();
    // Who reads for nobody need not wait for more.
    if (connection_ && connection_->stream.has_reader()) connection_->stream.cancel_read(Code::cancelled);
}

}  // namespace sluice::proxy
