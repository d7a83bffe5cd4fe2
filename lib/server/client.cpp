#include "server/client.hpp"

#include <algorithm>

#include "exchange/meaning.hpp"
#include "server/answers.hpp"
#include "server/serve.hpp"
#include "server/worker.hpp"

namespace sluice::server {

using core::Code;
using exchange::Exchange;
using exchange::Reason;
using net::Task;

Client::Client(Worker& worker, const net::Address& address, const ListenAddress& local, std::uint64_t number)
    : worker_(worker), stream_(worker.loop()), address_(address), local_(local), accepted_(worker.loop().now()), number_(number) {}

bool Client::open(int fd) {
    if (!stream_.open(fd, false)) return false;
    park(worker_.first_wait(local_));
    return true;
}

void Client::park(core::Duration within) {
    parked_ = true;
    // A read that filled its room exactly, as the last of a body does, says nothing of what is left: a connection with
    // nothing to read must not wake up for it and wait with a buffer in its hands.
    if (stream_.input_pending()) stream_.quiet();
    stream_.await_readable(*this, within);
}

void Client::finish() {
    parked_ = false;
    if (gone_) return worker_.retire(*this);
    serve();
}

bool Client::close_if_quiet() {
    if (!parked_ || !stream_.quiet()) return false;
    stream_.forget_reader();
    worker_.retire(*this);
    return true;
}

void Client::abort() {
    aborted_ = true;
    stream_.abort();
}

net::Detached Client::serve() {
    Input in;
    in.buffer = worker_.loop().buffers().lend_small();
    bool more = true;
    if (!std::exchange(begun_, true) && awaits_proxy_header()) {
        more = co_await read_proxy_header(in);
        if (more && in.empty() && !worker_.draining()) {
            // That alone has come: what is left of the time is the request's.
            in.buffer.release();
            park(accepted_ + worker_.first_wait(local_) - worker_.loop().now());
            co_return;
        }
    }
    while (more) {
        more = co_await serve_one(in);
        served_by_ = nullptr;
        if (more && in.empty()) {
            if (worker_.draining()) {
                must_linger_ = true;  // it was promised more: its next request may be on its way
                break;
            }
            in.buffer.release();
            park(keep_alive_);
            co_return;
        }
    }
    in.buffer.release();
    worker_.retire(*this);
}

bool Client::awaits_proxy_header() const {
    const auto* listening = worker_.conf().find_listening(local_.number);
    return listening && listening->proxy_protocol;
}

Task<bool> Client::serve_one(Input& in) {
    const Worker::Use use(worker_);
    served_by_ = use->snapshot.get();
    const auto* listening = use->find_listening(local_.number);
    if (!listening) co_return false;  // a reload has taken its address away
    Exchange x;
    x.client = &address_;
    x.local = &local_.address;
    x.record.connection = number_;
    x.record.number = ++requests_;
    x.record.accepted = accepted_;
    x.record.began = worker_.loop().now();
    x.record.when = worker_.loop().wall();
    x.record.descriptor = stream_.fd();
    x.record.proxy_header = proxy_header_.get();
    x.record.pipelined = requests_ > 1 && !in.empty();
    route::Scope scope(*use->snapshot, *listening, x, worker_.tools());
    scope.file_caches = use->file_caches;
    proxy::Serving q{worker_.service(), *use, scope, x};
    const auto size = co_await read_head(in, q);
    if (size == 0) co_return false;
    x.record.head_size = size;
    x.record.head_done = worker_.loop().now();
    const bool more = co_await serve_exchange(in, q, size);
    keep_alive_ = q.settings().client.keepalive_timeout;
    co_return more;
}

Task<std::size_t> Client::read_head(Input& in, proxy::Serving& q) {
    Exchange& x = q.x;
    const auto& site = *q.scope.site;
    const auto deadline = x.record.began + site.header_timeout;
    std::size_t seen = 0;
    for (;;) {
        if (!in.empty()) {
            const auto bytes = in.bytes();
            const auto head = http::parse_request_head({bytes.data(), bytes.size()}, seen, site.head_limits, x.head);
            if (head.state == http::HeadState::complete) co_return head.size;
            if (head.state == http::HeadState::failed) {
                // What was read of it before may lie in a buffer that has been given back: once more from the start.
                if (seen > 0) http::parse_request_head({bytes.data(), bytes.size()}, 0, site.head_limits, x.head);
                co_await refuse(in, q, head.status, head.why);
                co_return 0;
            }
            seen = bytes.size();
        }
        if (in.room().empty()) in.replace(in.bytes(), worker_.loop().buffers());
        if (in.room().empty()) in.grow(worker_.loop().buffers());
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            co_await end_without_request(in, q, !n && n.error().code == Code::timed_out);
            co_return 0;
        }
        in.end += *n;
    }
}

