#include "server/client.hpp"

#include <algorithm>

#include "exchange/meaning.hpp"
#include "http/head_buffers.hpp"
#include "route/decide.hpp"
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

void Client::fail(net::IoError error) {
    gone_ = true;
    const auto* listening = worker_.conf().find_listening(local_.number);
    if (phase_ == Phase::fresh && listening && listening->secure && error.code == core::Code::timed_out) tell_no_tls(error);
}

bool Client::close_if_quiet() {
    if (!parked_ || !stream_.quiet()) return false;
    parked_ = false;  // it may have to stay for what the kernel has
    stream_.forget_reader();
    worker_.retire(*this);
    return true;
}

void Client::abort() {
    aborted_ = true;
    stream_.abort();
}

namespace {
/// One of what a counter counts, as long as it lives.
class Counted {
  public:
    explicit Counted(std::atomic<std::uint32_t>& counter) : counter_(counter) { exchange::Counters::add(counter_, 1u); }
    ~Counted() { exchange::Counters::add(counter_, ~0u); }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

  private:
    std::atomic<std::uint32_t>& counter_;
};
}  // namespace

net::Detached Client::serve() {
    Input in;
    in.buffer = worker_.loop().buffers().lend_small();
    bool more = true;
    if (phase_ == Phase::fresh && begins_with_request()) phase_ = Phase::requests;
    if (phase_ != Phase::requests) {
        more = co_await begin(in);
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
                must_linger_ = lingers_;  // it was promised more: its next request may be on its way
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

/// What comes before the first request, as far as it has come.
Task<bool> Client::begin(Input& in) {
    if (phase_ == Phase::fresh) {
        phase_ = Phase::handshake;
        if (awaits_proxy_header()) {
            if (!co_await read_proxy_header(in)) co_return false;
            if (in.empty()) co_return true;
        }
    }
    phase_ = Phase::requests;
    const auto* listening = worker_.conf().find_listening(local_.number);
    if (!listening || !listening->secure) co_return true;
    co_return co_await begin_tls(in);
}

bool Client::awaits_proxy_header() const {
    const auto* listening = worker_.conf().find_listening(local_.number);
    return listening && listening->proxy_protocol;
}

/// No PROXY header and no handshake: what made it readable is its first request.
bool Client::begins_with_request() const {
    const auto* listening = worker_.conf().find_listening(local_.number);
    return !listening || !(listening->proxy_protocol || listening->secure);
}

Task<bool> Client::serve_one(Input& in) {
    const Worker::Use use(worker_);
    served_by_ = use->snapshot.get();
    const auto* listening = use->find_listening(local_.number);
    if (!listening) co_return false;  // a reload has taken its address away
    Exchange x;
    x.client = &address_;
    x.local = &local_.address;
    x.tls = stream_.tls();
    x.secure = x.tls != nullptr;
    x.tls_contexts = tls_.get();
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
    const auto& limits = q.scope.listening.head_limits;
    const auto deadline = x.record.began + q.scope.site->header_timeout;
    const Counted reading(worker_.counters().reading);
    std::size_t seen = 0;
    for (;;) {
        if (!in.empty()) {
            const auto bytes = in.bytes();
            const std::string_view text(bytes.data(), bytes.size());
            if (seen == 0) exchange::Counters::add(worker_.counters().requests, std::uint64_t{1});
            auto head = http::parse_request_head(text, seen, limits, x.head);
            // What came before the mistake says whose site it is, and may lie in a buffer that has been given back: once
            // more from the start.
            if (head.state == http::HeadState::failed && seen > 0) head = http::parse_request_head(text, 0, limits, x.head);
            if (head.state == http::HeadState::complete) {
                const auto size = head.size;
                head = judge_size(q, text.substr(0, size));
                if (head.status == 0) co_return size;
            }
            if (head.state == http::HeadState::failed) {
                co_await refuse(in, q, head.status, head.why);
                co_return 0;
            }
            seen = bytes.size();
        }
        if (in.room().empty()) in.replace(in.bytes(), worker_.loop().buffers());
        if (in.room().empty()) in.grow(worker_.loop().buffers());
        auto n = co_await stream_.read_some(in.room(), deadline - worker_.loop().now());
        if (!n || *n == 0) {
            end_without_request(in, q, !n && n.error().code == Code::timed_out);
            co_return 0;
        }
        in.end += *n;
    }
}

/// In nginx's words, to the logs of the listener's default site.
void Client::tell(exchange::Level level, std::string_view why, std::string_view doing) {
    const auto& conf = worker_.conf();
    const auto* listening = conf.find_listening(local_.number);
    auto text = std::string(why);
    (text += ' ') += doing;
    const auto client = address_.ip(), server = local_.address.text();
    const observe::ErrorEntry entry{.text = text, .connection = number_, .client = client, .server = server, .has_request = false};
    const auto* logs = listening ? conf.snapshot->sites[listening->default_site].root.settings.error_logs.get() : nullptr;
    if (!logs) return worker_.tell(level, entry);
    boost::container::small_vector<observe::ErrorSink, 2> sinks;
    for (const auto& log : *logs) sinks.push_back({conf.channels[log.file], log.level, log.json});
    worker_.logs().error(sinks.data(), sinks.data() + sinks.size(), level, entry);
}

namespace {
/// What there is of a request line, for the log.
std::string_view first_line(std::span<const char> bytes) {
    const auto line = std::string_view(bytes.data(), bytes.size()).substr(0, 8192);
    const auto start = std::min(line.find_first_not_of("\r\n"), line.size());
    return line.substr(start, line.find_first_of("\r\n", start) - start);
}

/// The parser's status for fields is the one of RFC 6585; the conf and clients of nginx know 494, sent as 400.
int as_nginx(int status) { return status == 431 ? 494 : status; }
}  // namespace

/// As in nginx, the first line and those up to Host meet the limits of the listener's default site, the rest those of the
/// request's own.
http::HeadOutcome Client::judge_size(proxy::Serving& q, std::string_view head) {
    using http::HeadState;
    const auto& fields = q.x.head.fields;
    const auto& listening = q.scope.listening;
    if (head.size() <= listening.easy_head && fields.size() <= listening.easy_fields) return {};
    const auto& before = q.scope.snapshot.sites[listening.default_site];
    q.x.target = http::parse_target(q.x.head);
    if (!q.x.target.error) route::find_site(q.scope);
    const auto& after = *q.scope.site;
    const auto* host = http::find(fields, http::FieldId::host);
    const auto changes_at = host ? static_cast<std::size_t>(host->value.data() - head.data()) : head.size();
    const auto held = http::hold(head, before.head_buffers, after.head_buffers, changes_at);
    if (held.held != http::Held::all && held.first_over.data() < head.data() + changes_at) {
        // As if what comes behind had not been read: nobody knows the site then.
        q.x.head.fields.clear();
        q.x.target = {};
        q.scope.site = &before;
        q.scope.route = &before.root;
        q.scope.host = {};
    }
    if (held.held == http::Held::request_line_too_long) return {HeadState::failed, 0, 414, "the first line is longer than allowed"};
    if (held.held == http::Held::field_too_long) return {HeadState::failed, 0, 494, "the fields are larger than allowed"};
    if (fields.size() > after.max_headers) return {HeadState::failed, 0, 494, http::too_many_fields.data()};
    return {};
}

/// The head will not be whole. A request that has begun has its record; a connection on which none has ends silently. As in
/// nginx, who was too slow gets no answer: a request of a client that has waited may meet it half-way.
void Client::end_without_request(Input& in, proxy::Serving& q, bool timed_out) {
    Exchange& x = q.x;
    x.head.line = first_line(in.bytes());
    if (x.head.line.empty()) return;
    x.record.reason = timed_out ? Reason::client_timed_out : Reason::client_closed;
    x.record.status = row(x.record.reason).status;
    if (timed_out && proxy::logs_level(q, exchange::Level::info))
        proxy::log_error(q, exchange::Level::info, "client timed out (110: Connection timed out) while reading client request headers",
                         proxy::places_of(q, "client_header_timeout"));
    if (timed_out && q.settings().client.reset_timedout) stream_.close_with_reset();
    record(q);
}

/// Answers a request that cannot be served; the connection ends with it, for nobody knows where the next one begins.
Task<void> Client::refuse(Input& in, proxy::Serving& q, int status, const char* why) {
    Exchange& x = q.x;
    if (x.head.line.empty()) x.head.line = first_line(in.bytes());
    x.head.minor = 1;
    x.framing = {};
    Http1Requester requester(stream_, q.scope, q.s, {}, false);
    x.requester = &requester;
    co_await serve_refusal(q, as_nginx(status), why);
    must_linger_ = true;
    settle(q, requester);
    record(q);
}

/// True: served, and the connection can take another request.
Task<bool> Client::serve_exchange(Input& in, proxy::Serving& q, std::size_t head_size) {
    Exchange& x = q.x;
    if (const auto refusal = exchange::read_meaning(x); refusal.status) {
        co_await refuse(in, q, refusal.status, refusal.why);
        co_return false;
    }
    const Counted writing(worker_.counters().writing);
    Http1Requester requester(stream_, q.scope, q.s, in.bytes().subspan(head_size), true);
    x.requester = &requester;
    co_await server::serve(q, requester);
    record(q);
    if (!requester.keeps_alive()) {
        must_linger_ = !requester.body_done() || !requester.excess().empty() || stream_.input_pending();
        settle(q, requester);
        co_return false;
    }
    in.replace(requester.excess(), worker_.loop().buffers());
    co_return true;
}

/// The connection ends: how, says the route of its last request.
void Client::settle(const proxy::Serving& q, const Http1Requester& requester) {
    using route::Lingering;
    const auto& client = q.settings().client;
    if (client.lingering != Lingering::on) must_linger_ = client.lingering == Lingering::always;
    if (requester.was_cut() || requester.was_tunnel()) must_linger_ = false;
    const bool without_answer = q.x.record.status == 444 && q.x.record.bytes_sent == 0;
    if (client.reset_timedout && (without_answer || q.x.record.reason == Reason::client_timed_out)) stream_.close_with_reset();
}

void Client::record(proxy::Serving& q) {
    const auto ms = [](core::Duration time) { return static_cast<std::uint32_t>(std::min<std::int64_t>(time.count() / 1000, UINT32_MAX)); };
    const auto& client = q.settings().client;
    lingers_ = client.lingering != route::Lingering::off;
    linger_ms_ = ms(client.lingering_time);
    linger_pause_ms_ = ms(client.lingering_timeout);
    send_ms_ = ms(client.send_timeout);
    if (q.x.record.last_byte == core::never) q.x.record.last_byte = worker_.loop().now();
    log_access(q);
}

/// Reads and forgets what the client still sends, so that closing does not reset away the answer on its way to it
/// (RFC 9112 9.6).
Task<void> Client::forget_rest() {
    auto buffer = worker_.loop().buffers().lend_small();
    const auto until = worker_.loop().now() + std::chrono::milliseconds(linger_ms_);
    while (!aborted_ && worker_.loop().now() < until) {
        auto n = co_await stream_.read_some(buffer.span(), std::chrono::milliseconds(linger_pause_ms_));
        if (!n || *n == 0) break;
    }
}

/// Waits until the kernel has given TCP all that it has encrypted. Nothing tells of that: it has, when TCP has had nothing to send
/// twice in a row.
Task<void> Client::drain_kernel() {
    constexpr auto pause = std::chrono::milliseconds(50);
    const auto patience = std::chrono::milliseconds(send_ms_);
    auto moved = worker_.loop().now();
    std::size_t last = 0;
    for (int empty = 0; empty < 2 && stream_.may_be_held_back() && worker_.loop().now() - moved < patience;) {
        const auto left = stream_.in_flight();
        if (left != last) moved = worker_.loop().now();
        last = left;
        empty = left == 0 ? empty + 1 : 0;
        co_await stream_.pause(pause);
    }
    drained_ = true;
}

net::Detached Client::linger() {
    const bool reads = std::exchange(must_linger_, false);
    stream_.shutdown_send();
    if (reads) co_await forget_rest();
    co_await drain_kernel();
    worker_.retire(*this);
}

}  // namespace sluice::server
