// In steady state a request allocates nothing: neither with new nor, as pools do, with malloc.
#include <cstddef>

#include "support/catch.hpp"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <string>

#include "support/sim.hpp"

// In place of the C library's in this whole test program; operator new comes here, too.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
}

namespace {
thread_local bool counting = false;
thread_local std::size_t allocations = 0;
void count() { allocations += counting; }
}  // namespace

extern "C" void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
extern "C" void* realloc(void* block, std::size_t size) {
    count();
    return __libc_realloc(block, size);
}

using namespace sluice::test;

namespace {

/// How many allocations the worker makes for `rounds` exchanges on kept connections, after some to warm up.
std::size_t allocations_for(int rounds, Setup::Log log, const std::string& request, const std::string& answer) {
    Setup setup;
    setup.log = log;
    setup.peers = 1;
    Sim sim(setup);
    sim.around_turns([](bool begins) { counting = begins; });
    End& client = sim.client(0);
    client.listens(true);
    allocations = 0;
    for (int i = 0; i < 200 + rounds; ++i) {
        if (i == 200) allocations = 0;
        client.send(request);
        REQUIRE(sim.settle());
        sim.peer(0)->listens(true);
        sim.peer(0)->send(answer);
        REQUIRE(sim.settle());
    }
    CHECK(sim.peers() == 1);
    std::size_t answers = 0;
    for (std::size_t at = 0; (at = client.received().find("HTTP/1.1 200 ", at)) != std::string::npos; ++at) ++answers;
    CHECK(answers == static_cast<std::size_t>(200 + rounds));
    return allocations;
}

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n";
const std::string kilobyte(1024, 'x');
const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n" + kilobyte;

}  // namespace

TEST_CASE("the allocations of a turn are counted") {
    allocations = 0;
    counting = true;
    const auto* block = new std::string(100, 'x');
    counting = false;
    delete block;
    CHECK(allocations == 2);
}

TEST_CASE("a request on kept connections allocates nothing") {
    CHECK(allocations_for(1000, Setup::Log::none, get, answer) == 0);
    CHECK(allocations_for(1000, Setup::Log::written, get, answer) == 0);
}

TEST_CASE("nor do bodies") {
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";
    const std::string chunked_post =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
    const std::string chunked_answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + kilobyte + "\r\n0\r\n\r\n";
    CHECK(allocations_for(100, Setup::Log::written, post, answer) == 0);
    CHECK(allocations_for(100, Setup::Log::written, chunked_post, answer) == 0);
    CHECK(allocations_for(100, Setup::Log::written, get, chunked_answer) == 0);
}

#else

TEST_CASE("sanitizers have an allocator of their own: allocations are counted without them") { SUCCEED(); }

#endif
