// An answer that is read ahead of a slow client: two coroutines with a backlog between them.
#include <cstring>

#include "proxy/attempt.hpp"
#include "proxy/backlog.hpp"

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

/// Waits for sending_, with what patience is left. False: there is none, and it still waits.
Task<bool> Attempt::sent_in_time() {
    const auto began = s_.loop.now();
    if (waited_ >= hurry) co_return false;
    const bool in_time = co_await JoinWithin(sending_, s_.loop, hurry - waited_);
    waited_ += s_.loop.now() - began;
    co_return in_time;
}

/// The client is slow: what it has not taken yet goes where it takes no more than its size, for it may stay long.
void Attempt::pack_unsent() {
    const auto unsent = x_.requester->unsent(buffer_.span());
    if (unsent.size() == buffer_.size()) return;
    auto packed = s_.loop.buffers().lend_exactly(std::max<std::size_t>(unsent.size(), 1));
    if (!unsent.empty()) std::memcpy(packed.data(), unsent.data(), unsent.size());
    x_.requester->move_unsent(unsent, packed.data());
    buffer_ = std::move(packed);
}

/// While sending_ still has the buffer that the peer's bytes came into.
Task<Attempt::Outcome> Attempt::relay_behind(BodyReader& reader) {
    pack_unsent();
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
    const auto buffer = s_.loop.buffers().lend_for(room);
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
