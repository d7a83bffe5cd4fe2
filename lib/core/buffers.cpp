#include "core/buffers.hpp"

#include <cstdlib>
#include <new>

namespace sluice::core {

BufferPool::~BufferPool() {
    for (auto* shelf : {&small_, &large_})
        for (char* block : shelf->blocks) std::free(block);
}

Buffer BufferPool::lend(Shelf& shelf, std::size_t size) {
    char* block = nullptr;
#ifndef __SANITIZE_ADDRESS__  // there, a fresh block each time finds uses after return
    if (!shelf.blocks.empty()) {
        block = shelf.blocks.back();
        shelf.blocks.pop_back();
    }
#endif
    if (!block) block = static_cast<char*>(std::malloc(size));
    if (!block) throw std::bad_alloc();
    ++lent_;
    return Buffer(*this, block, size);
}

void BufferPool::take_back(char* block, std::size_t size) {
    --lent_;
#ifndef __SANITIZE_ADDRESS__
    Shelf& shelf = size == small ? small_ : large_;
    if (shelf.blocks.size() < shelf.keep) {
        shelf.blocks.push_back(block);
        return;
    }
#else
    (void)size;
#endif
    std::free(block);
}

}  // namespace sluice::core
