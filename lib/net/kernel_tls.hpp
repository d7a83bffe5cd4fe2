// Sockets whose records of TLS the kernel makes. Any thread.
#pragma once

#include <sys/types.h>

#include <span>

namespace sluice::net {

/// Whatever is sent over the connected socket from now on is data of TLS, in records made with these keys
/// (tls::kernel_keys()). False: the kernel, or its TLS, does not take them; nothing has changed.
bool encrypt_in_kernel(int fd, std::span<const char> keys);

/// As send(2): a record of another type than data (RFC 8446 5.1).
ssize_t send_record(int fd, unsigned char type, std::span<const char> content);

}  // namespace sluice::net
