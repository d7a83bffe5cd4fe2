#include "core/buffers.hpp"

namespace sluice::core {

BufferPool::~BufferPool() {
    for (auto* shelf : {&small_, &large_})
        while (Free* const block = shelf->top) {
            shelf->top = block->next;
            std::free(block);
        }
}

char* BufferPool::add(std::size_t size) {
    void* const block = std::malloc(size);
    if (!block) throw std::bad_alloc();
    return static_cast<char*>(block);
}

}  // namespace sluice::core
