#include "observe/syslog.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <ctime>
#include <utility>

#include "core/text.hpp"

namespace sluice::observe {

namespace {
std::string hostname() {
    char name[HOST_NAME_MAX + 1] = {};
    if (gethostname(name, sizeof name - 1) != 0) return "localhost";
    std::string out = name;
    std::ranges::transform(out, out.begin(), core::lower);
    return out;
}
}  // namespace

Syslog::Syslog(SyslogOptions options, net::Address server)
    : options_(std::move(options)),
      server_(std::move(server)),
      source_((options_.hostname ? hostname() + " " : "") + options_.tag + ": ") {}

Syslog::~Syslog() { disconnect(); }

bool Syslog::connect() {
    if (fd_ >= 0) return true;
    const auto to = server_.native();
    fd_ = socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return false;
    if (::connect(fd_, to.get(), to.size) == 0) return true;
    const int error = errno;
    disconnect();
    errno = error;
    return false;
}

void Syslog::disconnect() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
}

/// RFC 3164 4.1: "<PRI>Mmm dd hh:mm:ss HOST TAG: LINE".
void Syslog::write_datagram(core::WallTime now, Severity severity, std::string_view line) {
    if (std::exchange(stamped_, now.seconds()) != now.seconds()) {
        constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const std::time_t seconds = now.seconds();
        std::tm local{};
        localtime_r(&seconds, &local);
        std::snprintf(stamp_, sizeof stamp_, "%s %2d %02d:%02d:%02d ", months[local.tm_mon], local.tm_mday,
                      local.tm_hour, local.tm_min, local.tm_sec);
    }
    datagram_ = '<';
    datagram_ += std::to_string(options_.facility * 8 + static_cast<int>(severity));
    datagram_ += '>';
    ((datagram_ += stamp_) += source_) += line;
    if (datagram_.size() > datagram_room) datagram_.resize(datagram_room);
}

Syslog::Sent Syslog::send(core::WallTime now, Severity severity, std::string_view line) {
    write_datagram(now, severity, line);
    // A second try: the first may meet the answer to an earlier datagram, or a server that has started anew.
    for (int tries = 0; tries < 2; ++tries) {
        if (!connect()) return Sent::no;
        if (::send(fd_, datagram_.data(), datagram_.size(), MSG_NOSIGNAL) >= 0) return Sent::yes;
        if (errno == EAGAIN) return Sent::later;
        if (errno == EMSGSIZE || errno == ENOBUFS) return Sent::no;
        if (errno == ECONNREFUSED && !options_.is_unix) ++lost_;
        const int error = errno;
        disconnect();
        errno = error;
    }
    return Sent::no;
}

}  // namespace sluice::observe
