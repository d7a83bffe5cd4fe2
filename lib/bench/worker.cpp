#include "bench/worker.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <cmath>
#include <ctime>

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_time = 10ms;
constexpr std::int64_t rest_after_failure = 10'000'000, late_by = 1'000'000;  // ns
constexpr std::size_t connecting_at_once = 100;

double thread_cpu() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::uint32_t most_clients(const Plan& plan) {
    if (plan.open()) return plan.connections;
    std::uint32_t out = 0;
    for (const Phase& phase : plan.phases) out = std::max({out, phase.connections_from, phase.connections_to});
    return out;
}

}  // namespace

void Client::done(Connection&, const Job& job, const Done& done) { worker_.done(*this, job, done); }
void Client::prepared(Connection&, bool) { worker_.prepared(); }

Worker::Worker(Shared& shared, unsigned number)
    : shared_(shared),
      number_(number),
      wiring_{shared.plan, {}},
      turns_(shared.row, shared.plan.random, number, shared.plan.threads, shared.plan.seed),
      arrivals_(shared.schedule, number, shared.plan.threads, shared.plan.poisson, shared.plan.seed),
      parts_(shared.schedule.phases().size()) {
    for (std::uint32_t i = number; i < most_clients(shared.plan); i += shared.plan.threads) {
        Client& client = clients_.emplace_back(*this, i);
        client.connections.resize(shared.plan.origins.size());
        free_.push_back(&client);
    }
}

std::string Worker::prepare() {
    std::string wrong;
    for (const Origin& origin : shared_.plan.origins) {
        ClientTls& tls = wiring_.tls.emplace_back();
        if (origin.secure && wrong.empty()) wrong = tls.prepare(shared_.plan.tls);
    }
    return wrong;
}

void Worker::run() {
    const Plan& plan = shared_.plan;
    // Connections are there before the clock starts, where all requests go to one place and keep them.
    if (plan.origins.size() == 1 && plan.per_connection != 1) {
        timer_.expires_after(std::chrono::duration<std::int64_t, std::nano>(patience()));
        timer_.async_wait([this](boost::system::error_code error) {
            if (!error && !ending_ && !ready_) await_start();
        });
        const std::size_t wanted =
            plan.open() ? clients_.size()
                        : std::min<std::size_t>(clients_.size(), shared_.schedule.connections_at(0) / plan.threads + 1);
        unprepared_ = wanted;
        for (std::size_t i = 0; i < std::min(wanted, connecting_at_once); ++i) connect_next();
    }
    if (unprepared_ == 0) await_start();
    context_.run();
    shared_.ended.fetch_add(1);
}

void Worker::connect_next() { connection_of(clients_[connected_++], 0).prepare(); }

void Worker::prepared() {
    if (ready_ || ending_) return;
    const std::size_t before = unprepared_--;
    if (connected_ < clients_.size() && before > connecting_at_once) connect_next();
    if (unprepared_ == 0) await_start();
}

/// Until all threads are ready and the clock starts.
void Worker::await_start() {
    if (!std::exchange(ready_, true)) {
        timer_.cancel();
        shared_.ready.fetch_add(1);
    }
    arrivals_timer_.expires_after(1ms);
    arrivals_timer_.async_wait([this](boost::system::error_code) {
        if (ending_) return;
        if (shared_.start == 0 || now_ns() < shared_.start) return await_start();
        begin();
    });
}

void Worker::begin() {
    start_ = last_end_ = shared_.start;
    cpu_at_start_ = thread_cpu();
    if (shared_.plan.open()) {
        next_ = arrivals_.next();
        arrive();
    }
    tick();
}

void Worker::tick() {
    if (ending_) return;
    const std::int64_t now = now_ns();
    if (shared_.plan.timeout < 1 || ++ticks_ % 10 == 0) check_deadlines(now);
    if (shared_.plan.open())
        drop_impatient(now);
    else
        wake_clients(now);
    report(now);
    end_if_done(now);
    if (ending_) return;
    timer_.expires_after(tick_time);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) tick();
    });
}

void Worker::aim() {
    if (!next_ || ending_) return;
    const auto due = start_ + static_cast<std::int64_t>(next_->seconds * 1e9);
    arrivals_timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(due)));
    arrivals_timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !ending_) arrive();
    });
}

void Worker::arrive() {
    const std::int64_t now = now_ns();
    std::uint64_t added = 0;
    while (next_) {
        const Job job{start_ + static_cast<std::int64_t>(next_->seconds * 1e9),
                      static_cast<std::uint32_t>(next_->phase), 0};
        if (job.due > now) break;
        if (!may_take()) {
            next_.reset();
            break;
        }
        Part& part = parts_[job.phase];
        ++part.due;
        if (now - job.due > late_by) ++part.tally.late;
        waiting_.push_back({job.due, job.phase, turns_.next()});
        ++added;
        next_ = arrivals_.next();
    }
    dispatch();
    if (!waiting_.empty())
        parts_[waiting_.back().phase].tally.waited += std::min<std::uint64_t>(added, waiting_.size());
    aim();
}

