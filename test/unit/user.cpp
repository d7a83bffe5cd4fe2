#include "process/user.hpp"

#include <grp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "process/capabilities.hpp"
#include "process/folders.hpp"
#include "process/limits.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temporary.hpp"

using namespace sluice::process;
using namespace sluice::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t nobody = 65534;

bool skipped() {
    if (is_superuser()) return false;
    WARN("not root: skipped");
    return true;
}

/// 0, or errno.
int bind_to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(port);
    const int error = bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 ? 0 : errno;
    close(fd);
    return error;
}

std::string mode_of(const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return "none";
    char text[32];
    std::snprintf(text, sizeof text, "%o %u", found.st_mode & 07777u, found.st_uid);
    return text;
}

}  // namespace

TEST_CASE("users and groups by their names") {
    User user;
    REQUIRE(find_user("root", "", user) == "");
    CHECK(user.uid == 0);
    CHECK(user.gid == 0);
    CHECK(user.name == "root");
    REQUIRE(find_default_user(user) == "");
    CHECK(user.name == "nobody");
    CHECK(user.uid == nobody);
    REQUIRE(find_user("nobody", "root", user) == "");
    CHECK(user.gid == 0);
    CHECK(find_user("no-such-user", "", user) == "getpwnam(\"no-such-user\") failed: there is no user of that name");
    CHECK(find_user("nobody", "no-such-group", user) ==
          "getgrnam(\"no-such-group\") failed: there is no group of that name");
}

TEST_CASE("nothing of root is left but low ports, for threads too") {
    if (skipped()) return;
    const bool may_bind = (held_capabilities().permitted & capability::net_bind_service) != 0;
    const auto ended = in_child([&]() -> std::string {
        User user;
        if (auto wrong = find_default_user(user); !wrong.empty()) return wrong;
        if (auto wrong = become(user); !wrong.empty()) return wrong;
        const auto ids = [&] {
            return std::to_string(getuid() == user.uid && geteuid() == user.uid) +
                   std::to_string(getgid() == user.gid && getegid() == user.gid) + std::to_string(setuid(0) != 0) +
                   std::to_string(setgid(0) != 0) + std::to_string(access("/etc/shadow", R_OK) != 0) +
                   std::to_string(held_capabilities().effective) + "/" + std::to_string(held_capabilities().permitted) +
                   "/" + std::to_string(held_capabilities().inheritable);
        };
        gid_t groups[64];
        std::string out = ids() + " groups:";
        for (int i = 0, n = getgroups(64, groups); i < n; ++i) out += " " + std::to_string(groups[i] == user.gid);
        return out + " dumpable: " + std::to_string(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) +
               " keepcaps: " + std::to_string(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
    });
    const std::string held = may_bind ? "1024/1024/0" : "0/0/0";
    CHECK(ended.text == "11111" + held + " groups: 1 dumpable: 1 keepcaps: 0");
}

TEST_CASE("a port under 1024 can be bound after the switch, by a thread started then") {
    if (skipped() || !(held_capabilities().permitted & capability::net_bind_service)) return;
    const auto ended = in_child([]() -> std::string {
        // Whichever low port is free.
        std::uint16_t port = 1023;
        while (port > 600 && bind_to(port) == EADDRINUSE) --port;
        User user;
        find_default_user(user);
        if (auto wrong = become(user); !wrong.empty()) return wrong;
        int error = -1;
        std::thread([&] { error = bind_to(port); }).join();
        if (error != 0) return "cannot bind: " + std::to_string(error);
        return keep_capabilities(capability::none) && bind_to(port) == EACCES ? "bound, by this right"
                                                                              : "anybody could";
    });
    const bool anybody = text_in("/proc/sys/net/ipv4/ip_unprivileged_port_start") == "0\n";
    CHECK(ended.text == (anybody ? "anybody could" : "bound, by this right"));
}

TEST_CASE("a user who is root keeps root's rights") {
    if (skipped()) return;
    const auto ended = in_child([]() -> std::string {
        const auto before = held_capabilities().permitted;
        User user;
        find_user("root", "", user);
        auto wrong = become(user);
        return wrong.empty() && held_capabilities().permitted == before && geteuid() == 0 ? "root" : "less " + wrong;
    });
    CHECK(ended.text == "root");
}

TEST_CASE("who has not the right to become somebody is told what failed") {
    if (skipped()) return;
    const auto ended = in_child([]() -> std::string {
        User user;
        find_default_user(user);
        become(user);
        return std::to_string(is_superuser()) + become({"root", 0, 0});
    });
    CHECK(ended.text == "0initgroups() \"root\" failed (1: Operation not permitted)");
}

TEST_CASE("folders are made for their owner alone") {
    if (skipped()) return;
    const Temporary folder;
    fs::create_directory(folder / "there");
    chmod((folder / "there").c_str(), 0555);
    fs::create_directory(folder / "shared");
    chmod((folder / "shared").c_str(), 01777);
    CHECK(make_folders({{folder / "a", nobody},
                        {folder / "a/b", nobody},
                        {folder / "ours", std::nullopt},
                        {folder / "there", nobody},
                        {folder / "shared", nobody}}) == "");
    CHECK(mode_of(folder / "a") == "700 65534");
    CHECK(mode_of(folder / "a/b") == "700 65534");
    CHECK(mode_of(folder / "ours") == "700 0");
    CHECK(mode_of(folder / "there") == "755 65534");
    CHECK(mode_of(folder / "shared") == "1777 0");
    CHECK(make_folders({{folder / "a", nobody}}) == "");
}

TEST_CASE("folders that cannot be made") {
    const Temporary folder;
    write_text(folder / "file", "");
    CHECK(make_folders({{folder / "file", std::nullopt}}) ==
          "\"" + folder / "file" + "\" is there but is not a directory");
    CHECK(make_folders({{folder / "none/below", std::nullopt}, {folder / "after", std::nullopt}}) ==
          "mkdir() \"" + folder / "none/below" + "\" failed (2: No such file or directory)");
    CHECK_FALSE(fs::exists(folder / "after"));
}

TEST_CASE("limits are set, and later ones may be higher") {
    const auto ended = in_child([]() -> std::string {
        rlimit first{};
        getrlimit(RLIMIT_NOFILE, &first);
        std::string out = limit_open_files(100);
        out += limit_core(4096);
        out += limit_open_files(200);
        rlimit files{}, core{};
        getrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_CORE, &core);
        return out + std::to_string(files.rlim_cur) + " " + std::to_string(files.rlim_max == first.rlim_max) + " " +
               std::to_string(core.rlim_cur);
    });
    CHECK(ended.text == "200 1 4096");
}

TEST_CASE("a limit that the system does not allow is raised as far as it does, with a warning that says who can") {
    const auto ended = in_child([]() -> std::string {
        keep_capabilities(capability::none);
        const rlimit low{50, 60};
        setrlimit(RLIMIT_NOFILE, &low);
        const auto said = limit_open_files(1000);
        rlimit files{};
        getrlimit(RLIMIT_NOFILE, &files);
        return std::to_string(files.rlim_cur) + " " + said;
    });
    CHECK(ended.text ==
          "60 worker_rlimit_nofile 1000: setrlimit() \"RLIMIT_NOFILE\" failed (1: Operation not permitted); the limit "
          "is 60: raise "
          "LimitNOFILE of the service, or ulimit -Hn");
}
