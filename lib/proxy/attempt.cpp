#include "proxy/attempt.hpp"

#include <cstring>

#include "config/values.hpp"
#include "core/text.hpp"
#include "http/head_writer.hpp"
#include "proxy/directions.hpp"
#include "proxy/finish.hpp"
#include "proxy/local_end.hpp"
#include "proxy/retry.hpp"
#include "proxy/tunnel.hpp"

namespace sluice::proxy {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using exchange::BodyReader;
using exchange::BodyWriter;
using net::Task;

namespace {
// proxy_buffer_size is what counts.
constexpr http::HeadLimits response_limits{http::most_written, http::most_written, 1000};
constexpr int max_interim = 32;  // a peer that sends more 1xx than this is broken
}  // namespace

Attempt::Attempt(Serving& serving, upstream::GroupAtWorker& group, upstream::GroupAtWorker::Pick pick, std::string_view host, const tls::ClientContexts* tls)
    : q_(serving),
      s_(serving.s),
      x_(serving.x),
      group_(group),
      host_(host),
      tls_(tls),
      body_(serving.body),
      pick_(pick),
      note_(serving.x.record.begin_attempt(pick.peer->name, serving.s.loop.now())) {
    note_.secure = tls_ != nullptr;
    group_.group().load(pick_.peer->index).active.fetch_add(1, std::memory_order_relaxed);
}

Attempt::~Attempt() { give_peer_back(false); }

/// Before the client has the last byte: its next request must find the counters down and the connection free.
void Attempt::give_peer_back(bool reusable) {
    if (counted_) group_.group().load(pick_.peer->index).active.fetch_sub(1, std::memory_order_relaxed);
    counted_ = false;
    if (reusable) s_.pool.put_back(*pick_.peer, group_.group().keep(), std::move(connection_));
    connection_.reset();
}

void Attempt::abandon(Failure why) {
    if (!abandoned_) abandoned_ = why;
    // Whoever waits goes on at once, and may be through with this attempt when the call returns: nothing may follow it.
    if (connecting_.is_waiting()) return connecting_.cancel();
    if (pause_) return pause_->wake();
    if (!connection_) return;
    if (connection_->stream.has_reader()) return connection_->stream.cancel_read(Code::cancelled);
    // send_request() may wait; an upload() is ended by run(), which waits to be the last.
    if (!uploading_.running()) return connection_->stream.cancel_write(Code::cancelled);
}

void Attempt::finish() {
    if (settings().ignore_client_abort && !x_.requester->is_aborted()) return x_.requester->on_break(this);
    abandon({Code::reset, Side::client, Stage::response_head, 0});
}

Task<Attempt::Outcome> Attempt::run(bool fresh, bool others_left) {
    others_left_ = others_left;
    x_.requester->on_break(this);
    if (settings().binding) how_ = local_end(q_);
    how_.keepalive = settings().socket_keepalive;
    q_.tls_problem.clear();
    if (tls_) choose_tls_name();
    Outcome failure;
    if (tls_ && !choose_tls_pair()) failure = Failure{Code::bad_certificate, Side::self, Stage::handshake, 0};
    if (!failure && (fresh || !take_kept())) failure = co_await connect();
    if (!failure && tls_ && !reused_) failure = co_await secure();
    if (!failure) failure = co_await send_request();
    if (!failure) failure = co_await receive();
    x_.requester->on_break(nullptr);
    if (uploading_.running()) {
        stop_upload();
        co_await uploading_.join();
    }
    note_.ended = s_.loop.now();
    if (failure && failure->code == Code::bad_tls && q_.tls_problem.empty() && connection_ && connection_->stream.tls())
        q_.tls_problem = connection_->stream.tls()->problem();
    if (failure) failure = explain(*failure);
    if (failure) note_.reason = exchange::reason_of(*failure);
    co_return failure;
}

bool Attempt::take_kept() {
    const bool repeatable = http::is_idempotent(x_.head.method);
    connection_ = s_.pool.take_idle(*pick_.peer, !repeatable, how_);
    if (!connection_) return false;
    reused_ = note_.reused = true;
    note_.connected = s_.loop.now();
    return true;
}

Task<Attempt::Outcome> Attempt::connect() {
    auto connected = co_await s_.pool.connect(*pick_.peer, settings().connect_timeout, connecting_, how_);
    if (!connected) co_return connected.error();
    connection_ = std::move(*connected);
    note_.connected = s_.loop.now();
    co_return std::nullopt;
}

Task<Attempt::Outcome> Attempt::send_request() {
    std::optional<std::string_view> own_body;
    if (settings().has_body) own_body = q_.scope.evaluate(settings().body);
    auto head = write_request_head(q_.scope, q_.scope.peer_uri, host_, own_body, s_.loop.buffers());
    asked_with_ = head.method;
    asked_to_close_ = head.closes;
    if (head.bytes.empty()) co_return Failure{Code::too_large, Side::self, Stage::send, 0};
    const bool passes = settings().pass_body && !own_body;
    const auto payload = own_body ? std::span<const char>(*own_body) : passes ? body_.held : std::span<char>{};
    BodyWriter writer(connection_->stream, passes && x_.framing.kind == http::BodyKind::chunked, Side::peer, Stage::send, settings().send_timeout);
    upload_whole_ = !passes || (x_.requester->body_done() && !body_.file && body_.kept_size == 0);
    x_.body_is_taken = true;
    auto sent = co_await writer.write(head.bytes, payload, upload_whole_, &x_.requester->trailers());
    note_.sent = s_.loop.now();
    note_.bytes_sent = writer.written();
    if (!sent) {
        sent_ = writer.written() > 0;
        co_return sent.error();
    }
    sent_ = true;
    moved_ = s_.loop.now();
    if (upload_whole_) co_return std::nullopt;
    if (auto asked = co_await x_.requester->send_continue(); !asked) co_return asked.error();
    uploading_.start(upload());
    co_return std::nullopt;
}

Task<Attempt::Outcome> Attempt::receive() {
    for (int interim = 0;; ++interim) {
        if (auto failure = co_await read_head()) co_return failure;
        if (response_.status >= 200) break;
        if (response_.status == 101) co_return co_await open_tunnel();
        if (interim == max_interim) co_return malformed_head("too many 1xx answers");
        if (auto failure = co_await take_interim()) co_return failure;
    }
    note_.first_byte = s_.loop.now();
    note_.status = response_.status;
    if (others_left_ && declines(response_.status, x_.head.method, body_.whole, settings().retry_on)) {
        declined_ = response_.status;
        q_.scope.keep_peer_fields(response_.fields);
        stop_upload();
        co_return std::nullopt;
    }
    report_success();
    co_return co_await relay();
}

void Attempt::report_success() {
    if (group_.report_success(pick_)) log_error(q_, exchange::Level::notice, "peer " + pick_.peer->name + " is up again");
}

/// How long the peer may keep silent from now on. It owes nothing before it has the whole request, for which upload() has
/// deadlines of its own.
core::Duration Attempt::patience() const {
    if (uploading_.running()) return settings().read_timeout;
    return settings().read_timeout - (s_.loop.now() - moved_);
}

/// For a head that proxy_buffer_size allows, and that is larger than what a buffer usually holds.
void Attempt::grow_buffer() {
    auto larger = s_.loop.buffers().lend_exactly(2 * buffer_.size());
    std::memcpy(larger.data(), buffer_.data(), have_);
    buffer_ = std::move(larger);
}

/// Leaves the head in response_, its bytes and what follows in buffer_.
Task<Attempt::Outcome> Attempt::read_head() {
    std::size_t seen = 0;
    for (;;) {
        if (have_ > 0) {
            const auto parsed = http::parse_response_head({buffer_.data(), have_}, seen, response_limits, response_);
            if (parsed.state == http::HeadState::failed) co_return malformed_head(parsed.why);
            const auto size = parsed.state == http::HeadState::complete ? parsed.size : have_;
            if (size > settings().buffers.head) co_return peer_failure(Code::too_large, Stage::response_head);
            if (parsed.state == http::HeadState::complete) {
                head_size_ = parsed.size;
                co_return std::nullopt;
            }
            seen = have_;
        }
        // What ended the upload may have come before anybody waited here to be told.
        if (abandoned_) co_return *abandoned_;
        // While waiting no buffer is held: a slow peer costs no memory.
        auto ready = co_await connection_->stream.readable(patience());
        if (!ready && ready.error().code == Code::timed_out && patience() > core::Duration{0}) continue;
        if (!ready) co_return net::at(ready.error(), Side::peer, Stage::response_head);
        if (abandoned_) co_return *abandoned_;
        if (!buffer_) buffer_ = s_.loop.buffers().lend_large();
        if (have_ == buffer_.size()) grow_buffer();
        auto n = connection_->stream.read_now(buffer_.span().subspan(have_, std::max(piece_size(), have_ + 1) - have_));
        if (!n) {
            if (net::Stream::would_block(n.error())) continue;
            co_return net::at(n.error(), Side::peer, Stage::response_head);
        }
        if (*n == 0) co_return peer_failure(Code::end_of_stream, Stage::response_head);
        response_begun_ = true;
        moved_ = s_.loop.now();
        have_ += *n;
        note_.bytes_received += *n;
    }
}

/// 100 is for us, who asked for nothing and told the client ourselves; others are for the client (RFC 9110 15.2).
Task<Attempt::Outcome> Attempt::take_interim() {
    if (response_.status != 100) {
        keep_end_to_end(response_.fields, settings());
        auto sent = co_await x_.requester->send_interim(response_.status, response_.reason, response_.fields);
        if (!sent) co_return sent.error();
    }
    std::memmove(buffer_.data(), buffer_.data() + head_size_, have_ - head_size_);
    have_ -= head_size_;
    co_return std::nullopt;
}

bool Attempt::may_reuse(const BodyReader& reader) const {
    // Backends that wrongly send a body to a HEAD do so in a segment of its own: it would be read as the next answer.
    if (asked_with_ == http::Method::head && announced_body_) return false;
    return keeps_alive_ && !asked_to_close_ && upload_whole_ && !uploading_.running() && !abandoned_ && reader.excess().empty() &&
           !connection_->stream.ending();
}

Task<Attempt::Outcome> Attempt::open_tunnel() {
    note_.first_byte = s_.loop.now();
    note_.status = 101;
    if (!offers_websocket(x_)) co_return malformed_head("101, and it was not asked for a WebSocket");
    if (!agrees_to_websocket(response_)) co_return malformed_head("101 without \"Upgrade: websocket\" and \"Connection: upgrade\"");
    report_success();
    drop_repeated(response_.fields);
    edit_fields();
    exchange::Answer answer{101, response_.reason, &response_.fields, http::BodyKind::none, 0, false};
    finish_answer(q_.scope, answer);
    if (auto sent = co_await x_.requester->send_head(answer, {}, true); !sent) co_return sent.error();
    x_.requester->on_break(nullptr);
    Tunnel tunnel{s_.loop, *x_.requester->tunnel(), connection_->stream,
                  settings().tunnel_timeout.count() ? settings().tunnel_timeout : settings().read_timeout};
    co_await tunnel.run(x_.requester->buffered_tunnel(), buffer_.span().subspan(head_size_, have_ - head_size_));
    x_.record.body_received += tunnel.to_peer();
    x_.record.body_sent += tunnel.to_client();
    x_.record.bytes_sent += tunnel.to_client();
    note_.received = tunnel.to_client();
    x_.record.last_byte = s_.loop.now();
    co_return std::nullopt;
}

}  // namespace sluice::proxy