void Worker::dispatch() {
    while (!waiting_.empty() && !free_.empty()) {
        if (const std::int64_t now = now_ns(); now - waiting_.front().due > patience()) {
            drop_impatient(now);
            continue;
        }
        Client& client = *free_.front();
        const Job job = waiting_.front();
        free_.pop_front();
        waiting_.pop_front();
        give(client, job);
    }
}

void Worker::drop_impatient(std::int64_t now) {
    while (!waiting_.empty() && now - waiting_.front().due > patience()) {
        count(waiting_.front(), {.began = now, .ended = now, .status = 0, .trouble = Trouble::unsent});
        waiting_.pop_front();
    }
}

void Worker::check_deadlines(std::int64_t now) {
    for (Client& client : clients_)
        if (client.busy)
            for (const auto& connection : client.connections)
                if (connection) connection->check(now);
}

/// Closed loop: those whose turn it is, and who are not at work.
void Worker::wake_clients(std::int64_t now) {
    const double at = seconds(now);
    const std::uint32_t wanted = shared_.schedule.connections_at(at);
    for (Client& client : clients_) {
        if (client.number >= wanted) break;
        if (client.busy || now < client.rests_until) continue;
        if (!may_take()) return;
        give(client, {now, static_cast<std::uint32_t>(shared_.schedule.phase_at(at)), turns_.next()});
    }
}

Connection& Worker::connection_of(Client& client, std::size_t origin) {
    auto& connection = client.connections[origin];
    if (!connection) connection = std::make_unique<Connection>(context_, wiring_, client, origin);
    return *connection;
}

void Worker::give(Client& client, const Job& job) {
    client.busy = true;
    ++under_way_;
    connection_of(client, shared_.plan.requests[job.request].origin).start(job);
}

void Worker::done(Client& client, const Job& job, const Done& done) {
    client.busy = false;
    --under_way_;
    if (ending_) return;
    count(job, done);
    if (shared_.plan.open()) {
        free_.push_back(&client);
        return dispatch();
    }
    const double at = seconds(done.ended);
    if (done.trouble == Trouble::connect || done.trouble == Trouble::handshake)
        client.rests_until = done.ended + rest_after_failure;
    else if (at < shared_.schedule.seconds() && client.number < shared_.schedule.connections_at(at) && may_take())
        give(client, {done.ended, static_cast<std::uint32_t>(shared_.schedule.phase_at(at)), turns_.next()});
    if (exhausted_ && under_way_ == 0) end_if_done(done.ended);
}

void Worker::count(const Job& job, const Done& done) {
    Part& part = parts_[job.phase];
    last_end_ = std::max(last_end_, done.ended);
    const bool open = shared_.plan.open();
    bool tells_time = true;
    if (done.trouble) {
        part.tally.add(*done.trouble);
        ++window_.failed;
        tells_time = *done.trouble == Trouble::timeout || *done.trouble == Trouble::connect_timeout ||
                     *done.trouble == Trouble::unsent;
    } else {
        ++part.tally.answers;
        ++part.tally.status[static_cast<std::size_t>(std::min(done.status, 599))];
        ++window_.answers;
        const double at = seconds(done.ended);
        if (at < shared_.schedule.seconds()) ++parts_[shared_.schedule.phase_at(at)].finished;
    }
    if (!tells_time) return;
    const std::int64_t latency = done.ended - (open ? job.due : done.began);
    part.latency.record(latency);
    window_.latency.record(latency);
    if (open && done.trouble != Trouble::unsent) part.service.record(done.ended - done.began);
}

/// The windows that have ended since the last time.
void Worker::report(std::int64_t now) {
    const double width = shared_.board.window_seconds();
    const double at = seconds(now) - shared_.counted_from;
    if (at < 0) {
        window_.latency.clear();
        window_.answers = window_.failed = 0;
        return;
    }
    while (at >= static_cast<double>(window_number_ + 1) * width) {
        shared_.board.report(window_number_++, width, window_);
        window_.latency.clear();
        window_.answers = window_.failed = 0;
    }
}

void Worker::end_if_done(std::int64_t now) {
    const bool idle = under_way_ == 0 && waiting_.empty();
    if (shared_.plan.open() ? !next_ && idle : seconds(now) >= shared_.schedule.seconds() || (exhausted_ && idle))
        finish();
}

void Worker::finish() {
    if (ending_) return;
    ending_ = true;
    timer_.cancel();
    arrivals_timer_.cancel();
    const std::int64_t now = now_ns();
    if (start_ != 0) {
        cpu_ = thread_cpu() - cpu_at_start_;
        busy_ = std::min(1.0, cpu_ / std::max(1e-9, seconds(now)));
        report(now);
        const double rest =
            seconds(now) - shared_.counted_from - static_cast<double>(window_number_) * shared_.board.window_seconds();
        if (rest > 0) shared_.board.report(window_number_, rest, window_);
    }
    shared_.board.leave(window_number_);
    for (Client& client : clients_)
        for (const auto& connection : client.connections)
            if (connection) connection->abandon();
}

void Worker::stop() {
    boost::asio::post(context_, [this] { finish(); });
}

bool Worker::may_take() {
    const std::uint64_t limit = shared_.plan.requests_limit;
    if (limit == 0) return true;
    if (!exhausted_ && shared_.taken.fetch_add(1, std::memory_order_relaxed) < limit) return true;
    exhausted_ = true;
    return false;
}

}  // namespace sluice::bench