namespace {
/// What there is of a request line, for the log.
std::string_view first_line(std::span<const char> bytes) {
    const auto line = std::string_view(bytes.data(), bytes.size()).substr(0, 8192);
    const auto start = std::min(line.find_first_not_of("\r\n"), line.size());
    return line.substr(start, line.find_first_of("\r\n", start) - start);
}
}  // namespace

/// The head will not be whole. A request that has begun has its record; a connection on which none has ends silently.
Task<void> Client::end_without_request(Input& in, proxy::Serving& q, bool timed_out) {
    Exchange& x = q.x;
    x.head.line = first_line(in.bytes());
    if (x.head.line.empty()) co_return;
    if (timed_out) co_return co_await refuse(in, q, 408, "the request head did not come in time");
    x.record.reason = Reason::client_closed;
    x.record.status = row(x.record.reason).status;
    record(q);
}

/// Answers a request that cannot be served; the connection ends with it, for nobody knows where the next one begins.
Task<void> Client::refuse(Input& in, proxy::Serving& q, int status, const char* why) {
    Exchange& x = q.x;
    if (x.head.line.empty()) x.head.line = first_line(in.bytes());
    x.head.minor = 1;
    Http1Requester requester(stream_, q.scope, q.s, {}, false);
    x.requester = &requester;
    const auto reason = exchange::reason_of_refusal(status);
    if (proxy::logs_level(q, row(reason).level)) proxy::log_error(q, row(reason).level, why);
    co_await send_page(q, status, reason, why);
    must_linger_ = true;
    record(q);
}

/// True: served, and the connection can take another request.
Task<bool> Client::serve_exchange(Input& in, proxy::Serving& q, std::size_t head_size) {
    Exchange& x = q.x;
    if (const auto refusal = exchange::read_meaning(x); refusal.status) {
        co_await refuse(in, q, refusal.status, refusal.why);
        co_return false;
    }
    Http1Requester requester(stream_, q.scope, q.s, in.bytes().subspan(head_size), true);
    x.requester = &requester;
    co_await server::serve(q, requester);
    record(q);
    if (!requester.keeps_alive()) {
        must_linger_ = !requester.was_cut() && !requester.was_tunnel() &&
                       (!requester.body_done() || !requester.excess().empty() || stream_.input_pending());
        co_return false;
    }
    in.replace(requester.excess(), worker_.loop().buffers());
    co_return true;
}

void Client::record(proxy::Serving& q) {
    if (q.x.record.last_byte == core::never) q.x.record.last_byte = worker_.loop().now();
    log_access(q);
}

/// Reads and forgets what the client still sends, so that closing does not reset away the answer on its way to it
/// (RFC 9112 9.6).
net::Detached Client::linger() {
    must_linger_ = false;
    auto buffer = worker_.loop().buffers().lend_small();
    const route::ClientSettings usual;
    stream_.shutdown_send();
    const auto until = worker_.loop().now() + usual.lingering_time;
    while (!aborted_ && worker_.loop().now() < until) {
        auto n = co_await stream_.read_some(buffer.span(), usual.lingering_timeout);
        if (!n || *n == 0) break;
    }
    buffer.release();
    worker_.retire(*this);
}

}  // namespace sluice::server
