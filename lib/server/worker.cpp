#include "server/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace sluice::server {

namespace {
// How many more connections than the least busy worker one may have before it hands new ones over.
constexpr std::uint32_t fair_margin = 8;
// How long a connection is held open for a log that is not written.
constexpr core::Duration log_patience = std::chrono::seconds(1);
}  // namespace

Worker::Worker(Shared& shared, const Deployed& deployed)
    : shared_(shared),
      number_(static_cast<unsigned>(shared.workers.size())),
      loop_(shared.clock),
      logs_(loop_, shared.logs),
      rng_(core::Rng::from_system()),
      pool_(loop_, shared.dial),
      tools_{loop_.buffers(), logs_.dates(), shared.clock, rng_, {}, shared.census},
      disk_(loop_, shared.spool),
      service_{loop_, pool_, logs_, rng_, tools_, disk_} {
    loop_.at_turn_end(*this);
    adopt_conf(deployed);
}

Worker::~Worker() {
    listeners_.clear();
    closing_.clear();
    clients_.clear_and_dispose(std::default_delete<Client>());
    pool_.close_idle();
    confs_.clear();
}

void Worker::adopt_conf(const Deployed& deployed) {
    auto* old = conf_;
    confs_.push_back(std::make_unique<proxy::Configured>(deployed.snapshot, deployed.files, logs_, number_));
    conf_ = confs_.back().get();
    ++conf_->users;
    for (Listener& listener : listeners_)
        if (const auto* listening = conf_->find_listening(listener.where().number)) listener.tune(listening->socket);
    if (old) release(*old);
}

void Worker::release(proxy::Configured& conf) {
    if (--conf.users > 0) return;
    confs_.remove_if([&](const auto& c) { return c.get() == &conf; });
}

void Worker::abort_users_of(const route::Snapshot& snapshot) {
    abort_if([&](const Client& client) { return client.is_served_by(snapshot); });
}

template <class Condition>
void Worker::abort_if(Condition is_to_go) {
    // Each may end others: all are looked at once, in turn.
    for (std::size_t left = clients_.size(); left > 0 && !clients_.empty(); --left) {
        Client& client = clients_.front();
        clients_.splice(clients_.end(), clients_, clients_.begin());
        if (is_to_go(client)) client.abort();
    }
}

core::Duration Worker::first_wait(const ListenAddress& where) const {
    const auto* listening = conf_->find_listening(where.number);
    if (!listening) return core::Duration{0};
    const auto& site = conf_->snapshot->sites[listening->default_site];
    return listening->secure ? site.handshake_timeout.value_or(site.header_timeout) : site.header_timeout;
}

void Worker::tell(exchange::Level level, const observe::ErrorEntry& entry) {
    const auto& sinks = conf_->errors;
    logs_.error(sinks.data(), sinks.data() + sinks.size(), level, entry);
}

void Worker::listen(int fd, const ListenAddress& where, bool shared) {
    Listener& listener = listeners_.emplace_back(*this, fd, where, shared);
    if (const auto* listening = conf_->find_listening(where.number)) listener.tune(listening->socket);
}

void Worker::stop_listening(const ListenAddress& where) {
    for (auto it = listeners_.begin(); it != listeners_.end();) {
        auto& listener = *it++;
        if (&listener.where() != &where) continue;
        listener.close();
        listeners_.remove_if([&](const Listener& l) { return &l == &listener; });
    }
    for (auto it = clients_.begin(); it != clients_.end();) {
        Client& client = *it++;
        if (&client.local() == &where) client.close_if_quiet();
    }
}

Worker& Worker::least_busy() {
    Worker* least = this;
    for (const auto& other : shared_.workers)
        if (other->connections() < least->connections()) least = other.get();
    return connections() > least->connections() + fair_margin ? *least : *this;
}

void Worker::take(int fd, const net::Address& from, const ListenAddress& local) {
    exchange::Counters::add(counters_.accepted, std::uint64_t{1});
    Worker& worker = least_busy();
    if (&worker != this && hand_over(worker, fd, from, local)) return;
    connections_.fetch_add(1, std::memory_order_relaxed);
    adopt(fd, from, local);
}

