#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <vector>

#include "support/catch.hpp"

using sluice::net::Address;

namespace {

Address v4(const char* ip, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    inet_pton(AF_INET, ip, &in.sin_addr);
    return Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in);
}

Address v6(const char* ip, std::uint16_t port) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    inet_pton(AF_INET6, ip, &in.sin6_addr);
    return Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in);
}

}  // namespace

TEST_CASE("addresses as text") {
    struct Row {
        Address address;
        const char* ip;
        const char* text;
    };
    const std::vector<Row> rows{
        {v4("127.0.0.1", 80), "127.0.0.1", "127.0.0.1:80"},
        {v4("0.0.0.0", 0), "0.0.0.0", "0.0.0.0:0"},
        {v4("255.10.99.100", 65535), "255.10.99.100", "255.10.99.100:65535"},
        {v6("::1", 8080), "::1", "[::1]:8080"},
        {v6("2001:db8::ff", 1), "2001:db8::ff", "[2001:db8::ff]:1"},
        {v6("::ffff:192.0.2.7", 443), "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:443"},
        {Address::unix_socket("/run/x"), "unix:", "unix:/run/x"},
        {Address::unix_socket(""), "unix:", "unix:"},
    };
    CHECK(v6("::ffff:192.0.2.7", 443).unmapped() == v4("192.0.2.7", 443));
    for (const auto& other : {v4("192.0.2.7", 1), v6("::fffe:c000:207", 1), Address::unix_socket("/a")}) CHECK(other.unmapped() == other);
    for (const Row& row : rows) {
        CHECK(row.address.ip() == row.ip);
        CHECK(row.address.text() == row.text);
    }
    CHECK(Address().ip().empty());
}

TEST_CASE("every octet is written in decimal") {
    for (int n = 0; n < 256; ++n) {
        const std::string octet = std::to_string(n), other = std::to_string(255 - n);
        const std::string ip = octet + "." + other + "." + octet + "." + octet;
        CHECK(v4(ip.c_str(), 1).ip() == ip);
    }
}

TEST_CASE("an address comes back from the kernel's form") {
    for (const Address& a : {v4("192.0.2.1", 9), v6("2001:db8::1", 10), Address::unix_socket("/run/x")}) {
        const auto native = a.native();
        CHECK(Address::from(native.get(), native.size) == a);
    }
}

TEST_CASE("a path that fills the kernel's room is not read past it") {
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::memset(un.sun_path, 'p', sizeof un.sun_path);
    const auto a = Address::from(reinterpret_cast<sockaddr*>(&un), sizeof un);
    CHECK(a.path() == std::string(sizeof un.sun_path, 'p'));
    CHECK(Address::from(reinterpret_cast<sockaddr*>(&un), offsetof(sockaddr_un, sun_path)).path().empty());
}

TEST_CASE("equal addresses") {
    CHECK(v4("192.0.2.1", 80) == v4("192.0.2.1", 80));
    CHECK_FALSE(v4("192.0.2.1", 80) == v4("192.0.2.1", 81));
    CHECK_FALSE(v4("192.0.2.1", 80) == v4("192.0.2.2", 80));
    CHECK_FALSE(v4("0.0.0.0", 80) == v6("::", 80));
    CHECK_FALSE(v6("::ffff:192.0.2.1", 80) == v4("192.0.2.1", 80));
    CHECK(Address::unix_socket("/a") == Address::unix_socket("/a"));
    CHECK_FALSE(Address::unix_socket("/a") == Address::unix_socket("/b"));
    Address a = v4("192.0.2.1", 80);
    a.set_port(81);
    CHECK(a.text() == "192.0.2.1:81");
}
