// The floor with io_uring: a receive for good (multishot) on each connection, from a ring of buffers that the kernel picks
// from, and sends that wait in the queue until the turn's one system call. For small messages: a send that must wait may be
// overtaken by the next.
#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "floor.hpp"

namespace bench::floor {

namespace {

constexpr unsigned buffer_count = 1024, buffer_size = 4096;

enum class Kind : std::uint8_t { accept, receive, send };

struct Tag {
    Kind kind;
    std::uint16_t buffer;
    int descriptor;

    std::uint64_t packed() const {
        return std::uint64_t{static_cast<std::uint8_t>(kind)} << 48 | std::uint64_t{buffer} << 32 | static_cast<std::uint32_t>(descriptor);
    }
    static Tag of(std::uint64_t packed) {
        return {static_cast<Kind>(packed >> 48), static_cast<std::uint16_t>(packed >> 32), static_cast<int>(packed & 0xffffffff)};
    }
};

class Relay {
  public:
    bool begin(std::uint16_t port, std::uint16_t backend);
    [[noreturn]] void run();

  private:
    io_uring_sqe* next() {
        for (;;) {
            if (auto* entry = io_uring_get_sqe(&ring_)) return entry;
            io_uring_submit(&ring_);
        }
    }
    char* bytes(unsigned buffer) { return memory_.data() + std::size_t{buffer} * buffer_size; }
    void give_back(unsigned buffer) {
        io_uring_buf_ring_add(buffers_, bytes(buffer), buffer_size, static_cast<unsigned short>(buffer), io_uring_buf_ring_mask(buffer_count), 0);
        io_uring_buf_ring_advance(buffers_, 1);
    }
    void receive_for_good(int descriptor);
    void accepted(int client);
    void received(int descriptor, int result, unsigned flags);
    void close_both(int descriptor);

    io_uring ring_{};
    io_uring_buf_ring* buffers_ = nullptr;
    std::vector<char> memory_ = std::vector<char>(std::size_t{buffer_count} * buffer_size);
    std::vector<int> other_end_ = std::vector<int>(65536, -1);
    std::uint16_t backend_ = 0;
};

bool Relay::begin(std::uint16_t port, std::uint16_t backend) {
    backend_ = backend;
    const int listener = listen_on(port, 0);
    if (listener < 0) return false;
    io_uring_params params{};
    params.flags = IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_CQSIZE;
    params.cq_entries = 4096;
    if (const int failed = io_uring_queue_init_params(1024, &ring_, &params); failed != 0) return errno = -failed, false;
    void* place = std::aligned_alloc(4096, buffer_count * sizeof(io_uring_buf));
    buffers_ = static_cast<io_uring_buf_ring*>(place);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(place);
    registration.ring_entries = buffer_count;
    if (const int failed = io_uring_register_buf_ring(&ring_, &registration, 0); failed != 0) return errno = -failed, false;
    io_uring_buf_ring_init(buffers_);
    for (unsigned i = 0; i < buffer_count; ++i) give_back(i);
    auto* entry = next();
    io_uring_prep_multishot_accept(entry, listener, nullptr, nullptr, SOCK_CLOEXEC);
    entry->user_data = Tag{Kind::accept, 0, listener}.packed();
    return true;
}

void Relay::receive_for_good(int descriptor) {
    auto* entry = next();
    io_uring_prep_recv_multishot(entry, descriptor, nullptr, 0, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = 0;
    entry->user_data = Tag{Kind::receive, 0, descriptor}.packed();
}

void Relay::accepted(int client) {
    if (client < 0) return;
    const int peer = connect_to(backend_);
    if (peer < 0) {
        ::close(client);
        return;
    }
    send_at_once(client);
    other_end_[static_cast<std::size_t>(client)] = peer;
    other_end_[static_cast<std::size_t>(peer)] = client;
    receive_for_good(client);
    receive_for_good(peer);
}

/// The receive of the other one ends with the shutdown, and has it closed, too.
void Relay::close_both(int descriptor) {
    int& other = other_end_[static_cast<std::size_t>(descriptor)];
    if (other >= 0) {
        other_end_[static_cast<std::size_t>(other)] = -1;
        ::shutdown(other, SHUT_RDWR);
    }
    other = -1;
    ::close(descriptor);
}

void Relay::received(int descriptor, int result, unsigned flags) {
    if (result == -ENOBUFS) return receive_for_good(descriptor);
    if (result <= 0) return close_both(descriptor);
    const auto buffer = static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT);
    const int other = other_end_[static_cast<std::size_t>(descriptor)];
    if (other < 0) {
        give_back(buffer);
    } else {
        auto* entry = next();
        io_uring_prep_send(entry, other, bytes(buffer), static_cast<std::size_t>(result), MSG_NOSIGNAL);
        entry->user_data = Tag{Kind::send, buffer, descriptor}.packed();
    }
    if (!(flags & IORING_CQE_F_MORE)) receive_for_good(descriptor);
}

void Relay::run() {
    for (;;) {
        io_uring_submit_and_wait(&ring_, 1);
        io_uring_cqe* done = nullptr;
        unsigned at = 0, count = 0;
        io_uring_for_each_cqe(&ring_, at, done) {
            ++count;
            const auto tag = Tag::of(done->user_data);
            if (tag.kind == Kind::accept) accepted(done->res);
            if (tag.kind == Kind::receive) received(tag.descriptor, done->res, done->flags);
            if (tag.kind == Kind::send) give_back(tag.buffer);
        }
        io_uring_cq_advance(&ring_, count);
    }
}

}  // namespace

void run_io_uring(std::uint16_t port, std::uint16_t backend) {
    Relay relay;
    if (relay.begin(port, backend)) relay.run();
}

}  // namespace bench::floor
