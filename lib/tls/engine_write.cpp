// What goes out: how large the records are, how many leave together, and what is left when the transport takes no more.
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tls/engine.hpp"

namespace sluice::tls {

std::size_t Engine::record_limit(core::Instant now) {
    // A record can be read when all of it is there. The first flight of a connection, or of one that was idle, is ten
    // segments: with records of its size the other side would wait for the second.
    constexpr std::uint32_t small_record = 4096, first_flight = 3 * small_record;
    if (now - last_write_ > std::chrono::seconds(1)) burst_ = 0;
    last_write_ = now;
    return std::min(largest_record_, burst_ < first_flight ? small_record : largest_record_);
}

void Engine::add_to_burst(std::size_t sent) { burst_ = static_cast<std::uint32_t>(std::min<std::size_t>(burst_ + sent, 1u << 30)); }

namespace {
/// What is left of the first part that `skip` does not pass; `skip` is then what it passes of that part.
std::span<const char> go_to(std::span<const iovec>& parts, std::size_t& skip) {
    while (!parts.empty() && skip >= parts.front().iov_len) {
        skip -= parts.front().iov_len;
        parts = parts.subspan(1);
    }
    if (parts.empty()) return {};
    return {static_cast<const char*>(parts.front().iov_base) + skip, parts.front().iov_len - skip};
}

/// Up to `limit` bytes from `skip` on in one piece: a view if they lie together, or copied.
std::span<const char> piece_of(std::span<const iovec> parts, std::size_t skip, std::size_t limit) {
    thread_local char gathered[16384];
    const auto front = go_to(parts, skip);
    limit = std::min(limit, sizeof gathered);
    if (front.size() >= limit) return front.first(limit);
    if (parts.size() <= 1) return front;
    std::size_t have = 0;
    for (const auto& part : parts) {
        const auto n = std::min(part.iov_len - skip, limit - have);
        std::memcpy(gathered + have, static_cast<const char*>(part.iov_base) + skip, n);
        have += n;
        skip = 0;
        if (have == limit) break;
    }
    return {gathered, have};
}
}  // namespace

/// What came before may still be read: the other side may have answered and closed.
Step Engine::break_write(int os_error) {
    failed_ = true;
    return {Outcome::broken, 0, os_error};
}

/// What was left the last time. done: `size` bytes of it have gone.
Step Engine::flush() {
    const auto n = transport_.send(unsent_, false);
    if (n < 0) return errno == EAGAIN ? Step{Outcome::want_write} : break_write(errno);
    unsent_.erase(0, static_cast<std::size_t>(n));
    if (unsent_.empty()) unsent_.shrink_to_fit();
    return {Outcome::done, static_cast<std::size_t>(n)};
}

/// Records. False: not all of them went.
bool Engine::send_made(std::span<const char> records, bool more) {
    const auto n = transport_.send(records, more);
    if (n < 0 && errno != EAGAIN) os_error_ = errno;
    const auto sent = static_cast<std::size_t>(std::max<ssize_t>(n, 0));
    if (sent < records.size()) unsent_.assign(records.data() + sent, records.size() - sent);
    return sent == records.size();
}

bool Engine::send_gathered(bool more) {
    const bool all = send_made(*gathered_, more);
    gathered_->clear();
    return all;
}

ssize_t Engine::send_from(std::span<const iovec> parts, std::size_t skip) {
    const auto front = go_to(parts, skip);
    return skip > 0 ? transport_.send(front, false) : transport_.send_parts(parts);
}

/// A send is a record, or several of 16 KiB.
Step Engine::write_below(std::span<const iovec> parts, std::size_t total, core::Instant now) {
    std::size_t done = 0;
    while (done < total) {
        const auto limit = record_limit(now);
        const auto n = limit < SSL3_RT_MAX_PLAIN_LENGTH ? transport_.send(piece_of(parts, done, limit), false) : send_from(parts, done);
        if (n < 0 && errno != EAGAIN) return break_write(errno);
        if (n < 0) return {done > 0 ? Outcome::done : Outcome::want_write, done};
        done += static_cast<std::size_t>(n);
        add_to_burst(static_cast<std::size_t>(n));
    }
    return {Outcome::done, done};
}

Step Engine::write(std::span<const iovec> parts, core::Instant now, bool ends) {
    thread_local std::string room;
    if (!unsent_.empty()) {
        const auto step = flush();
        if (step.outcome != Outcome::done || !unsent_.empty()) return step.outcome == Outcome::done ? Step{Outcome::done, 0} : step;
        slow_ = true;
    }
    std::size_t total = 0, done = 0;
    for (const auto& part : parts) total += part.iov_len;
    if (encrypts_below_) return write_below(parts, total, now);
    if (records_) return write_records(parts, total, now, ends);
    ERR_clear_error();
    os_error_ = 0;
    gathered_ = total > largest_record_ && !slow_ && pending_ == 0 ? &room : nullptr;
    Step out{Outcome::done, 0};
    while (done < total) {
        const auto piece = piece_of(parts, done, pending_ ? pending_ : record_limit(now));
        more_ = ends || done + piece.size() < total;
        std::size_t n = 0;
        const int code = takes_early_ && !SSL_is_init_finished(ssl_.get()) ? SSL_write_early_data(ssl_.get(), piece.data(), piece.size(), &n) : SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &n);
        if (code != 1) {
            const Step before = last_;
            out = judge(code);
            if (out.outcome == Outcome::broken) last_ = before;
            if (out.outcome == Outcome::want_write) {
                pending_ = static_cast<std::uint32_t>(piece.size());
                slow_ = true;
            }
            break;
        }
        pending_ = 0;
        done += n;
        add_to_burst(n);
        if (gathered_ && (done == total || gathered_->size() >= most_gathered) && !send_gathered(more_)) break;
    }
    if (gathered_ && !room.empty()) send_gathered(false);  // what was made before it failed
    gathered_ = nullptr;
    more_ = false;
    if (os_error_ != 0 && os_error_ != EAGAIN && out.outcome == Outcome::done) out = break_write(os_error_);
    if (done == total && unsent_.empty()) slow_ = false;
    out.size = done;
    return out;
}

}  // namespace sluice::tls
