#include "process/daemon.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "process/notify.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temporary.hpp"

using namespace sluice::process;
using namespace sluice::test;

namespace {

struct Pipe {
    Pipe() { REQUIRE(pipe(ends) == 0); }
    int ends[2];
};

/// A process that detaches, and what its two halves say on standard error.
template <class F>
pid_t start(Pipe& errors, F daemon) {
    const pid_t pid = fork();
    if (pid != 0) {
        close(errors.ends[1]);
        return pid;
    }
    close(errors.ends[0]);
    dup2(errors.ends[1], STDERR_FILENO);
    close(errors.ends[1]);
    StartReport report;
    if (!detach(report).empty()) _exit(90);
    daemon(report);
    _exit(0);
}

std::string read_line(int fd) {
    std::string out;
    for (char byte; read(fd, &byte, 1) == 1 && byte != '\n';) out += byte;
    return out;
}

void write_line(int fd, const std::string& text) {
    if (write(fd, text.data(), text.size()) < 0) _exit(91);
}

}  // namespace

TEST_CASE("the starter waits until the daemon has started") {
    Pipe errors, told, go;
    const pid_t starter = start(errors, [&](StartReport& report) {
        struct stat null {
        }, in{}, out{};
        char folder[64] = {};
        stat("/dev/null", &null), fstat(0, &in), fstat(1, &out);
        const bool terminal = open("/dev/tty", O_RDWR | O_CLOEXEC) >= 0;
        write_line(told.ends[1], std::to_string(getsid(0) != getpid() && getsid(0) == getpgrp()) +
                                     std::string(getcwd(folder, 64)) +
                                     std::to_string(in.st_rdev == null.st_rdev && out.st_rdev == null.st_rdev) +
                                     std::to_string(terminal) + "\n");
        char byte;
        if (read(go.ends[0], &byte, 1) == 1) report.started();
    });
    CHECK(read_line(told.ends[0]) == "1/10");
    CHECK(waitpid(starter, nullptr, WNOHANG) == 0);
    write_line(go.ends[1], "!");
    CHECK(wait_for(starter) == 0);
    for (const int fd : {told.ends[0], told.ends[1], go.ends[0], go.ends[1]}) close(fd);
    CHECK(read_to_end(errors.ends[0]) == "");
}

TEST_CASE("a daemon that cannot start has the starter say why and fail") {
    Pipe errors;
    const pid_t starter = start(errors, [](StartReport& report) { report.failed("bind() failed"); });
    CHECK(wait_for(starter) == 1);
    CHECK(read_to_end(errors.ends[0]) == "sluice: [emerg] bind() failed\n");
}

TEST_CASE("a daemon that has said itself why leaves the starter only its status") {
    Pipe errors;
    const pid_t starter = start(errors, [](StartReport& report) { report.failed(""); });
    CHECK(wait_for(starter) == 1);
    CHECK(read_to_end(errors.ends[0]) == "");
}

TEST_CASE("a daemon that dies without a word") {
    Pipe errors;
    const pid_t starter = start(errors, [](StartReport&) { kill(getpid(), SIGKILL); });
    CHECK(wait_for(starter) == 1);
    CHECK(read_to_end(errors.ends[0]) == "sluice: [emerg] the daemon ended before it had started\n");
}

TEST_CASE("what is buffered when the process splits is written once") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t starter = fork();
    if (starter == 0) {
        close(ends[0]);
        FILE* buffered = fdopen(ends[1], "w");
        std::fputs("once", buffered);
        StartReport report;
        if (!detach(report).empty()) _exit(90);
        std::fclose(buffered);
        report.started();
        _exit(0);
    }
    close(ends[1]);
    CHECK(wait_for(starter) == 0);
    CHECK(read_to_end(ends[0]) == "once");
}

TEST_CASE("closed standard streams are filled before files take their numbers") {
    const auto ended = in_child([]() -> std::string {
        close(0);
        close(2);
        const auto wrong = open_standard_streams();
        struct stat null {
        }, in{}, error{};
        stat("/dev/null", &null), fstat(0, &in), fstat(2, &error);
        return wrong + std::to_string(in.st_rdev == null.st_rdev && error.st_rdev == null.st_rdev) +
               std::to_string(open("/", O_RDONLY) > 2);
    });
    CHECK(ended.text == "11");
}

namespace {

/// The service manager's socket, named in the environment while this lives.
class Manager {
  public:
    explicit Manager(std::string name) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, name.data(), name.size());
        if (name[0] == '@') at.sun_path[0] = 0;
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~Manager() {
        unsetenv("NOTIFY_SOCKET");
        close(fd_);
    }
    std::string read() const {
        char bytes[512];
        const auto n = recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
        return n < 0 ? "nothing" : std::string(bytes, static_cast<std::size_t>(n));
    }

  private:
    int fd_;
};

}  // namespace

TEST_CASE("the service manager hears how far the process is") {
    const Temporary folder;
    for (const std::string& name : {folder / "notify", "@sluice-test-" + std::to_string(getpid())}) {
        INFO(name);
        const Manager manager(name);
        CHECK(notify_ready() == "");
        CHECK(manager.read().find("READY=1\nMAINPID=" + std::to_string(getpid()) + "\n") == 0);
        CHECK(notify_reloading() == "");
        const auto reloading = manager.read();
        constexpr std::string_view start = "RELOADING=1\nMONOTONIC_USEC=";
        REQUIRE(reloading.starts_with(start));
        const auto digits = reloading.find_first_not_of("0123456789", start.size()) - start.size();
        CHECK(digits > 5);  // since the machine has started
        CHECK(reloading[start.size() + digits] == '\n');
        CHECK(notify_stopping() == "");
        CHECK(manager.read().find("STOPPING=1") == 0);
    }
}

TEST_CASE("where nobody wants to know, and where nobody is") {
    unsetenv("NOTIFY_SOCKET");
    CHECK(notify_ready() == "");
    setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    CHECK(notify_ready() == "sendto() \"/nowhere/notify\" failed (2: No such file or directory)");
    setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
    CHECK(notify_ready() == "NOTIFY_SOCKET=\"vsock:2:1\" is not the path of a Unix socket");
    unsetenv("NOTIFY_SOCKET");
}
