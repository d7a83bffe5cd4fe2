#include "proxy/backlog.hpp"

#include <algorithm>
#include <cstring>

#include "core/system_text.hpp"

namespace sluice::proxy {

using core::result;
using net::Task;

std::size_t Backlog::room_for() const {
    std::uint64_t room = 0;
    if (file_is_empty() && in_memory_ < settings_.memory()) room = settings_.memory() - in_memory_;
    if (room < least && may_use_file()) {
        const auto used = file_ && !file_is_empty() ? file_->size() : 0;
        room += std::min(settings_.file_most - std::min(settings_.file_most, used), write_size());
    }
    // However small the buffers are made, something must come through.
    if (in_memory_ == 0 && file_is_empty()) room = std::max<std::uint64_t>(room, least);
    return static_cast<std::size_t>(std::min<std::uint64_t>(room, core::BufferPool::large));
}

/// What goes to the disk at once stays in memory until it is there.
std::uint64_t Backlog::write_size() const {
    if (settings_.file_write) return settings_.file_write;
    return q_.s.loop.buffers().is_short() ? settings_.busy_most() : core::BufferPool::large;
}

/// Copies what fits, so that many small pieces take no more memory than one large one. What is left over.
std::span<const char> Backlog::keep(std::span<const char> bytes, std::size_t most) {
    while (!bytes.empty() && most > 0) {
        if (blocks_.empty() || blocks_.back().size == blocks_.back().buffer.size()) blocks_.push_back({q_.s.loop.buffers().lend_small(), 0});
        auto& block = blocks_.back();
        const auto size = std::min({bytes.size(), most, block.buffer.size() - block.size});
        std::memcpy(block.buffer.data() + block.size, bytes.data(), size);
        block.size += size;
        in_memory_ += size;
        most -= size;
        bytes = bytes.subspan(size);
    }
    return bytes;
}

Task<void> Backlog::put(std::span<const char> bytes) {
    if (file_is_empty()) bytes = keep(bytes, settings_.memory() - std::min<std::uint64_t>(in_memory_, settings_.memory()));
    wake(taking_);
    if (bytes.empty() || given_up_) co_return;
    const bool on_disk = co_await append(bytes);
    if (!on_disk) {
        // These must not be lost, and what is in the file goes first.
        while (!file_is_empty() && !given_up_) {
            co_await room();
        }
        keep(bytes, bytes.size());
    }
    wake(taking_);
}

/// False: the disk does not take it.
Task<bool> Backlog::append(std::span<const char> bytes) {
    if (!may_use_file()) co_return false;
    appending_ = true;
    core::result<void> done;
    if (!file_) {
        file_ = std::make_unique<spool::File>(q_.s.disk);
        done = co_await file_->open(*settings_.folder, spool::Name::none);
        if (done && logs_level(q_, exchange::Level::warn))
            log_error(q_, exchange::Level::warn, "an upstream response is buffered to a temporary file " + file_->path() + " while reading upstream");
    }
    if (done) {
        done = co_await file_->append(bytes);
    }
    appending_ = false;
    if (done) co_return true;
    disk_failed_ = true;
    tell_disk();
    if (!file_->is_open()) file_.reset();
    co_return false;
}

void Backlog::tell_disk() {
    if (!q_.s.disk.may_complain()) return;
    log_error(q_, exchange::Level::crit,
              core::failed(file_->error().call, file_->path(), file_->error().os_error) + ", answers wait for their clients");
}

void Backlog::end(bool whole) {
    ended_ = true;
    whole_ = whole;
    wake(taking_);
}

void Backlog::give_up() {
    given_up_ = true;
    wake(putting_);
}

Task<result<Backlog::Piece>> Backlog::next() {
    for (;;) {
        if (!blocks_.empty()) {
            auto block = std::move(blocks_.front());
            blocks_.pop_front();
            in_memory_ -= block.size;
            Piece piece{std::move(block.buffer), {}, false};
            piece.bytes = piece.buffer.span().first(block.size);
            piece.last = ended_ && whole_ && blocks_.empty() && file_is_empty();
            wake(putting_);
            co_return piece;
        }
        if (file_ && read_ < file_->size()) co_return co_await next_of_file();
        if (ended_) co_return Piece{{}, {}, whole_};
        co_await Wait{taking_};
    }
}

Task<result<Backlog::Piece>> Backlog::next_of_file() {
    const auto busy = settings_.busy_most();
    auto& pool = q_.s.loop.buffers();
    Piece piece{busy <= core::BufferPool::small ? pool.lend_small() : pool.lend_large(), {}, false};
    auto got = co_await file_->read(read_, piece.buffer.span().first(std::min<std::uint64_t>(busy, piece.buffer.size())));
    if (!got) co_return core::Failure{core::Code::system, core::Side::self, core::Stage::response_body, got.error().os_error};
    piece.bytes = *got;
    read_ += got->size();
    if (read_ == file_->size() && !appending_) {
        // The next bytes take the place of those that have been sent.
        file_->rewind();
        read_ = 0;
    }
    piece.last = ended_ && whole_ && file_is_empty();
    wake(putting_);
    co_return piece;
}

}  // namespace sluice::proxy
