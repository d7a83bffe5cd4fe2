// Blocks of memory lent for as long as bytes are under way.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>

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
    static constexpr std::size_t bulk = 256 * 1024;   // one that comes, and goes, faster than that

    BufferPool() = default;
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;
    ~BufferPool();

    Buffer lend_small() { return lend(small_); }
    Buffer lend_large() { return lend(large_); }
    Buffer lend_bulk() { return lend(bulk_); }
    /// Of exactly that size: for the rare one that is larger still, and for what stays longer than bytes usually do.
    Buffer lend_exactly(std::size_t size) {
        if (Shelf* const shelf = shelf_of(size)) return lend(*shelf);
        ++lent_;
        return Buffer(*this, add(size), size);
    }
    /// At least `size` bytes.
    Buffer lend_for(std::size_t size) { return size <= small ? lend_small() : size <= large ? lend_large() : lend_exactly(size); }

    /// As many large ones are out as are kept at most: whoever can do with less should, for now each one costs memory.
    bool is_short() const { return large_.out >= large_.keep; }
    /// One of `bulk` bytes may be lent: they are few.
    bool has_bulk() const { return bulk_.out < bulk_.keep; }

    /// Gives the system those free blocks that nobody has needed since the last call.
    void trim();

    /// Blocks out on loan; a leak test looks at this.
    std::size_t lent() const { return lent_; }

  private:
    friend class Buffer;
    /// A block that nobody has holds the way to the next.
    struct Free {
        Free* next;
    };
    struct Shelf {
        const std::size_t size;  // of each of its blocks
        const std::size_t keep;  // more than these go back where they came from
        Free* top = nullptr;
        std::size_t count = 0;
        std::size_t fewest = 0;  // since the last trim()
        std::size_t out = 0;     // on loan
    };
    /// nullptr: blocks of that size are not kept.
    Shelf* shelf_of(std::size_t size) {
        for (Shelf* shelf : {&small_, &large_, &bulk_})
            if (shelf->size == size) return shelf;
        return nullptr;
    }
    Buffer lend(Shelf& shelf);
    void take_back(char* block, std::size_t size);
    static char* add(std::size_t size);
    static void drop(char* block, std::size_t size);

    Shelf small_{.size = small, .keep = 256};
    Shelf large_{.size = large, .keep = 64};
    Shelf bulk_{.size = bulk, .keep = 16};
    std::size_t lent_ = 0;
};

inline Buffer BufferPool::lend(Shelf& shelf) {
    ++lent_;
    ++shelf.out;
#ifndef __SANITIZE_ADDRESS__  // there, a fresh block each time finds uses after return
    if (Free* const block = shelf.top) {
        shelf.top = block->next;
        if (--shelf.count < shelf.fewest) shelf.fewest = shelf.count;
        return Buffer(*this, reinterpret_cast<char*>(block), shelf.size);
    }
#endif
    return Buffer(*this, add(shelf.size), shelf.size);
}

inline void BufferPool::take_back(char* block, std::size_t size) {
    --lent_;
    Shelf* const shelf = shelf_of(size);
    if (shelf) --shelf->out;
#ifndef __SANITIZE_ADDRESS__
    if (shelf && shelf->count < shelf->keep) {
        shelf->top = new (block) Free{shelf->top};
        ++shelf->count;
        return;
    }
#endif
    drop(block, size);
}

inline void Buffer::release() {
    if (!data_) return;
    pool_->take_back(std::exchange(data_, nullptr), std::exchange(size_, 0));
}

}  // namespace sluice::core
