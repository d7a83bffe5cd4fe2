#include "core/arena.hpp"

#include <algorithm>

namespace sluice::core {

char* Arena::allocate_block(std::size_t size) {
    if (size > BufferPool::large / 2) {
        huge_.push_back(std::make_unique_for_overwrite<char[]>(size));
        return huge_.back().get();
    }
    blocks_.push_back(size > BufferPool::small / 2 ? pool_.lend_large() : pool_.lend_small());
    at_ = blocks_.back().data();
    end_ = at_ + blocks_.back().size();
    return std::exchange(at_, at_ + size);
}

void ArenaText::grow(std::size_t by) {
    const std::size_t more = std::max({by, room_, std::size_t{64}});
    if (data_ && arena_.extend(data_, room_, more)) {
        room_ += more;
        return;
    }
    char* moved = arena_.allocate(room_ + more);
    if (size_) std::memcpy(moved, data_, size_);
    data_ = moved;
    room_ += more;
}

}  // namespace sluice::core
