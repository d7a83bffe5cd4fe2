#include "core/buffers.hpp"

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
