// Receiving and sending, straight to the kernel: glibc's wrappers are cancellation points, which costs two atomic operations a
// call in a process with threads (1.5 % of a small request).
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <span>

namespace sluice::net {

/// As recv(2), sendmsg(2): bytes, or -1 and errno. Any thread.
inline ssize_t receive(int fd, std::span<char> room, int flags = 0) {
    return syscall(SYS_recvfrom, fd, room.data(), room.size(), flags, nullptr, nullptr);
}

inline ssize_t transmit(int fd, std::span<const char> bytes, int flags) {
    return syscall(SYS_sendto, fd, bytes.data(), bytes.size(), flags, nullptr, 0);
}

inline ssize_t transmit(int fd, std::span<const iovec> parts, int flags) {
    // One part needs no message header copied in and checked.
    if (parts.size() == 1) return syscall(SYS_sendto, fd, parts[0].iov_base, parts[0].iov_len, flags, nullptr, 0);
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    return syscall(SYS_sendmsg, fd, &message, flags);
}

}  // namespace sluice::net
