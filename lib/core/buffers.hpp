// Blocks of memory lent for as long as bytes are under way.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace sluice::core {

class BufferPool;

/// A lent block; goes back to its pool when destroyed. Movable. The pool outlives it; same thread.
class Buffer {
  public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        std::swap(pool_, other.pool_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Buffer() { release(); }

    /// Gives the block back now.
    void release();

    explicit operator bool() const { return data_ != nullptr; }
    char* data() const { return data_; }
    std::size_t size() const { return size_; }
    std::span<char> span() const { return {data_, size_}; }

  private:
    friend class BufferPool;
    Buffer(BufferPool& pool, char* data, std::size_t size) : pool_(&pool), data_(data), size_(size) {}
    BufferPool* pool_ = nullptr;
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

/// One per worker; that worker's thread only. Last given back, first lent: the warm block.
class BufferPool {
  public:
    static constexpr std::size_t small = 8 * 1024;    // a head
    static constexpr std::size_t large = 64 * 1024;   // a body on its way: measured best (DESIGN.md)

    BufferPool() = default;
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;
    ~BufferPool();

    Buffer lend_small() { return lend(small_, small); }
    Buffer lend_large() { return lend(large_, large); }

    /// Blocks out on loan; a leak test looks at this.
    std::size_t lent() const { return lent_; }

  private:
    friend class Buffer;
    struct Shelf {
        std::vector<char*> blocks;
        std::size_t keep;  // more than these go back to the allocator
    };
    Buffer lend(Shelf& shelf, std::size_t size);
    void take_back(char* block, std::size_t size);

    Shelf small_{{}, 256};
    Shelf large_{{}, 64};
    std::size_t lent_ = 0;
};

inline void Buffer::release() {
    if (!data_) return;
    pool_->take_back(std::exchange(data_, nullptr), std::exchange(size_, 0));
}

}  // namespace sluice::core
