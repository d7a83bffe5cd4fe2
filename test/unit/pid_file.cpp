#include "process/pid_file.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "process/keeper.hpp"
#include "process/signal_command.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temporary.hpp"

using namespace sluice::process;
using namespace sluice::test;
namespace fs = std::filesystem;

namespace {
std::size_t files_in(const Temporary& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

pid_t owner = 0;  // of the only process that is to see signals

}  // namespace

TEST_CASE("the number and a newline, in place of what stood there") {
    const Temporary folder;
    CHECK(write_pid_file(folder / "pid", 4711) == "");
    CHECK(text_in(folder / "pid") == "4711\n");
    CHECK(write_pid_file(folder / "pid", 7) == "");
    CHECK(text_in(folder / "pid") == "7\n");
    CHECK(files_in(folder) == 1);
    CHECK((fs::status(folder / "pid").permissions() & fs::perms::mask) == static_cast<fs::perms>(0644));
}

TEST_CASE("a link in the place of the pid file is replaced, not followed") {
    const Temporary folder;
    write_text(folder / "precious", "text");
    fs::create_symlink(folder / "precious", folder / "pid");
    CHECK(write_pid_file(folder / "pid", 1) == "");
    CHECK(text_in(folder / "precious") == "text");
    CHECK(text_in(folder / "pid") == "1\n");
}

TEST_CASE("a device in the place of the pid file stays one") {
    CHECK(write_pid_file("/dev/null", 1) == "");
    CHECK(fs::is_character_file("/dev/null"));
    CHECK(remove_pid_file("/dev/null", 1) == "");
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("where no pid file can be written, it is said which, and nothing is left") {
    const Temporary folder;
    CHECK(write_pid_file(folder / "none/pid", 1) ==
          "open() \"" + folder / "none/pid" + "\" failed (2: No such file or directory)");
    fs::create_directory(folder / "pid");
    CHECK(write_pid_file(folder / "pid", 1) == "rename() \"" + folder / "pid" + "\" failed (21: Is a directory)");
    CHECK(files_in(folder) == 1);
    if (access("/dev/full", W_OK) == 0)
        CHECK(write_pid_file("/dev/full", 1) == "write() \"/dev/full\" failed (28: No space left on device)");
}

TEST_CASE("only a pid file that is still ours is removed") {
    const Temporary folder;
    write_pid_file(folder / "pid", 10);
    CHECK(remove_pid_file(folder / "pid", 11) == "");
    CHECK(text_in(folder / "pid") == "10\n");
    CHECK(remove_pid_file(folder / "pid", 10) == "");
    CHECK_FALSE(fs::exists(folder / "pid"));
    CHECK(remove_pid_file(folder / "pid", 10) == "");
}

TEST_CASE("what is no number of a process") {
    const Temporary folder;
    for (const std::string text :
         {"", "\n", "0", "-1", "12x", " 12", "99999999999", "1\n2", "111111111111111111111111111111"}) {
        INFO(text);
        write_text(folder / "pid", text);
        std::string error;
        CHECK_FALSE(read_pid_file(folder / "pid", error));
        CHECK(error.find("invalid PID number \"") == 0);
        CHECK(error.find("\" in \"" + folder / "pid" + "\"") != std::string::npos);
    }
    for (const std::string text : {"12", "12\n", "12\r\n"}) {
        write_text(folder / "pid", text);
        std::string error;
        CHECK(read_pid_file(folder / "pid", error) == 12);
    }
}

TEST_CASE("the words of -s and their signals") {
    CHECK(signal_of("stop") == SIGTERM);
    CHECK(signal_of("quit") == SIGQUIT);
    CHECK(signal_of("reload") == SIGHUP);
    CHECK(signal_of("reopen") == SIGUSR1);
    CHECK_FALSE(signal_of("restart"));
    for (const char* word : {"stop", "quit", "reload", "reopen"}) {
        const Temporary folder;
        int ready[2];
        REQUIRE(pipe(ready) == 0);
        const pid_t child = fork();
        if (child == 0) {
            for (const int number : {SIGTERM, SIGQUIT, SIGHUP, SIGUSR1}) signal(number, SIG_DFL);
            close(ready[1]);
            for (;;) pause();
        }
        close(ready[1]);
        read_to_end(ready[0]);
        write_pid_file(folder / "pid", child);
        CHECK(send_signal(word, folder / "pid") == "");
        CHECK(wait_for(child) == -*signal_of(word));
    }
}

TEST_CASE("why a signal was not sent") {
    const Temporary folder;
    const std::string path = folder / "pid";
    CHECK(send_signal("stop", path) == "[error] open() \"" + path + "\" failed (2: No such file or directory)");
    write_text(path, "");
    CHECK(send_signal("stop", path) == "[error] invalid PID number \"\" in \"" + path + "\"");
    const pid_t ended = fork();
    if (ended == 0) _exit(0);
    wait_for(ended);
    write_pid_file(path, ended);
    CHECK(send_signal("quit", path) == "[error] kill(" + std::to_string(ended) +
                                           ", 3) failed (3: No such process): \"" + path +
                                           "\" is left over from a process that has ended");
    CHECK(send_signal("restart", path) ==
          "[error] invalid option: \"-s restart\": it may be stop, quit, reload or reopen");
}

TEST_CASE("a pid file in a folder that became somebody else's is emptied") {
    if (geteuid() != 0) {
        WARN("not root: cannot take rights away");
        return;
    }
    const Temporary folder;
    const std::string path = folder / "pid";
    chmod(folder.path().c_str(), 0755);
    const auto ended = in_child([&] {
        write_pid_file(path, getpid());
        if (chown(path.c_str(), 65534, 65534) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
            return std::string("no rights");
        return remove_pid_file(path, getpid());
    });
    CHECK(ended.text == "");
    CHECK(fs::exists(path));
    CHECK(text_in(path).empty());
}

TEST_CASE("the keeper removes what is left, and only what is still ours") {
    const Temporary folder;
    write_text(folder / "taken over", "");
    const auto ended = in_child([&]() -> std::string {
        write_pid_file(folder / "pid", getpid());
        write_pid_file(folder / "taken over", getpid());
        Keeper keeper;
        if (auto wrong = keeper.start({.remove = {folder / "pid", folder / "taken over"}}); !wrong.empty()) return wrong;
        write_pid_file(folder / "taken over", 1);
        if (!fs::exists(folder / "pid")) return "removed too early";
        keeper.finish();
        return fs::exists(folder / "pid") ? "still there" : "removed";
    });
    CHECK(ended.text == "removed");
    CHECK(text_in(folder / "taken over") == "1\n");
}

TEST_CASE("the keeper does its work also when the process is killed, and holds none of its descriptors") {
    const Temporary folder;
    const std::string path = folder / "pid";
    chmod(folder.path().c_str(), 0755);
    int held[2], go[2];
    REQUIRE((pipe(held) == 0 && pipe(go) == 0));
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);  // so that the keeper's end can be waited for
    const pid_t child = fork();
    if (child == 0) {
        write_pid_file(path, getpid());
        Keeper keeper;
        if (!keeper.start({.remove = {path}}).empty()) _exit(1);
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
        close(held[1]);
        close(go[1]);
        read_to_end(go[0]);
        kill(getpid(), SIGKILL);
    }
    close(held[1]);
    close(go[0]);
    CHECK(read_to_end(held[0]) == "");  // ends when neither the child nor the keeper holds the other end
    CHECK(fs::exists(path));
    close(go[1]);
    CHECK(wait_for(child) == -SIGKILL);
    CHECK(wait_for(-1) == 0);
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
    CHECK_FALSE(fs::exists(path));
}

TEST_CASE("signals that the process gets do not end the keeper") {
    const Temporary folder;
    const std::string path = folder / "pid";
    const auto ended = in_child([&]() -> std::string {
        setpgid(0, 0);
        owner = getpid();
        for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP})
            signal(number, [](int) {
                if (getpid() != owner) _exit(50);
            });
        write_pid_file(path, getpid());
        Keeper keeper;
        if (auto wrong = keeper.start({.remove = {path}}); !wrong.empty()) return wrong;
        for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) kill(-getpid(), number);
        keeper.finish();
        return fs::exists(path) ? "still there" : "removed";
    });
    CHECK(ended.text == "removed");
}

