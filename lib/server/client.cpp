#include "server/client.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "proxy/forward.hpp"
#include "server/worker.hpp"

namespace sluice::server {

using core::Code;
using exchange::Exchange;
using exchange::Reason;
using net::Task;

Client::Client(Worker& worker, const net::Address& address, const net::Address& local, std::uint64_t number)
    : worker_(worker), stream_(worker.loop()), address_(address), local_(local), accepted_(worker.loop().now()), number_(number) {}

bool Client::open(int fd) {
    if (!stream_.open(fd, false)) return false;
    park(worker_.service().timeouts.client_head);
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
    while (more) {
        more = co_await serve_one(in);
        if (more && in.empty()) {
            if (worker_.draining()) {
                must_linger_ = true;  // it was promised more: its next request may be on its way
                break;
            }
            in.buffer.release();
            park(worker_.service().timeouts.keep_alive);
            co_return;
        }
    }
    in.buffer.release();
    worker_.retire(*this);
}

Task<bool> Client::serve_one(Input& in) {
    Exchange x;
    x.client = &address_;
    x.local = &local_;
    x.record.connection = number_;
    x.record.number = ++requests_;
    x.record.accepted = accepted_;
    x.record.began = worker_.loop().now();
    x.record.when = worker_.loop().wall();
    const auto size = co_await read_head(in, x);
    if (size == 0) co_return false;
    x.record.head_done = worker_.loop().now();
    co_return co_await serve_exchange(in, x, size);
}

Task<std::size_t> Client::read_head(Input& in, Exchange& x) {
    const auto& s = worker_.service();
    const auto deadline = x.record.began + s.timeouts.client_head;
    std::size_t seen = 0;
    for (;;) {
        if (!in.empty()) {
            const auto bytes = in.bytes();
            const auto head = http::parse_request_head({bytes.data(), bytes.size()}, seen, s.limits.head, x.head);
            if (head.state == http::HeadState::complete) co_return head.size;
            if (head.state == http::HeadState::failed) {
                co_await refuse(in, x, head.status, head.why);
                co_return 0;
            }
            seen = bytes.size();
        }
        if (in.room().empty()) in.replace(in.bytes(), worker_.loop().buffers());
        if (in.room().empty()) in.grow(worker_.loop().buffers());
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            co_await end_without_request(in, x, !n && n.error().code == Code::timed_out);
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
Task<void> Client::end_without_request(Input& in, Exchange& x, bool timed_out) {
    x.head.line = first_line(in.bytes());
    if (x.head.line.empty()) co_return;
    if (timed_out) co_return co_await refuse(in, x, 408, "the request head did not come in time");
    x.record.reason = Reason::client_closed;
    x.record.status = row(x.record.reason).status;
    record(x);
}

/// Answers a request that cannot be served; the connection ends with it, for nobody knows where the next one begins.
Task<void> Client::refuse(Input& in, Exchange& x, int status, const char* why) {
    auto& s = worker_.service();
    if (x.head.line.empty()) x.head.line = first_line(in.bytes());
    x.head.minor = 1;
    Http1Requester requester(stream_, x, s, {}, false);
    x.requester = &requester;
    const auto reason = exchange::reason_of_refusal(status);
    if (row(reason).level >= observe::Logs::threshold) s.logs.error(row(reason).level, why, x);
    co_await proxy::answer_error(s, x, reason, why);
    must_linger_ = true;
    record(x);
}

namespace {
struct Refusal {
    int status = 0;  // 0: the request may be served
    const char* why = "";
};

/// Fills in what the head says of body, target and expectation.
Refusal read_meaning(Exchange& x, const proxy::Limits& limits) {
    using http::Method;
    x.framing = http::frame_request(x.head);
    x.target = http::parse_target(x.head);
    const auto* expect = x.head.minor >= 1 ? http::find(x.head.fields, http::FieldId::expect) : nullptr;
    x.expects_continue = expect && core::iequals(expect->value, "100-continue");
    if (x.framing.error) return {x.framing.status, x.framing.error};
    if (x.target.error) return {400, x.target.error};
    if (http::too_many_connection_options(x.head.fields)) return {400, "Connection names too many options"};
    if (expect && !x.expects_continue) return {417, "an expectation other than 100-continue"};
    if (x.head.method == Method::connect || x.head.method == Method::trace) return {405, "CONNECT and TRACE are not for proxies"};
    if (x.framing.kind == http::BodyKind::length && x.framing.length > limits.max_body) return {413, "Content-Length is over the limit"};
    return {};
}
}  // namespace

/// True: served, and the connection can take another request.
Task<bool> Client::serve_exchange(Input& in, Exchange& x, std::size_t head_size) {
    auto& s = worker_.service();
    if (const auto refusal = read_meaning(x, s.limits); refusal.status) {
        co_await refuse(in, x, refusal.status, refusal.why);
        co_return false;
    }

    const auto buffered = in.bytes().subspan(head_size);
    Http1Requester requester(stream_, x, s, buffered, true);
    x.requester = &requester;
    co_await proxy::forward(s, x);
    record(x);
    if (!requester.keeps_alive()) {
        must_linger_ = !requester.was_cut() && !requester.was_tunnel() &&
                       (!requester.body_done() || !requester.excess().empty() || stream_.input_pending());
        co_return false;
    }
    in.replace(requester.excess(), worker_.loop().buffers());
    co_return true;
}

void Client::record(Exchange& x) {
    if (x.record.last_byte == core::never) x.record.last_byte = worker_.loop().now();
    worker_.service().logs.access(x);
}

/// Reads and forgets what the client still sends, so that closing does not reset away the answer on its way to it
/// (RFC 9112 9.6).
net::Detached Client::linger() {
    must_linger_ = false;
    auto buffer = worker_.loop().buffers().lend_small();
    const auto& t = worker_.service().timeouts;
    stream_.shutdown_send();
    const auto until = worker_.loop().now() + t.linger_total;
    while (!aborted_ && worker_.loop().now() < until) {
        auto n = co_await stream_.read_some(buffer.span(), t.linger);
        if (!n || *n == 0) break;
    }
    buffer.release();
    worker_.retire(*this);
}

}  // namespace sluice::server