/// Counted before it is sent: a burst is spread, and a worker that drains waits for what is on its way to it.
bool Worker::hand_over(Worker& to, int fd, const net::Address& from, const ListenAddress& local) {
    to.connections_.fetch_add(1, std::memory_order_seq_cst);
    if (!to.takes_over_.load(std::memory_order_seq_cst)) {
        to.connections_.fetch_sub(1, std::memory_order_seq_cst);
        to.loop_.nudge();
        return false;
    }
    to.loop_.post([&to, fd, from, &local] { to.adopt(fd, from, local); });
    return true;
}

void Worker::adopt(int fd, const net::Address& from, const ListenAddress& local) {
    auto client = std::make_unique<Client>(*this, from, local, shared_.connections.fetch_add(1, std::memory_order_relaxed) + 1);
    if (!client->open(fd)) {
        ::close(fd);
        connections_.fetch_sub(1, std::memory_order_seq_cst);
        return;
    }
    clients_.push_back(*client.release());
}

void Worker::retire(Client& client) {
    clients_.erase(clients_.iterator_to(client));
    std::unique_ptr<Client> owned(&client);
    const auto position = logs_.position();
    const auto written = logs_.written();
    if (position <= written || written == stuck_at_) return end(std::move(owned));
    closing_.push_back({std::move(owned), position, loop_.now() + log_patience});
}

void Worker::end(std::unique_ptr<Client> client) {
    if (!client->must_linger() || stopping_) return dispose(std::move(client));
    clients_.push_back(*client);
    client.release()->linger();
}

void Worker::dispose(std::unique_ptr<Client> client) {
    client.reset();
    connections_.fetch_sub(1, std::memory_order_seq_cst);
    if (paused_) {
        paused_ = false;
        for (Listener& listener : listeners_)
            if (!listener.resume()) paused_ = true;
    }
}

void Worker::on_turn_end() {
    while (!closing_.empty() && (closing_.front().position <= logs_.written() || closing_.front().give_up <= loop_.now())) {
        // A log that does not take its lines is waited for once, not once per connection, until it moves again.
        stuck_at_ = closing_.front().position <= logs_.written() ? never_stuck : logs_.written();
        auto client = std::move(closing_.front().client);
        closing_.pop_front();
        end(std::move(client));
    }
    if (service_.draining && connections_.load(std::memory_order_seq_cst) == 0) loop_.stop();
    if (stopping_ && disk_.waiting() == 0) {
        abort_clients();
        if (disk_.waiting() == 0) loop_.stop();
    }
    if (closing_.empty()) return;
    loop_.wheel().arm(closing_alarm_, closing_.front().give_up);
    logs_.hurry();
}

void Worker::tell_paused(int error) {
    paused_ = true;
    pool_.close_idle();
    // Once a minute at most, whichever worker is first: it goes on as long as the flood does.
    auto told = shared_.told_paused.load(std::memory_order_relaxed);
    if (told != 0 && loop_.now().us - told < std::chrono::microseconds(std::chrono::minutes(1)).count()) return;
    if (!shared_.told_paused.compare_exchange_strong(told, loop_.now().us, std::memory_order_relaxed)) return;
    tell(exchange::Level::crit, std::string("accepting pauses: ") + std::strerror(error) + ", " + std::to_string(connections()) +
                                           " clients are connected; raise the limit of open files (ulimit -n)");
}

void Worker::drain() {
    loop_.post([this] { begin_drain(); });
}

void Worker::begin_drain() {
    takes_over_.store(false, std::memory_order_seq_cst);
    service_.draining = true;
    for (Listener& listener : listeners_) listener.close();
    for (auto it = clients_.begin(); it != clients_.end();) {
        Client& client = *it++;
        client.close_if_quiet();
    }
    abort_if([](const Client& client) { return client.is_shaking_hands(); });
}

void Worker::stop() {
    loop_.post([this] { stop_now(); });
}

void Worker::stop_now() {
    service_.draining = stopping_ = true;
    for (Listener& listener : listeners_) listener.close();
    abort_clients();
    // Who waits for the disk cannot be ended before it is done.
    if (disk_.waiting() == 0) loop_.stop();
}

void Worker::abort_clients() {
    // Each may end others; start over until only those are left that wait for nothing.
    for (std::size_t tries = clients_.size() + 1; tries > 0 && !clients_.empty(); --tries) {
        Client& client = clients_.front();
        clients_.splice(clients_.end(), clients_, clients_.begin());
        client.abort();
    }
}

}  // namespace sluice::server
