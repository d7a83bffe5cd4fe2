// Log lines as datagrams to a syslog server (RFC 3164), over UDP or a Unix socket, as nginx sends them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/time.hpp"
#include "exchange/reasons.hpp"
#include "net/address.hpp"

namespace sluice::observe {

/// RFC 3164 4.1.1, with the names of nginx's conf.
enum class Severity : std::uint8_t { emerg, alert, crit, error, warn, notice, info, debug };

constexpr Severity severity_of(exchange::Level level) {
    return static_cast<Severity>(static_cast<int>(Severity::debug) - static_cast<int>(level));
}

/// What stands behind "syslog:" in a conf, not resolved.
struct SyslogOptions {
    std::string host;  // without brackets; or the path of a Unix socket
    bool is_unix = false;
    std::uint16_t port = 514;
    std::uint8_t facility = 23;          // local7
    Severity severity = Severity::info;  // of lines that have none of their own: the access log's
    std::string tag = "sluice";
    bool hostname = true;
};

/// "server=ADDRESS[:PORT][,facility=F][,severity=S][,tag=T][,nohostname]", without the "syslog:". What is wrong, with
/// what would be right; "" if nothing is. Pure.
std::string parse_syslog(std::string_view text, SyslogOptions& out);

/// The address of the server; for a name its first. What is wrong, or "". Blocks, as the resolver does.
std::string resolve_syslog(const SyslogOptions& options, net::Address& out);

/// The way to one server. Never waits: a datagram that cannot leave is for the caller to keep or to drop. One thread.
class Syslog {
  public:
    enum class Sent : std::uint8_t { yes, later, no };

    /// What leaves in one datagram at most; longer lines are cut.
    static constexpr std::size_t datagram_room = 65'507;

    Syslog(SyslogOptions options, net::Address server);
    ~Syslog();
    Syslog(const Syslog&) = delete;
    Syslog& operator=(const Syslog&) = delete;

    Severity severity() const { return options_.severity; }

    /// One line without its newline. `later`: the server's socket is full, descriptor() tells when it is not. `no`:
    /// there is no server, and errno says why.
    Sent send(core::WallTime now, Severity severity, std::string_view line);

    int descriptor() const { return fd_; }

    /// Lines sent of which it turned out later that nobody was there to take them (UDP), since the last call.
    std::uint64_t take_lost() { return std::exchange(lost_, 0); }

  private:
    void write_datagram(core::WallTime now, Severity severity, std::string_view line);
    bool connect();
    void disconnect();

    SyslogOptions options_;
    net::Address server_;
    std::string source_;  // host and tag, the constant part of each header
    int fd_ = -1;
    std::uint64_t lost_ = 0;
    std::int64_t stamped_ = -1;  // the second of stamp_
    char stamp_[32] = {};
    std::string datagram_;  // reused
};

}  // namespace sluice::observe
