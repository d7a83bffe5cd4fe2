#include "process/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "core/clock.hpp"
#include "core/system_text.hpp"

namespace sluice::process {

std::string notify(std::string_view state) {
    const char* name = std::getenv("NOTIFY_SOCKET");
    if (!name || !*name) return "";
    const std::string_view path = name;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if ((path[0] != '/' && path[0] != '@') || path.size() >= sizeof to.sun_path)
        return "NOTIFY_SOCKET=\"" + std::string(path) + "\" is not the path of a Unix socket";
    std::memcpy(to.sun_path, path.data(), path.size());
    if (path[0] == '@') to.sun_path[0] = 0;  // of the abstract namespace
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    // Waits for room in the manager's socket, as sd_notify() does, but not for ever.
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return core::failed("socket()", path, errno);
    const timeval patience{5, 0};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto n = sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
    const int error = errno;
    close(fd);
    return n < 0 ? core::failed("sendto()", path, error) : "";
}

std::string notify_ready() { return notify("READY=1\nMAINPID=" + std::to_string(getpid()) + "\nSTATUS=serving"); }

std::string notify_reloading() {
    // Type=notify-reload wants to know when the reload began.
    const auto now = core::SystemClock().now().us;
    return notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now) + "\nSTATUS=reading the configuration anew");
}

std::string notify_stopping() { return notify("STOPPING=1\nSTATUS=finishing what is in progress"); }

}  // namespace sluice::process
