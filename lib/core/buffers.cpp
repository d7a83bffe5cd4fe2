#include "core/buffers.hpp"

#include <sys/mman.h>

namespace sluice::core {

namespace {
/// Large blocks are the system's own, so that what a peak took is its own again afterwards: the allocator would keep it
/// wherever something smaller lies behind.
bool is_mapped(std::size_t size) {
#ifdef __SANITIZE_ADDRESS__
    (void)size;
    return false;  // only the allocator's blocks are watched there
#else
    return size >= BufferPool::large;
#endif
}
}  // namespace

BufferPool::~BufferPool() {
    // Nothing has been needed since then.
    trim();
    trim();
}

void BufferPool::trim() {
    for (auto* shelf : {&small_, &large_, &bulk_}) {
        for (; shelf->fewest > 0; --shelf->fewest, --shelf->count) {
            Free* const block = shelf->top;
            shelf->top = block->next;
            drop(reinterpret_cast<char*>(block), shelf->size);
        }
        shelf->fewest = shelf->count;
    }
}

char* BufferPool::add(std::size_t size) {
    void* block = is_mapped(size) ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : std::malloc(size);
    if (!block || block == MAP_FAILED) throw std::bad_alloc();
    return static_cast<char*>(block);
}

void BufferPool::drop(char* block, std::size_t size) {
    if (is_mapped(size))
        ::munmap(block, size);
    else
        std::free(block);
}

}  // namespace sluice::core
