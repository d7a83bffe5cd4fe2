// Memory for the texts of one exchange: given out piece by piece, given back all at once.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "core/buffers.hpp"

namespace sluice::core {

/// Costs nothing until the first use; then lent blocks, so that in steady state nothing is allocated. Same thread as its
/// pool, which outlives it.
class Arena {
  public:
    explicit Arena(BufferPool& pool) : pool_(pool) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// Not aligned.
    char* allocate(std::size_t size) {
        if (size > static_cast<std::size_t>(end_ - at_)) return allocate_block(size);
        return std::exchange(at_, at_ + size);
    }
    /// Makes the piece given out last larger where it lies. False: no room, or it is not the last.
    bool extend(const char* piece, std::size_t size, std::size_t by) {
        if (piece + size != at_ || by > static_cast<std::size_t>(end_ - at_)) return false;
        at_ += by;
        return true;
    }
    template <class T>
    T* make_array(std::size_t count) {
        char* const piece = allocate(count * sizeof(T) + alignof(T) - 1);
        const auto misaligned = reinterpret_cast<std::uintptr_t>(piece) % alignof(T);
        T* const first = reinterpret_cast<T*>(piece + (misaligned ? alignof(T) - misaligned : 0));
        for (std::size_t i = 0; i < count; ++i) new (first + i) T;
        return first;
    }
    std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        char* copy = allocate(text.size());
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }

  private:
    char* allocate_block(std::size_t size);

    BufferPool& pool_;
    char *at_ = nullptr, *end_ = nullptr;
    boost::container::small_vector<Buffer, 2> blocks_;
    boost::container::small_vector<std::unique_ptr<char[]>, 1> huge_;
};

/// A text that grows in an arena.
class ArenaText {
  public:
    explicit ArenaText(Arena& arena) : arena_(arena) {}

    void append(std::string_view text) {
        if (text.size() > room_ - size_) grow(text.size());
        if (!text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
        size_ += text.size();
    }
    ArenaText& operator+=(std::string_view text) {
        append(text);
        return *this;
    }
    void push_back(char c) { append({&c, 1}); }
    std::string_view view() const { return {data_, size_}; }

  private:
    void grow(std::size_t by);

    Arena& arena_;
    char* data_ = nullptr;
    std::size_t size_ = 0, room_ = 0;
};

}  // namespace sluice::core