TEST_CASE("what the keeper may open: what the conf named at the start, and what lies beside it") {
    const std::vector<std::string> logs = {"/var/log/a/access.log"}, confs = {"/etc/a/a.conf", "/etc/a/sites/default"};
    for (const char* path : {"/var/log/a/access.log", "/var/log/a/other.log", "/var/log/a/x"}) CHECK(is_beside(path, logs, false));
    for (const char* path : {"/var/log/access.log", "/var/log/a/b/access.log", "/var/log/a/", "/var/log/a/..", "/var/log/a/../x", "access.log", "", "/etc/shadow"})
        CHECK_FALSE(is_beside(path, logs, false));
    for (const char* path : {"/etc/a/a.conf", "/etc/a/new.conf", "/etc/a/sites/other"}) CHECK(is_beside(path, confs, true));
    for (const char* path : {"/etc/a/key.pem", "/etc/a/sites/key.pem", "/etc/a/none", "/etc/a/sites/a.conf", "/etc/a/../shadow"}) CHECK_FALSE(is_beside(path, confs, true));
}

TEST_CASE("the keeper opens logs and confs, and nothing else, neither through links nor by second names") {
    const Temporary folder;
    write_text(folder / "a.conf", "conf");
    write_text(folder / "secret", "secret");
    fs::create_symlink(folder / "secret", folder / "link.log");
    fs::create_hard_link(folder / "secret", folder / "second.log");
    Keeper keeper;
    CHECK(keeper.open_log(folder / "new.log") == -1);
    REQUIRE(keeper.start({.remove = {}, .logs = {folder / "logs.log"}, .confs = {folder / "a.conf"}, .user = geteuid()}) == "");
    const int log = keeper.open_log(folder / "new.log");
    REQUIRE(log >= 0);
    CHECK(::write(log, "line\n", 5) == 5);
    CHECK((fcntl(log, F_GETFD) & FD_CLOEXEC) != 0);
    close(log);
    CHECK(fs::file_size(folder / "new.log") == 5);
    const int conf = keeper.open_conf(folder / "a.conf");
    char bytes[10];
    REQUIRE(conf >= 0);
    CHECK(read(conf, bytes, sizeof bytes) == 4);
    close(conf);
    for (const char* name : {"link.log", "second.log"}) CHECK(keeper.open_log(folder / name) == -1);
    CHECK(keeper.open_conf(folder / "secret") == -1);
    CHECK(keeper.open_log("/etc/sluice-test-never") == -1);
    CHECK(errno == EACCES);
    CHECK(keeper.open_conf(std::string(10'000, 'x')) == -1);
    keeper.finish();
    CHECK(keeper.open_log(folder / "new.log") == -1);
}
