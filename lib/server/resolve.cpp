#include "server/resolve.hpp"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace sluice::server {

namespace {
Resolved resolve_unix(const AddressText& where) {
    if (where.host.size() >= sizeof(sockaddr_un::sun_path)) return {{}, "the path of a Unix socket has at most 107 characters"};
    return {{net::Address::unix_socket(where.host)}, ""};
}

/// One socket for IPv6 and IPv4.
Resolved any(std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    return {{net::Address::from(reinterpret_cast<const sockaddr*>(&address), sizeof address)}, ""};
}
}  // namespace

Resolved resolve(const AddressText& where) {
    using boost::asio::ip::tcp;
    if (where.family == AddressText::Family::unix_path) return resolve_unix(where);
    if (where.host.empty()) return any(where.port);
    boost::asio::io_context context{1};
    boost::system::error_code error;
    const auto found = tcp::resolver(context).resolve(where.host, std::to_string(where.port), tcp::resolver::numeric_service, error);
    if (error) return {{}, "cannot resolve \"" + where.host + "\": " + error.message()};
    Resolved out;
    for (const auto& entry : found) {
        const auto endpoint = entry.endpoint();
        const auto address = net::Address::from(endpoint.data(), static_cast<socklen_t>(endpoint.size()));
        if (std::find(out.addresses.begin(), out.addresses.end(), address) == out.addresses.end()) out.addresses.push_back(address);
    }
    return out;
}

}  // namespace sluice::server
