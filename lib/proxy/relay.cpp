// The answer's way from the peer to the client: at the client's pace as long as it keeps up; proxy/read_ahead takes over
// otherwise.
#include "config/values.hpp"
#include "core/text.hpp"
#include "proxy/attempt.hpp"
#include "proxy/directions.hpp"
#include "proxy/finish.hpp"

namespace sluice::proxy {

using core::BufferPool;
using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using exchange::BodyReader;
using net::Task;

namespace {
/// So many reads in a row have to fill a buffer before a larger one is worth its memory.
constexpr int reads_to_grow = 2;
}  // namespace

/// What the client will get of it, before anything is changed.
exchange::Answer Attempt::answer_of_peer(const http::Framing& framing) {
    exchange::Answer answer{response_.status, response_.reason, &response_.fields, framing.kind, framing.length, false};
    // What a HEAD would have had, or a 304 stands for; a 204 has none (RFC 9110 8.6).
    if (const auto* length = http::find(response_.fields, http::FieldId::content_length); length && response_.status != 204) {
        const auto bytes = core::parse_number<std::uint64_t>(length->value);
        answer.has_length = bytes.has_value();
        answer.length = bytes.value_or(0);
    }
    return answer;
}

Task<Attempt::Outcome> Attempt::relay() {
    const auto framing = http::frame_response(response_, asked_with_);
    if (framing.error) co_return malformed_head(framing.error);
    if (http::too_many_connection_options(response_.fields)) co_return malformed_head("too many options in Connection");
    keeps_alive_ = http::keeps_alive(response_.minor, response_.fields) && framing.kind != http::BodyKind::until_close;

    BodyReader reader({&connection_->stream, Side::peer, Stage::response_body, settings().read_timeout}, framing,
                      buffer_.span().subspan(head_size_, have_ - head_size_));
    auto first = reader.take_buffered();
    if (!first) co_return first.error();

    auto answer = answer_of_peer(framing);
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

/// How much is read at once: a whole buffer, which costs least, as long as few of them are in use; then no more than what
/// proxy_buffers allow one answer.
std::size_t Attempt::piece_size() const {
    constexpr std::size_t least = 16 * 1024;
    if (!s_.loop.buffers().is_short()) return buffer_.size();
    return std::min<std::size_t>(buffer_.size(), std::max<std::uint64_t>(settings().buffers.memory(), least));
}

/// For a body that comes faster than it is read: fewer system calls for each byte of it (DESIGN.md 43).
void Attempt::take_larger_buffer() {
    if (buffer_.size() < BufferPool::bulk && s_.loop.buffers().has_bulk()) buffer_ = s_.loop.buffers().lend_bulk();
}

/// How much of a buffer may be read now.
std::size_t Attempt::paced(std::size_t room, std::uint64_t read) const {
    constexpr std::size_t least = 1024;  // that a reader wants
    return pace_.is_limited() ? std::max(least, std::min(room, pace_.room(s_.loop.now(), read))) : room;
}

Task<Attempt::Outcome> Attempt::relay_rest(BodyReader& reader) {
    pace_ = pace();
    int full_reads = have_ == buffer_.size() ? 1 : 0;  // in a row
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
        if (full_reads >= reads_to_grow) take_larger_buffer();
        auto piece = co_await reader.read(buffer_.span().first(paced(piece_size(), reader.total())));
        if (!piece && piece.error().code == Code::timed_out && uploading_.running()) continue;  // it waits for the rest
        if (!piece) co_return piece.error();
        note_received(reader);
        full_reads = piece->size() == buffer_.size() ? full_reads + 1 : 0;
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

}  // namespace sluice::proxy
