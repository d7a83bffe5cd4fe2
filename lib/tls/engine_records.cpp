// Data in records of our own, once OpenSSL has shaken hands.
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tls/engine.hpp"
#include "tls/parts.hpp"

namespace sluice::tls {

namespace {

constexpr std::size_t largest_sealed = Protection::header + Protection::most_ciphertext;
/// As much as a worker receives at once.
constexpr std::size_t most_received = 4 * 16384 + 4096;

/// One of each size for a worker.
template <std::size_t Size>
std::span<char> scratch() {
    thread_local const auto room = std::make_unique_for_overwrite<char[]>(Size);
    return {room.get(), Size};
}

std::string words_of(int reason) {
    char text[256];
    ERR_error_string_n(ERR_PACK(reason == ERR_R_INTERNAL_ERROR ? ERR_LIB_NONE : ERR_LIB_SSL, 0, reason), text, sizeof text);
    return std::string("SSL: ") + text;
}

/// The `size` bytes of `parts` from `skip` on, which they have; up to `most` parts of it, and what those have as `size`.
std::span<const iovec> cut(std::span<const iovec> parts, std::size_t skip, std::size_t& size, std::span<iovec> room) {
    std::size_t used = 0, have = 0;
    for (const auto& part : parts) {
        if (skip >= part.iov_len) {
            skip -= part.iov_len;
            continue;
        }
        const auto n = std::min(part.iov_len - skip, size - have);
        room[used++] = {static_cast<char*>(part.iov_base) + skip, n};
        have += n;
        skip = 0;
        if (have == size || used == room.size()) break;
    }
    size = have;
    return room.first(used);
}

}  // namespace

/// OpenSSL keeps the connections that it still has a say in: of other versions, where the client is looked up before it gets
/// a ticket, where a kernel makes the records, and where the conf or the client has wishes about records that it knows.
bool Engine::can_settle(const Shaking& shaking) const {
    SSL* const ssl = ssl_.get();
    if (shaking.secrets.client.empty() || shaking.secrets.server.empty() || encrypts_below_ || takes_early_) return false;
    if (SSL_version(ssl) != TLS1_3_VERSION || SSL_has_pending(ssl) || !unsent_.empty() || !shaking.sent.is_between()) return false;
    const auto* const parts = parts_of(ssl);
    if (parts && (parts->checks_clients || parts->shapes_records)) return false;
    const auto* const session = SSL_get_session(ssl);
    return session && SSL_SESSION_get_max_fragment_length(session) == TLSEXT_max_fragment_length_DISABLED;
}

/// The handshake of a server is over.
void Engine::settle() {
    if (!shaking_) return;
    if (can_settle(*shaking_)) records_ = Records::take_over(agreed_->cipher, shaking_->secrets, shaking_->sent.count());
    if (!records_) return stop_shaking();
    shaking_.reset();
    if (ahead().empty()) release(ahead_);
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // nothing is said against its session
    ssl_.reset();
}

Step Engine::refuse_record(const Records::Opened& record) {
    ERR_clear_error();
    problem_ = words_of(record.reason);
    if (record.alert != 0 && unsent_.empty()) send_alert(SSL3_AL_FATAL, record.alert);
    return end_with({Outcome::failed});
}

/// `only_one`: the first that brings data is enough.
Step Engine::read_records(std::span<char> room, bool only_one) {
    const auto input = scratch<most_received>();
    static_assert(most_received >= largest_sealed && most_received >= most_ahead);
    std::size_t begin = 0, end = ahead().size();
    std::ranges::copy(ahead(), input.begin());
    ahead_.clear();
    ahead_used_ = 0;
    Step out{Outcome::done, 0, 0};
    while (out.size < room.size()) {
        const auto record = records_->open(input.subspan(begin, end - begin), room.subspan(out.size));
        begin += record.used;
        if (record.kind == Records::Kind::message) continue;
        if (record.kind == Records::Kind::data) {
            const auto n = std::min(record.content.size(), room.size() - out.size);
            if (record.content.data() != room.data() + out.size) std::memcpy(room.data() + out.size, record.content.data(), n);
            waiting_.assign(record.content.begin() + static_cast<std::ptrdiff_t>(n), record.content.end());
            out.size += n;
            if (only_one && n > 0) break;
            continue;
        }
        if (record.kind == Records::Kind::partial) {
            if (out.size > 0 && transport_.is_dry()) break;
            std::memmove(input.data(), input.data() + begin, end - begin);
            end -= begin;
            begin = 0;
            // What is not asked for yet may stay with the kernel, for the other side to see.
            const auto most = std::clamp(room.size() - out.size + Protection::added, largest_sealed, input.size());
            const auto n = transport_.receive(input.subspan(end, most - end));
            if (n > 0) {
                end += static_cast<std::size_t>(n);
                continue;
            }
            if (out.size > 0) break;  // an end is met again
            if (n < 0 && errno == EAGAIN) {
                out = {Outcome::want_read};
                break;
            }
            return end_with(n < 0 ? Step{Outcome::broken, 0, errno} : Step{Outcome::cut});
        }
        if (record.kind == Records::Kind::end) {
            last_ = {Outcome::end};
            return out.size > 0 ? out : last_;
        }
        const auto step = refuse_record(record);
        return out.size > 0 ? out : step;
    }
    if (begin < end)
        ahead_.assign(input.data() + begin, end - begin);
    else
        release(ahead_);
    return out;
}

Step Engine::write_records(std::span<const iovec> parts, std::size_t total, core::Instant now, bool ends) {
    const auto made = scratch<most_gathered + Protection::most_content + Records::most_added>();
    os_error_ = 0;
    std::size_t done = 0, size = 0;
    while (done < total) {
        std::size_t content = std::min({record_limit(now), total - done, Protection::most_content});
        iovec room[64];
        const auto piece = cut(parts, done, content, room);
        const auto n = records_->seal(piece, content, made.data() + size);
        if (n == 0) {
            send_made(made.first(size), false);
            return refuse_record({Records::Kind::failed, 0, {}, 0, ERR_R_INTERNAL_ERROR});  // an alert would have the wrong number
        }
        size += n;
        done += content;
        add_to_burst(content);
        if (done < total && size < most_gathered && !slow_) continue;
        const bool gone = send_made(made.first(size), ends || done < total);
        size = 0;
        if (gone) continue;
        slow_ = true;
        break;
    }
    if (os_error_ != 0) return break_write(os_error_);
    if (done == total && unsent_.empty()) slow_ = false;
    return {Outcome::done, done};
}

/// As far as there is room; nobody waits for it.
void Engine::send_alert(unsigned char level, unsigned char description) {
    std::array<char, Protection::added + 2> record;
    if (records_->seal_alert(level, description, record) > 0) send_made(record, false);
}

}  // namespace sluice::tls
