#include "net/kernel_tls.hpp"

#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tls/kernel.hpp"

namespace sluice::net {

bool encrypt_in_kernel(int fd, std::span<const char> keys) {
    static constexpr char name[] = "tls";
    return !keys.empty() && tls::kernel_has_tls() && setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, sizeof name) == 0 &&
           setsockopt(fd, SOL_TLS, TLS_TX, keys.data(), static_cast<socklen_t>(keys.size())) == 0;
}

ssize_t send_record(int fd, unsigned char type, std::span<const char> content) {
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof type)] = {};
    iovec part{const_cast<char*>(content.data()), content.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    cmsghdr* const word = CMSG_FIRSTHDR(&message);
    word->cmsg_level = SOL_TLS;
    word->cmsg_type = TLS_SET_RECORD_TYPE;
    word->cmsg_len = CMSG_LEN(sizeof type);
    *CMSG_DATA(word) = type;
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace sluice::net
