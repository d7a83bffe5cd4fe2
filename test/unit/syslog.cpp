#include "observe/syslog.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "core/clock.hpp"
#include "observe/log_writer.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::observe;
using namespace std::chrono_literals;

namespace {

/// A server's socket: datagrams wait in it until they are read.
class Server {
  public:
    explicit Server(const net::Address& at)
        : fd_(socket(at.native().storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        const auto native = at.native();
        REQUIRE(bind(fd_, native.get(), native.size) == 0);
    }
    ~Server() { close(fd_); }

    std::uint16_t port() const {
        sockaddr_storage storage{};
        socklen_t size = sizeof storage;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&storage), &size);
        return net::Address::from(reinterpret_cast<const sockaddr*>(&storage), size).port();
    }

    bool waits() const {
        pollfd p{fd_, POLLIN, 0};
        return poll(&p, 1, 0) > 0;
    }

    /// The oldest datagram; waits for one.
    std::string read() const {
        pollfd p{fd_, POLLIN, 0};
        REQUIRE(poll(&p, 1, 20'000) == 1);
        std::string out(70'000, 0);
        out.resize(static_cast<std::size_t>(recv(fd_, out.data(), out.size(), 0)));
        return out;
    }

  private:
    int fd_;
};

net::Address loopback() {
    SyslogOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    net::Address out;
    REQUIRE(resolve_syslog(options, out) == "");
    return out;
}

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sluice-syslog-XXXXXX").string();
        if (!mkdtemp(name.data())) std::abort();
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string socket() const { return path + "/log"; }
    std::string path;
};

SyslogOptions parsed(std::string_view text) {
    SyslogOptions out;
    CHECK(parse_syslog(text, out) == "");
    return out;
}

std::string wrong(std::string_view text) {
    SyslogOptions out;
    return parse_syslog(text, out);
}

const core::WallTime noon{1'791'547'200'000'000};

struct Utc {
    Utc() { setenv("TZ", "UTC", 1), tzset(); }
    ~Utc() { unsetenv("TZ"), tzset(); }
};

}  // namespace

TEST_CASE("the address of a syslog server") {
    struct Row {
        std::string_view text, host;
        std::uint16_t port;
        bool is_unix;
    };
    const Row rows[] = {{"server=10.0.0.1", "10.0.0.1", 514, false},
                        {"server=10.0.0.1:5140", "10.0.0.1", 5140, false},
                        {"server=logs.example.org:1", "logs.example.org", 1, false},
                        {"server=[::1]", "::1", 514, false},
                        {"server=[2001:db8::1]:12345", "2001:db8::1", 12345, false},
                        {"server=unix:/dev/log", "/dev/log", 514, true},
                        {"nohostname,server=unix:/run/a:b", "/run/a:b", 514, true}};
    for (const auto& row : rows) {
        INFO(row.text);
        const auto options = parsed(row.text);
        CHECK(options.host == row.host);
        CHECK(options.port == row.port);
        CHECK(options.is_unix == row.is_unix);
    }
}

TEST_CASE("what stands beside the server, and what holds without it") {
    const auto plain = parsed("server=a");
    CHECK(plain.facility == 23);
    CHECK(plain.severity == Severity::info);
    CHECK(plain.tag == "sluice");
    CHECK(plain.hostname);
    const auto full = parsed("facility=local0,tag=web_1,server=a,severity=debug,nohostname");
    CHECK(full.facility == 16);
    CHECK(full.severity == Severity::debug);
    CHECK(full.tag == "web_1");
    CHECK_FALSE(full.hostname);
    CHECK(parsed("server=a,facility=kern").facility == 0);
    CHECK(parsed("server=a,facility=cron").facility == 15);
}

TEST_CASE("mistakes in a syslog target are told with what would be right") {
    struct Row {
        std::string_view text, says;
    };
    const Row rows[] = {
        {"", "unknown syslog parameter \"\": it may be server, facility, severity, tag or nohostname"},
        {"tag=a",
         "no syslog server specified: write for example syslog:server=127.0.0.1:514 or syslog:server=unix:/dev/log"},
        {"server=a,server=b", "duplicate syslog \"server\": it may be given once"},
        {"server=a,facility=local0,facility=local1", "duplicate syslog \"facility\": it may be given once"},
        {"server=a,facility=locla7", "unknown syslog facility \"locla7\": did you mean \"local7\"?"},
        {"server=a,severity=err", "unknown syslog severity \"err\""},
        {"server=a,sevrity=info", "unknown syslog parameter \"sevrity\": did you mean \"severity\"?"},
        {"server=a,", "unknown syslog parameter \"\""},
        {"server", "syslog \"server\" has no value: write server=..."},
        {"server=", "no host in syslog server \"\": write for example server=127.0.0.1:514 or server=unix:/dev/log"},
        {"server=:514", "no host in syslog server \":514\""},
        {"server=a:", "invalid port in syslog server \"a:\": it is a number from 1 to 65535"},
        {"server=a:0", "invalid port in syslog server \"a:0\""},
        {"server=a:65536", "invalid port in syslog server \"a:65536\""},
        {"server=[::1]514", "invalid port in syslog server \"[::1]514\""},
        {"server=[::1", "no \"]\" in syslog server \"[::1\""},
        {"server=::1", "no host in syslog server \"::1\""},
        {"server=2001:db8::1",
         "invalid port in syslog server \"2001:db8::1\": an IPv6 address needs brackets, as in server=[::1]:514"},
        {"server=unix:", "no path in syslog server \"unix:\": write for example server=unix:/dev/log"},
        {"server=a,tag=a-b", "syslog \"tag\" only allows alphanumeric characters and underscore: \"a-b\" has a \"-\""},
        {"server=a,tag=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "syslog tag length exceeds 32"},
        {"server=a,nohostname=on", "syslog \"nohostname\" has no value: write just nohostname"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(wrong(row.text).substr(0, row.says.size()) == row.says);
    }
    CHECK(wrong("server=unix:/" + std::string(107, 'x')).find("too long a path") == 0);
    CHECK(wrong("server=unix:/" + std::string(106, 'x')) == "");
}

TEST_CASE("the levels of the error log are the severities of RFC 3164") {
    CHECK(severity_of(exchange::Level::debug) == Severity::debug);
    CHECK(severity_of(exchange::Level::error) == Severity::error);
    CHECK(severity_of(exchange::Level::alert) == Severity::alert);
}

TEST_CASE("a name that nobody has is told at once") {
    SyslogOptions options;
    options.host = "no such host.invalid";
    net::Address out;
    CHECK(resolve_syslog(options, out).find("host not found in syslog server \"no such host.invalid\": ") == 0);
}

TEST_CASE("the form of a datagram") {
    const Utc utc;
    const Server server(loopback());
    auto at = loopback();
    at.set_port(server.port());
    SyslogOptions options;
    options.tag = "web";
    Syslog with_host(options, at);
    CHECK(with_host.send(noon, Severity::info, "a line") == Syslog::Sent::yes);
    const auto first = server.read();
    INFO(first);
    constexpr std::string_view start = "<190>Oct  9 12:00:00 ", end = " web: a line";
    REQUIRE((first.starts_with(start) && first.ends_with(end) && first.size() > start.size() + end.size()));
    const auto host = first.substr(start.size(), first.size() - start.size() - end.size());
    CHECK(host.find_first_of(" ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
    options.hostname = false;
    options.facility = 0;
    Syslog without(options, at);
    CHECK(without.send(noon, Severity::emerg, "") == Syslog::Sent::yes);
    CHECK(server.read() == "<0>Oct  9 12:00:00 web: ");
    CHECK(without.send({noon.us + 3'000'000}, Severity::debug, std::string(80'000, 'x')) == Syslog::Sent::yes);
    const auto longest = server.read();
    CHECK(longest.size() == Syslog::datagram_room);
    CHECK(longest.find("<7>Oct  9 12:00:03 web: xxx") == 0);
}

TEST_CASE("nobody at a UDP port costs lines, which are counted") {
    auto at = loopback();
    { at.set_port(Server(loopback()).port()); }
    Syslog syslog({}, at);
    std::uint64_t lost = 0;
    for (int i = 0; i < 10; ++i) {
        CHECK(syslog.send(noon, Severity::info, "line") == Syslog::Sent::yes);
        lost += syslog.take_lost();
    }
    // Each answer of the kernel, that nobody is there, comes with the next line.
    CHECK(lost == 9);
}

TEST_CASE("a Unix socket that is not there, comes, fills, and starts anew") {
    const Folder folder;
    const auto at = net::Address::unix_socket(folder.socket());
    Syslog syslog({}, at);
    CHECK(syslog.send(noon, Severity::info, "lost") == Syslog::Sent::no);
    CHECK(errno == ENOENT);
    {
        const Server server(at);
        CHECK(syslog.send(noon, Severity::info, "first") == Syslog::Sent::yes);
        CHECK(server.read().ends_with(": first"));
        int taken = 0;
        while (taken < 100'000 && syslog.send(noon, Severity::info, "fill") == Syslog::Sent::yes) ++taken;
        CHECK(taken < 100'000);
        CHECK(syslog.send(noon, Severity::info, "more") == Syslog::Sent::later);
        server.read();
        pollfd room{syslog.descriptor(), POLLOUT, 0};
        CHECK(poll(&room, 1, 20'000) == 1);
        CHECK(syslog.send(noon, Severity::info, "more") == Syslog::Sent::yes);
    }
    CHECK(syslog.send(noon, Severity::info, "lost") == Syslog::Sent::no);
    CHECK(errno == ECONNREFUSED);
    std::filesystem::remove(folder.socket());
    const Server again(at);
    CHECK(syslog.send(noon, Severity::info, "back") == Syslog::Sent::yes);
    CHECK(again.read().ends_with(": back"));
}

TEST_CASE("lines go through a channel with their severity, one datagram each") {
    const Folder folder;
    const Server server(net::Address::unix_socket(folder.socket()));
    std::string error;
    LogWriter writer;
    auto channel = writer.make_channel(
        writer.open("syslog:server=unix:" + folder.socket() + ",nohostname,tag=t,severity=notice", error));
    writer.start();
    channel->append("access\n");
    channel->append("failure\n", Severity::error);
    channel->append("two\nlines\n");
    channel->publish();
    const auto expect = [&](std::string_view priority, std::string_view text) {
        const auto datagram = server.read();
        INFO(datagram);
        CHECK(datagram.starts_with(priority));
        CHECK(datagram.ends_with(text));
    };
    expect("<189>", " t: access");
    expect("<187>", " t: failure");
    expect("<189>", " t: two\nlines");
    channel.reset();
    CHECK(writer.stop(10s));
}

TEST_CASE("every line arrives at a server that is slower than they come, round the ring") {
    const Folder folder;
    const Server server(net::Address::unix_socket(folder.socket()));
    std::string error;
    LogWriter writer;
    auto channel = writer.make_channel(writer.open("syslog:server=unix:" + folder.socket(), error));
    writer.start();
    const std::string text(50'000, 'x');
    for (int i = 0; i < 60; ++i) {
        channel->append(std::to_string(i) + " " + text + "\n");
        channel->publish();
        const auto datagram = i % 2 ? server.read() + server.read() : "";  // pairs, so that the socket fills
        if (i % 2) CHECK(datagram.find(": " + std::to_string(i) + " xxx") != std::string::npos);
    }
    CHECK(channel->dropped() == 0);
    channel.reset();
    CHECK(writer.stop(10s));
}

TEST_CASE("a server that stopped reading costs its own lines, and neither other logs nor the end any time") {
    const Folder folder;
    const Server server(net::Address::unix_socket(folder.socket()));
    core::SystemClock clock;
    net::Loop loop(clock);
    std::string error;
    LogWriter writer;
    auto stuck = writer.make_channel(writer.open("syslog:server=unix:" + folder.socket(), error));
    auto other = writer.make_channel(writer.open("/dev/null", error));
    writer.start();
    for (int i = 0; i < 20'000; ++i) stuck->append("nobody reads this\n");
    stuck->publish();
    other->append("line\n");
    other->hurry(loop);
    while (other->written() < other->position()) loop.turn(10min);
    CHECK(stuck->written() < stuck->position());
    // An hour's patience is not needed: the lines are given up.
    CHECK(writer.stop(1h));
    CHECK(stuck->written() == stuck->position());
    std::uint64_t arrived = 0;
    for (; server.waits(); ++arrived) server.read();
    CHECK(arrived > 0);
    CHECK(stuck->dropped() == 20'000 - arrived);
}
