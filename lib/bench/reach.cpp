#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "bench/run.hpp"
#include "config/words.hpp"
#include "server/resolve.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr unsigned own_descriptors = 64;  // logs, event queues, timers, a margin

/// 0 or errno.
int try_connecting(const net::Address& address, double seconds) {
    const auto native = address.native();
    const int fd = socket(native.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    int error = connect(fd, native.get(), native.size) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        pollfd waiting{fd, POLLOUT, 0};
        socklen_t size = sizeof error;
        if (poll(&waiting, 1, static_cast<int>(seconds * 1000)) == 0)
            error = ETIMEDOUT;
        else
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    close(fd);
    return error;
}

std::vector<net::Address> addresses_of(const Origin& origin, std::string& wrong) {
    if (!origin.unix_path.empty()) return {net::Address::unix_socket(origin.unix_path)};
    if (const auto literal = net::Address::parse(origin.host, origin.port)) return {*literal};
    server::AddressText text;
    text.host = origin.host;
    text.port = origin.port;
    text.text = origin.text();
    auto resolved = server::resolve(text);
    wrong = resolved.message;
    return std::move(resolved.addresses);
}

std::uint64_t most_connections(const Plan& plan) {
    std::uint64_t out = plan.open() ? plan.connections : 0;
    for (const Phase& phase : plan.phases)
        out = std::max<std::uint64_t>({out, phase.connections_from, phase.connections_to});
    return out * plan.origins.size();
}

}  // namespace

std::string find_addresses(Plan& plan) {
    plan.addresses.clear();
    for (const Origin& origin : plan.origins) {
        std::string wrong;
        int error = 0;
        const auto found = addresses_of(origin, wrong);
        if (!wrong.empty()) return wrong;
        const net::Address* good = nullptr;
        for (const net::Address& address : found) {
            error = try_connecting(address, plan.timeout);
            if (error == 0) good = &address;
            if (good) break;
        }
        if (!good) return concat({"cannot connect to ", origin.text(), ": ", std::strerror(error)});
        plan.addresses.push_back(*good);
    }
    return "";
}

std::uint64_t allow_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::string allow_descriptors(const Plan& plan) {
    const std::uint64_t wanted = most_connections(plan);
    return too_few_descriptors(wanted, allow_descriptors(), concat({std::to_string(wanted), " connections"}));
}

std::string too_few_descriptors(std::uint64_t wanted, std::uint64_t allowed, std::string_view what) {
    wanted += own_descriptors;
    if (wanted <= allowed) return "";
    return concat({what, " take ", std::to_string(wanted), " descriptors, and the system allows ",
                   std::to_string(allowed), " (ulimit -n); fewer connections, or raise that limit"});
}

}  // namespace sluice::bench
