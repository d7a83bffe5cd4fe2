#include "core/buffers.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::core;

TEST_CASE("blocks are counted until they are given back") {
    BufferPool pool;
    {
        Buffer head = pool.lend_small();
        Buffer body = pool.lend_large();
        CHECK(pool.lent() == 2);
        CHECK(head.size() == BufferPool::small);
        CHECK(body.span().size() == BufferPool::large);
        head.release();
        CHECK(pool.lent() == 1);
        CHECK_FALSE(head);
        head.release();
        CHECK(pool.lent() == 1);
    }
    CHECK(pool.lent() == 0);
}

TEST_CASE("a moved buffer has one owner") {
    BufferPool pool;
    Buffer a = pool.lend_small();
    char* const block = a.data();
    Buffer b = std::move(a);
    CHECK(b.data() == block);
    CHECK(pool.lent() == 1);
    a = pool.lend_large();
    a = std::move(b);  // the large one goes with b
    CHECK(a.data() == block);
    CHECK(pool.lent() == 2);
    b.release();
    a.release();
    CHECK(pool.lent() == 0);
}

TEST_CASE("more blocks than a pool keeps") {
    BufferPool pool;
    std::vector<Buffer> many;
    for (int i = 0; i < 600; ++i) many.push_back(i % 2 ? pool.lend_small() : pool.lend_large());
    CHECK(pool.lent() == 600);
    many.clear();
    CHECK(pool.lent() == 0);
}

TEST_CASE("few blocks for bulk are lent, and given back like others") {
    BufferPool pool;
    std::vector<Buffer> many;
    while (pool.has_bulk()) many.push_back(pool.lend_bulk());
    CHECK(many.size() == 16);
    CHECK(many.front().size() == BufferPool::bulk);
    many.back().data()[BufferPool::bulk - 1] = 'x';
    many.pop_back();
    CHECK(pool.has_bulk());
    CHECK(pool.lend_exactly(BufferPool::bulk).size() == BufferPool::bulk);
    many.clear();
    CHECK(pool.lent() == 0);
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("the block given back last is lent first") {
    BufferPool pool;
    Buffer a = pool.lend_small(), b = pool.lend_small();
    char* const last = b.data();
    a.release();
    b.release();
    CHECK(pool.lend_small().data() == last);
}
#endif

TEST_CASE("a pool tells when as many large blocks are out as it keeps") {
    BufferPool pool;
    std::vector<Buffer> out;
    while (!pool.is_short()) out.push_back(pool.lend_large());
    CHECK(out.size() == 64);
    for (int i = 0; i < 10; ++i) out.push_back(pool.lend_small());
    for (int i = 0; i < 10; ++i) out.pop_back();
    CHECK(pool.is_short());
    out.pop_back();
    CHECK_FALSE(pool.is_short());
}

TEST_CASE("blocks of any size") {
    BufferPool pool;
    for (const std::size_t size : {std::size_t{1}, BufferPool::small - 1, BufferPool::small, BufferPool::small + 1, BufferPool::large - 1, BufferPool::large,
                                   BufferPool::large + 1, 16 * BufferPool::large}) {
        Buffer exactly = pool.lend_exactly(size);
        CHECK(exactly.size() == size);
        std::ranges::fill(exactly.span(), 'x');
        Buffer enough = pool.lend_for(size);
        CHECK(enough.size() >= size);
        std::ranges::fill(enough.span(), 'x');
        CHECK(pool.lent() == 2);
    }
    CHECK(pool.lent() == 0);
    CHECK_FALSE(pool.is_short());
}

#ifndef __SANITIZE_ADDRESS__
namespace {
/// The system has not got it back.
bool is_there(char* block) { return msync(block, BufferPool::large, MS_ASYNC) == 0 || errno != ENOMEM; }
}  // namespace

TEST_CASE("trim gives back what nobody has needed since the last one") {
    BufferPool pool;
    std::vector<char*> blocks;
    {
        std::vector<Buffer> peak;
        for (int i = 0; i < 10; ++i) {
            peak.push_back(pool.lend_large());
            blocks.push_back(peak.back().data());
        }
    }
    const auto there = [&] { return std::ranges::count_if(blocks, is_there); };
    pool.trim();  // they have just been needed
    CHECK(there() == 10);
    {
        const Buffer one = pool.lend_large(), two = pool.lend_large();
    }
    pool.trim();
    CHECK(there() == 2);
    pool.trim();
    CHECK(there() == 0);
}
#endif
