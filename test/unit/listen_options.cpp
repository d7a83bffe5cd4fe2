// What `listen` says of sockets: from its words to the kernel, on the listening socket and on what it accepts.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/listen.hpp"
#include "support/decide.hpp"

using namespace sluice;

namespace {

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

struct Fd {
    int number;
    explicit Fd(int fd) : number(fd) {}
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { close(number); }
};

net::ListenOptions options_of(const std::string& words, const std::string& address = "127.0.0.1:80") {
    const auto snapshot = test::compile_text("events {} http { server { listen " + address + ' ' + words + "; return 204; } }");
    INFO(words << '\n' << test::said(*snapshot));
    REQUIRE(snapshot->conf.ok());
    return snapshot->listening.front().socket;
}

}  // namespace

TEST_CASE("the socket parameters of listen are read") {
    const auto all = options_of("backlog=99 rcvbuf=64k sndbuf=32k fastopen=7 deferred bind reuseport");
    CHECK(all.backlog == 99);
    CHECK(all.receive_buffer == 65536);
    CHECK(all.send_buffer == 32768);
    CHECK(all.fast_open == 7);
    CHECK(all.deferred);
    CHECK_FALSE(options_of("").deferred);
    CHECK(options_of("").backlog == 0);
    CHECK(options_of("ipv6only=on").ipv6_only == options_of("").ipv6_only);  // a warning, and no effect
    CHECK(options_of("", "[::]:80").ipv6_only);
    CHECK_FALSE(options_of("ipv6only=off", "[::]:80").ipv6_only);
}

TEST_CASE("so_keepalive: on, off, or three numbers of which some may be left out") {
    using net::KeepAlive;
    CHECK_FALSE(options_of("").keep_alive);
    CHECK(options_of("so_keepalive=on").keep_alive == KeepAlive{true});
    CHECK(options_of("so_keepalive=off").keep_alive == KeepAlive{false});
    CHECK(options_of("so_keepalive=30m:10:3").keep_alive == KeepAlive{true, 1800, 10, 3});
    CHECK(options_of("so_keepalive=30m::").keep_alive == KeepAlive{true, 1800, 0, 0});
    CHECK(options_of("so_keepalive=:2s:").keep_alive == KeepAlive{true, 0, 2, 0});
    CHECK(options_of("so_keepalive=::9").keep_alive == KeepAlive{true, 0, 0, 9});
}

TEST_CASE("accepted connections inherit what the listening socket was told") {
    net::ListenOptions options;
    options.keep_alive = net::KeepAlive{true, 1800, 10, 3};
    options.receive_buffer = 30000;
    options.send_buffer = 20000;
    options.deferred = true;
    options.fast_open = 7;
    const auto made = net::listen_on(*net::Address::parse("127.0.0.1", 0), options);
    REQUIRE(made.fd >= 0);
    const Fd listener(made.fd);
    CHECK(option(listener.number, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
    CHECK(option(listener.number, IPPROTO_TCP, TCP_FASTOPEN) == 7);
    CHECK(option(listener.number, SOL_SOCKET, SO_RCVBUF) == 60000);  // the kernel doubles it
    CHECK(option(listener.number, SOL_SOCKET, SO_SNDBUF) == 40000);
    const auto to = net::local_address(listener.number).native();
    const Fd client(socket(AF_INET, SOCK_STREAM, 0));
    REQUIRE(connect(client.number, to.get(), to.size) == 0);
    REQUIRE(send(client.number, "x", 1, 0) == 1);  // deferred: until there is something to read, nobody is accepted
    Fd accepted(-1);
    for (int i = 0; i < 1'000'000 && accepted.number < 0; ++i) accepted.number = accept(listener.number, nullptr, nullptr);
    REQUIRE(accepted.number >= 0);
    CHECK(option(accepted.number, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(accepted.number, IPPROTO_TCP, TCP_KEEPIDLE) == 1800);
    CHECK(option(accepted.number, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
    CHECK(option(accepted.number, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(option(accepted.number, SOL_SOCKET, SO_RCVBUF) == 60000);
}

TEST_CASE("a socket that listens is told what is new, and nothing else") {
    const auto made = net::listen_on(*net::Address::parse("127.0.0.1", 0), {});
    REQUIRE(made.fd >= 0);
    const Fd listener(made.fd);
    const auto usual = option(listener.number, SOL_SOCKET, SO_RCVBUF);
    const auto address = net::local_address(listener.number);
    CHECK(option(listener.number, SOL_SOCKET, SO_KEEPALIVE) == 0);
    net::ListenOptions options;
    options.keep_alive = net::KeepAlive{true, 60, 0, 0};
    options.deferred = true;
    net::tune(listener.number, address, {}, options);
    CHECK(option(listener.number, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(listener.number, IPPROTO_TCP, TCP_KEEPIDLE) == 60);
    CHECK(option(listener.number, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
    net::tune(listener.number, address, options, {});
    CHECK(option(listener.number, SOL_SOCKET, SO_KEEPALIVE) == 0);
    CHECK(option(listener.number, IPPROTO_TCP, TCP_DEFER_ACCEPT) == 0);
    CHECK(option(listener.number, SOL_SOCKET, SO_RCVBUF) == usual);
}
