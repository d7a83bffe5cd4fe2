#include "server/http1.hpp"

#include <cstring>

#include "http/browser.hpp"
#include "http/head_writer.hpp"
#include "http/status.hpp"
#include "net/listen.hpp"
#include "proxy/finish.hpp"
#include "route/escape.hpp"
#include "version.hpp"

namespace sluice::server {

using core::Code;
using core::Failure;
using core::result;
using core::Side;
using core::Stage;
using exchange::Answer;
using exchange::BodyWriter;
using http::BodyKind;
using net::Task;

void Input::replace(std::span<char> bytes, core::BufferPool& buffers) {
    if (bytes.size() > buffer.size()) {
        auto larger = buffers.lend_large();
        std::memcpy(larger.data(), bytes.data(), bytes.size());
        buffer = std::move(larger);
    } else if (!bytes.empty()) {
        std::memmove(buffer.data(), bytes.data(), bytes.size());
    }
    begin = 0;
    end = bytes.size();
}

void Input::grow(core::BufferPool& buffers) {
    auto larger = buffer.size() < core::BufferPool::large ? buffers.lend_large() : buffers.lend_exactly(buffer.size() * 2);
    std::memcpy(larger.data(), buffer.data() + begin, end - begin);
    end -= std::exchange(begin, 0);
    buffer = std::move(larger);
}

Http1Requester::Http1Requester(net::Stream& stream, route::Scope& scope, proxy::Service& service, std::span<char> buffered,
                               bool may_keep_alive)
    : stream_(stream),
      scope_(scope),
      x_(scope.x),
      s_(service),
      reader_({&stream, Side::client, Stage::request_body, scope.settings().client.body_timeout}, scope.x.framing, buffered),
      keep_alive_(may_keep_alive && http::keeps_alive(scope.x.head.minor, scope.x.head.fields)) {}

void Http1Requester::obey(const route::ClientSettings& settings) {
    reader_.wait_at_most(settings.body_timeout);
    const auto& record = x_.record;
    if (settings.keepalive_timeout.count() == 0 || record.number >= settings.keepalive_requests ||
        record.began - record.accepted >= settings.keepalive_time || is_disabled(settings.keepalive_disable))
        keep_alive_ = false;
}

bool Http1Requester::is_disabled(const route::KeepAliveDisable& disable) const {
    const bool asks_msie = disable.msie6 && x_.head.method == http::Method::post;
    if (!asks_msie && !disable.safari) return false;
    const auto* agent = http::find(x_.head.fields, http::FieldId::user_agent);
    if (!agent) return false;
    const auto browser = http::browser_of(agent->value);
    return (asks_msie && browser.msie6) || (disable.safari && browser.safari);
}

net::Address Http1Requester::local_address() const { return net::local_address(stream_.fd()); }

result<void> Http1Requester::count_body() {
    x_.record.body_received = reader_.total();
    if (settings().max_body == 0 || reader_.total() <= settings().max_body) return {};
    return Failure{Code::too_large, Side::client, Stage::request_body, 0};
}

result<std::span<char>> Http1Requester::buffered_body() {
    auto first = reader_.take_buffered();
    if (first)
        if (auto within = count_body(); !within) return within.error();
    return first;
}

Task<result<std::span<char>>> Http1Requester::read_body(std::span<char> room) {
    auto piece = co_await reader_.read(room);
    if (reader_.done() && !reader_.excess().empty()) spill_.assign(reader_.excess().begin(), reader_.excess().end());
    if (piece)
        if (auto within = count_body(); !within) co_return within.error();
    co_return piece;
}

Task<result<void>> Http1Requester::send_continue() {
    if (!x_.expects_continue || reader_.total() > 0 || x_.answered) co_return result<void>{};
    x_.expects_continue = false;
    BodyWriter raw(stream_, false, Side::client, Stage::request_body, settings().send_timeout);
    auto n = co_await raw.write("HTTP/1.1 100 Continue\r\n\r\n", {}, true, nullptr);
    if (!n) co_return n.error();
    x_.record.bytes_sent += *n;
    co_return result<void>{};
}

Task<result<void>> Http1Requester::send_interim(int status, std::string_view reason, const http::Fields& fields) {
    if (x_.head.minor == 0) co_return result<void>{};  // RFC 9110 15.2: never to HTTP/1.0
    auto buffer = s_.loop.buffers().lend_for(http::written_size(fields) + reason.size() + 64);
    http::HeadWriter out(buffer.data());
    out.add("HTTP/1.1 ");
    out.number(static_cast<std::uint64_t>(status));
    out.add(" ");
    out.add(reason);
    out.add("\r\n");
    for (const auto& f : fields) out.field(f);
    out.add("\r\n");
    BodyWriter raw(stream_, false, Side::client, Stage::response_head, settings().send_timeout);
    auto n = co_await raw.write(out.written(), {}, true, nullptr);
    if (!n) co_return n.error();
    x_.record.bytes_sent += *n;
    co_return result<void>{};
}

std::string_view server_name(route::Scope& scope) {
    static const std::string with_version = std::string("sluice/") + version;
    using route::ServerTokens;
    switch (scope.settings().server_tokens) {
        case ServerTokens::off: return "sluice";
        case ServerTokens::text: return route::escape(scope.evaluate(scope.settings().server_tokens_text), route::Escape::line, scope.arena);
        default: return with_version;
    }
}

namespace {

bool writes_access_log(const route::Scope& scope) {
    const auto& logs = scope.settings().access_logs;
    return logs && !logs->empty();
}

}  // namespace

std::string_view Http1Requester::write_head(const Answer& answer, std::string_view server, char* out, bool chunked) {
    using http::FieldId;
    http::HeadWriter w(out);
    w.add("HTTP/1.1 ");
    w.number(static_cast<std::uint64_t>(answer.status));
    w.add(" ");
    w.add(answer.reason.empty() ? http::status_phrase(answer.status) : answer.reason);
    w.add("\r\n");
    if (answer.status == 101) {
        w.add("Upgrade: websocket\r\nConnection: upgrade\r\n");
    } else {
        if (!server.empty()) w.field("Server", server);
        if (!answer.has_date) w.field("Date", s_.logs.dates().http(s_.loop.wall().seconds()));
        if (chunked) {
            w.add("Transfer-Encoding: chunked\r\n");
        } else if (answer.has_length) {
            w.add("Content-Length: ");
            w.number(answer.length);
            w.add("\r\n");
        }
        w.add(keep_alive_ ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
        if (keep_alive_ && settings().keepalive_header) {
            w.add("Keep-Alive: timeout=");
            w.number(static_cast<std::uint64_t>(settings().keepalive_header));
            w.add("\r\n");
        }
    }
    for (const auto& f : *answer.fields) w.field(f);
    if (!proxy_status_.empty()) w.field("Proxy-Status", proxy_status_);
    w.add("\r\n");
    return w.written();
}

/// In place of a head that has no room: the client must not wait for it, nor take the next answer for this one.
Task<result<void>> Http1Requester::send_too_large() {
    keep_alive_ = false;
    x_.record.status = 500;
    x_.record.keeps_alive = false;
    BodyWriter raw(stream_, false, Side::client, Stage::response_head, settings().send_timeout);
    auto n = co_await raw.write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", {}, true, nullptr);
    if (!n) co_return n.error();
    x_.record.bytes_sent += *n;
    co_return Failure{Code::too_large, Side::self, Stage::response_head, 0};
}

Task<result<void>> Http1Requester::send_head(const Answer& answer, std::span<const char> body, bool last) {
    const bool open_ended = answer.kind == BodyKind::chunked || answer.kind == BodyKind::until_close;
    const bool may_chunk = x_.head.minor >= 1 && scope_.settings().chunked;
    trails_ = answer.trails && may_chunk && answer.kind != BodyKind::none && x_.head.method != http::Method::head;
    const bool chunked = chunked_ = (open_ended || trails_) && may_chunk;
    raw_until_close_ = open_ended && !chunked;
    // The rest of a request that is still on its way would be read as the next one.
    if (raw_until_close_ || !reader_.done() || s_.draining) keep_alive_ = false;
    scope_.keep_sent_fields(*answer.fields);
    x_.answered = true;
    auto& record = x_.record;
    record.status = answer.status;
    record.answer_chunked = chunked;
    record.answer_length = !chunked && answer.has_length ? std::optional(answer.length) : std::nullopt;
    record.keeps_alive = keep_alive_;
    writer_.start(stream_, chunked, Side::client, Stage::response_body, settings().send_timeout);
    // With an access log the connection stays open a moment longer, until the line is written.
    if (!keep_alive_ && answer.status != 101 && !writes_access_log(scope_)) writer_.ends_stream();

    append_proxy_status();
    const auto server = answer.has_server ? std::string_view() : server_name(scope_);
    const auto size = http::written_size(*answer.fields) + answer.reason.size() + server.size() + proxy_status_.size() + 320;
    if (size > http::most_written) co_return co_await send_too_large();
    auto buffer = s_.loop.buffers().lend_for(size);
    auto head = write_head(answer, server, buffer.data(), chunked);
    if (settings().limits_rate || scope_.limit_rate) {
        read_rate();
        if (rate_ != 0) co_return sent(co_await write_slowly(head, body, last, last ? last_fields(nullptr) : nullptr), body.size(), last);
    }
    auto rest = body;
    if (!chunked && !body.empty() && body.size() <= buffer.size() - head.size()) {
        // Copying a small body behind its head costs less than a second part in the system call.
        std::memcpy(buffer.data() + head.size(), body.data(), body.size());
        head = {head.data(), head.size() + body.size()};
        rest = {};
    }
    auto n = co_await writer_.write(head, rest, last, last ? last_fields(nullptr) : nullptr, answer.file_follows && !chunked);
    co_return sent(n, body.size(), last);
}

Task<result<void>> Http1Requester::send_body(std::span<const char> body, bool last, const http::Fields* trailers) {
    const auto* end = last ? last_fields(trailers) : nullptr;
    if (rate_ != 0) co_return sent(co_await write_slowly("", body, last, end), body.size(), last);
    auto n = co_await writer_.write("", body, last, end);
    co_return sent(n, body.size(), last);
}

const http::Fields* Http1Requester::last_fields(const http::Fields* from_peer) {
    if (!trails_) return from_peer;
    trailers_ = from_peer ? *from_peer : http::Fields();
    proxy::add_trailers(scope_, x_.record.status, *trailers_);
    scope_.keep_sent_trailers(*trailers_);
    return &*trailers_;
}

result<void> Http1Requester::sent(result<std::size_t> n, std::size_t payload, bool last) {
    if (!n) return n.error();
    x_.record.bytes_sent += *n;
    x_.record.body_sent += payload;
    if (!last) return {};
    x_.record.last_byte = s_.loop.now();
    x_.record.complete = true;
    return {};
}

void Http1Requester::cut() {
    cut_ = true;
    // To an HTTP/1.0 client a plain close would say that the body is complete.
    if (raw_until_close_) stream_.close_with_reset();
}

net::Stream* Http1Requester::tunnel() {
    tunnel_ = true;
    keep_alive_ = false;
    return &stream_;
}

}  // namespace sluice::server
