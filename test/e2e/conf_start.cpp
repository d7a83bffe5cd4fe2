// Starting, signals and ending from a conf: what scripts, packages and service managers rely on.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <regex>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

const std::string site = "server { listen @LISTEN@; return 200 \"here\\n\"; }\n";
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

bool is_root() {
    if (geteuid() == 0) return true;
    WARN("not root: skipped");
    return false;
}

bool matches(const std::string& text, const std::string& form) { return std::regex_search(text, std::regex(form)); }

/// Sends half of its answer, and the rest when the gate opens.
Origin::Script halting(Gate& gate) {
    return [&gate](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        gate.wait();
        visit.send("world");
    };
}

std::string forwarding(const Origin& origin) {
    return "server { listen @LISTEN@; location / { proxy_pass http://" + origin.address() + "; } }\n";
}

std::string target_of_descriptor(pid_t pid, int number) {
    return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(number));
}

/// A process that is not a child of ours.
class Stranger {
  public:
    explicit Stranger(pid_t pid) : pid_(pid), fd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
    ~Stranger() {
        if (!wait()) kill(pid_, SIGKILL);
        close(fd_);
    }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    bool wait() const {
        pollfd p{fd_, POLLIN, 0};
        return poll(&p, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
    }

  private:
    pid_t pid_;
    int fd_;
};

}  // namespace

TEST_CASE("daemon off: the pid file names the process that was started, and goes with it") {
    ConfServer server(site);
    CHECK(read_file(server.folder().pid_path()) == std::to_string(server.pid()) + "\n");
    CHECK(server.get().body == "here\n");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK_FALSE(std::filesystem::exists(server.folder().pid_path()));
}

TEST_CASE("once the pid file is there the port is open and signals are heard") {
    const int number = GENERATE(SIGTERM, SIGQUIT, SIGINT);
    ConfServer server(site);
    server.signal(SIGHUP);
    server.signal(SIGUSR1);
    server.signal(SIGWINCH);
    server.signal(SIGALRM);
    server.signal(SIGIO);
    Socket client = server.connect();
    server.signal(number);
    CHECK(server.wait() == 0);
}

TEST_CASE("error.log exists from the start, empty") {
    const ConfServer server(site, "error_log @ROOT@/error.log;");
    CHECK(std::filesystem::exists(server.folder().error_log_path()));
    CHECK(server.error_log() == "");
}

TEST_CASE("a conf without error_log and pid uses logs/ under the prefix, and -e says another place") {
    const ConfFolder folder;
    std::filesystem::create_directory(folder / "logs");
    std::filesystem::permissions(folder / "logs", std::filesystem::perms::all);
    folder.write_file("test.conf", "daemon off; events {} http { access_log off; " + site + "}");
    std::string log = "logs/error.log";
    std::vector<std::string> flags;
    SECTION("as usual") {}
    SECTION("-e") {
        log = "other.log";
        flags = {"-e", "other.log"};
    }
    Process process(folder.command(flags));
    CHECK(wait_for_text(folder / "logs/sluice.pid") == std::to_string(process.pid()) + "\n");
    CHECK(std::filesystem::exists(folder / log));
    process.signal(SIGTERM);
    CHECK(process.wait() == 0);
}

TEST_CASE("-g adds directives of the main level") {
    const ConfFolder folder;
    folder.write_file("test.conf",
                      "daemon off; error_log @ROOT@/error.log; events {} http { access_log off; " + site + "}");
    Process process(folder.command({"-g", folder.fill("pid @ROOT@/other.pid;")}));
    CHECK(wait_for_text(folder / "other.pid") == std::to_string(process.pid()) + "\n");
    process.signal(SIGTERM);
    CHECK(process.wait() == 0);
}

TEST_CASE("whatever fails at the start: status 1, no pid file, the message on standard error and in the log") {
    const ConfFolder folder;
    const Origin taken(ok("a"));
    std::string http = site, main = "error_log @ROOT@/error.log;", message;
    bool in_log = true;
    SECTION("a mistake in the conf") {
        http += "proxy_pas http://a;";
        message = R"(unknown directive "proxy_pas".* in .*/test\.conf:\d+)";
    }
    SECTION("a brace that is missing") {
        http += "server {";
        message = R"(.* in .*/test\.conf:\d+)";
    }
    SECTION("a word that is not there yet") {
        http += "server { listen @SECOND@; location / { charset utf-8; } }";
        message = R"("charset" is not in sluice yet.* in .*/test\.conf:\d+)";
    }
    SECTION("a port in use") {
        http = "server { listen " + taken.address() + "; }";
        message = R"(bind\(\) to 127\.0\.0\.1:\d+ failed \(98: Address already in use\))";
    }
    SECTION("the second of two ports in use") {
        http += "server { listen " + taken.address() + "; }";
        message = R"(bind\(\) to 127\.0\.0\.1:\d+ failed \(98: Address already in use\))";
    }
    SECTION("an access log that cannot be opened") {
        http += "access_log @ROOT@/none/access.log;";
        message = R"(open\(\) ".*/none/access\.log" failed \(2: No such file or directory\))";
    }
    SECTION("an error log that cannot be opened") {
        main = "error_log @ROOT@/none/error.log;";
        message = R"(open\(\) ".*/none/error\.log" failed \(2: No such file or directory\))";
        in_log = false;
    }
    SECTION("a user whom nobody knows") {
        if (!is_root()) return;
        main += "user no-such-user;";
        message = R"(getpwnam\("no-such-user"\) failed)";
    }
    SECTION("a pid file in a folder that is not there") {
        folder.write_file(
            "test.conf",
            "daemon off; pid @ROOT@/none/pid; error_log @ROOT@/error.log; events {} http { access_log off; " + site +
                "}");
        message = R"(.*none/pid.*No such file or directory)";
    }
    SECTION("a backend whose name is not known") {
        http += "upstream u { server no-such-host.invalid; }";
        message = R"(host not found.*no-such-host\.invalid.* in .*/test\.conf:\d+)";
    }
    if (!std::filesystem::exists(folder.conf_path())) folder.write(http, main);
    const auto outcome = run_to_end(folder.command());
    INFO(outcome.errors);
    CHECK(outcome.status == 1);
    CHECK(outcome.output == "");
    CHECK(matches(outcome.errors, R"((^|\n)sluice: \[emerg\] )" + message));
    CHECK_FALSE(std::filesystem::exists(folder.pid_path()));
    if (!in_log) return;
    const auto log = read_file(folder.error_log_path());
    INFO(log);
    CHECK(matches(log, R"((^|\n)\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[emerg\] \d+#\d+: )" + message));
    // Nothing is left on the ports that could be opened.
    CHECK_THROWS_AS(Socket::connect(folder.address()), Closed);
}

TEST_CASE("a mistake is followed by its line and a caret, on standard error and in the log") {
    const ConfFolder folder;
    folder.write(site + "    proxy_pas http://a;", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command());
    for (const std::string& text : {outcome.errors, read_file(folder.error_log_path())}) {
        INFO(text);
        CHECK(text.find("    proxy_pas http://a;\n") != text.npos);
        CHECK(text.find("^~~~~~~~~") != text.npos);
        CHECK(text.find("proxy_pass") != text.npos);
    }
}

TEST_CASE("all mistakes are told in one go") {
    const ConfFolder folder;
    folder.write("proxy_pas a;\n" + site + "listn b;\nkeepalive_timeout never;\n", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command());
    INFO(outcome.errors);
    for (const char* word : {"\"proxy_pas\"", "\"listn\"", "never"})
        CHECK(outcome.errors.find(word) != std::string::npos);
    CHECK(count_lines(folder.error_log_path(), "[emerg]") == 3);
}

TEST_CASE("a conf that is not there") {
    const ConfFolder folder;
    const auto outcome = run_to_end(folder.command());
    CHECK(outcome.status == 1);
    CHECK(matches(outcome.errors, R"(sluice: \[emerg\] .*test\.conf.*No such file or directory)"));
    CHECK_FALSE(std::filesystem::exists(folder.pid_path()));
}

TEST_CASE("daemon on: the parent ends with 0 when the daemon listens, and -s speaks to it") {
    const ConfFolder folder;
    folder.write_file(
        "test.conf",
        "pid @ROOT@/sluice.pid; error_log @ROOT@/error.log; events {} http { access_log off; " + site + "}");
    Process parent(folder.command());
    const auto started = parent.pid();
    REQUIRE(parent.wait() == 0);
    const pid_t pid = std::stoi(wait_for_text(folder.pid_path()));
    const Stranger daemon(pid);
    CHECK(pid != started);
    Socket client = Socket::connect(folder.address());
    client.send(get);
    CHECK(read_response(client).body == "here\n");
    CHECK(process_status(pid, "PPid") != std::to_string(getpid()));
    CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/cwd") == "/");
    CHECK(target_of_descriptor(pid, 0) == "/dev/null");
    CHECK(target_of_descriptor(pid, 1) == "/dev/null");
    CHECK(target_of_descriptor(pid, 2) == folder.error_log_path());
    CHECK(run_to_end(folder.command({"-s", "quit"})).status == 0);
    CHECK(daemon.wait());
    wait_until_gone(folder.pid_path());
}

TEST_CASE("daemon on: what fails is told by the parent, status 1") {
    const ConfFolder folder;
    const Origin taken(ok("a"));
    std::string http = "server { listen " + taken.address() + "; }", message = "Address already in use", main;
    SECTION("a port in use") {}
    SECTION("a user whom nobody knows") {
        if (!is_root()) return;
        http = site;
        main = "user no-such-user;";
        message = "getpwnam(\"no-such-user\")";
    }
    folder.write_file("test.conf", "pid @ROOT@/sluice.pid; error_log @ROOT@/error.log; " + main +
                                       " events {} http { access_log off; " + http + "}");
    const auto outcome = run_to_end(folder.command());
    CHECK(outcome.status == 1);
    CHECK(outcome.errors.find(message) != std::string::npos);
    CHECK(outcome.errors.find(message) == outcome.errors.rfind(message));
    CHECK_FALSE(std::filesystem::exists(folder.pid_path()));
}

TEST_CASE("-t tells on standard error, touches nothing, and listens nowhere") {
    const ConfFolder folder;
    folder.write(site, "error_log @ROOT@/error.log;");
    auto outcome = run_to_end(folder.command({"-t"}));
    CHECK(outcome.status == 0);
    CHECK(outcome.output == "");
    CHECK(outcome.errors == "sluice: the configuration file " + folder.conf_path() +
                                " syntax is ok\nsluice: configuration file " + folder.conf_path() +
                                " test is successful\n");
    CHECK_FALSE(std::filesystem::exists(folder.pid_path()));
    CHECK(run_to_end(folder.command({"-t", "-q"})).errors == "");
    CHECK(run_to_end(folder.command({"-tq"})).errors == "");

    const ConfServer running(site);
    outcome = run_to_end(running.folder().command({"-t"}));
    CHECK(outcome.status == 0);

    folder.write(site + "proxy_pas a;", "error_log @ROOT@/error.log;");
    outcome = run_to_end(folder.command({"-t", "-q"}));
    CHECK(outcome.status == 1);
    CHECK(outcome.errors.find("sluice: [emerg] unknown directive \"proxy_pas\"") != std::string::npos);
    CHECK(outcome.errors.find("sluice: configuration file " + folder.conf_path() + " test failed\n") !=
          std::string::npos);
}

TEST_CASE("-t finds what would go wrong at the start, and leaves nothing behind") {
    const ConfFolder folder;
    std::string http = site, main = "error_log @ROOT@/error.log; pid @ROOT@/sluice.pid;", message;
    SECTION("nothing") {}
    SECTION("a user whom nobody knows") {
        if (!is_root()) return;
        main += "user no-such-user;";
        message = R"(getpwnam\("no-such-user"\) failed.* in .*/test\.conf:\d+)";
    }
    SECTION("a group that nobody knows") {
        if (!is_root()) return;
        main += "user nobody no-such-group;";
        message = R"(getgrnam\("no-such-group"\) failed.* in .*/test\.conf:\d+)";
    }
    SECTION("an error log that cannot be opened") {
        main = "error_log @ROOT@/none/error.log; pid @ROOT@/sluice.pid;";
        message = R"(open\(\) ".*/none/error\.log" failed \(2: No such file or directory\) in .*/test\.conf:\d+)";
    }
    SECTION("an access log that is a folder") {
        http += "access_log @ROOT@;";
        message = R"(open\(\) ".*" failed \(21: Is a directory\) in .*/test\.conf:\d+)";
    }
    SECTION("a syslog server that no resolver knows") {
        http += "access_log syslog:server=no-such-host.invalid;";
        message = R"(host not found in syslog server "no-such-host\.invalid")";
    }
    SECTION("a pid file in a folder that is not there") {
        main = "error_log @ROOT@/error.log; pid @ROOT@/none/sluice.pid;";
        message = R"(open\(\) ".*/none/sluice\.pid" failed \(2: No such file or directory\) in .*/test\.conf:\d+)";
    }
    SECTION("a pid file that is a folder") {
        main = "error_log @ROOT@/error.log; pid @ROOT@;";
        message = R"(open\(\) ".*" failed \(21: Is a directory\) in .*/test\.conf:\d+)";
    }
    SECTION("a folder for bodies that cannot be made") {
        http = "server { listen @LISTEN@; location / { proxy_pass http://127.0.0.1:1; client_body_temp_path @ROOT@/none/bodies; } }";
        message = R"(mkdir\(\) ".*/none/bodies" failed \(2: No such file or directory\) in .*/test\.conf:\d+)";
    }
    SECTION("folders that can be made") {
        http = "client_body_temp_path @ROOT@/bodies; proxy_temp_path @ROOT@/bodies/answers; server { listen @LISTEN@; location / { proxy_pass http://127.0.0.1:1; } }";
    }
    SECTION("an address of another machine") {
        http += "server { listen 192.0.2.1:80; }";
        message = R"(bind\(\) to 192\.0\.2\.1:80 failed \(99: Cannot assign requested address\) in .*/test\.conf:\d+)";
    }
    SECTION("a Unix socket") { http += "server { listen unix:@ROOT@/socket; }"; }
    folder.write_file("test.conf", "daemon off; " + main + " events {} http { access_log @ROOT@/access.log; " + http + "}");
    const auto outcome = run_to_end(folder.command({"-t"}));
    INFO(outcome.errors);
    CHECK(outcome.status == (message.empty() ? 0 : 1));
    CHECK(matches(outcome.errors, "\\[emerg\\] " + message) == !message.empty());
    const std::filesystem::directory_iterator left(folder.prefix());
    CHECK(std::distance(begin(left), end(left)) == 1);  // the conf
}

TEST_CASE("-t leaves the logs and the pid file of others as they are") {
    const ConfFolder folder;
    folder.write(site, "error_log @ROOT@/error.log;");
    folder.write_file("error.log", "old\n");
    folder.write_file("sluice.pid", "12345\n");
    CHECK(run_to_end(folder.command({"-t"})).status == 0);
    CHECK(read_file(folder / "error.log") == "old\n");
    CHECK(read_file(folder.pid_path()) == "12345\n");
}

TEST_CASE("flags and a conf do not go together") {
    const ConfFolder folder;
    folder.write(site, "error_log @ROOT@/error.log;");
    auto outcome = run_to_end(folder.command({"--listen", "8080"}));
    CHECK(outcome.status == 2);
    CHECK(outcome.errors ==
          "sluice: --listen: flags and a configuration do not go together: either -c FILE, or --listen and --backend\n");
    outcome = run_to_end({SLUICE_BINARY, "--listen", "8080", "--backend", "9001", "-c", folder.conf_path()});
    CHECK(outcome.status == 2);
    CHECK(outcome.errors.starts_with("sluice: -c: flags and a configuration do not go together"));
    outcome = run_to_end(folder.command({"reload"}));
    CHECK(outcome.status == 2);
    CHECK(outcome.errors.starts_with("sluice: \"reload\": is no flag"));
}

TEST_CASE("-T prints each file once") {
    const ConfFolder folder;
    folder.write_file("site.inc", site);
    folder.write_file("fields.inc", "add_header X-A b;\n");
    folder.write("include site.inc; include fields.inc; server { listen @SECOND@; include fields.inc; }", "error_log stderr;");
    const auto outcome = run_to_end(folder.command({"-T"}));
    INFO(outcome.output);
    CHECK(outcome.status == 0);
    for (const std::string name : {"test.conf", "site.inc", "fields.inc"}) {
        const auto head = "# configuration file " + (folder / name) + ":\n";
        const auto at = outcome.output.find(head);
        REQUIRE(at != outcome.output.npos);
        CHECK(outcome.output.find(head, at + 1) == outcome.output.npos);
        CHECK(outcome.output.compare(at + head.size(), read_file(folder / name).size(), read_file(folder / name)) == 0);
    }
}

TEST_CASE("-v, -V and -h") {
    const ConfFolder folder;
    auto outcome = run_to_end({SLUICE_BINARY, "-p", folder.prefix(), "-v"});
    CHECK(outcome.status == 0);
    CHECK(matches(outcome.errors, R"(^sluice version: sluice/\d+\.\d+\.\d+\S*\n$)"));
    CHECK(run_to_end({SLUICE_BINARY, "-v"}).errors == outcome.errors);
    outcome = run_to_end({SLUICE_BINARY, "-V"});
    CHECK(outcome.status == 0);
    CHECK(matches(outcome.errors, R"(^sluice version: sluice/\d+\.\d+\.\d+\S*\nbuilt by .*\n)"));
    outcome = run_to_end({SLUICE_BINARY, "-?"});
    CHECK(outcome.status == 0);
    CHECK(outcome.errors.find("-s signal") != std::string::npos);
}

TEST_CASE("-s signals the process of the pid file") {
    ConfServer server(site);
    const auto tell = [&](const char* word) { return run_to_end(server.folder().command({"-s", word})); };
    CHECK(tell("reload").status == 0);
    server.wait_for_error("exited with code 0");
    std::filesystem::rename(server.folder().error_log_path(), server.folder() / "old.log");
    CHECK(tell("reopen").status == 0);
    wait_for_lines(server.folder().error_log_path(), 0);
    CHECK(server.get().status == 200);
    const auto wrong = tell("jump");
    CHECK(wrong.status == 1);
    CHECK(wrong.errors.find("\"-s jump\"") != std::string::npos);
    CHECK(tell(GENERATE("quit", "stop")).status == 0);
    CHECK(server.wait() == 0);
    const auto nobody = tell("quit");
    CHECK(nobody.status == 1);
    CHECK(nobody.errors.find(server.folder().pid_path()) != std::string::npos);
}

TEST_CASE("started as root, ports and files are opened first, and rights are dropped then") {
    if (!is_root()) return;
    const ConfServer server(site, "user nobody; worker_processes 2; error_log @ROOT@/error.log;");
    REQUIRE(server.get().status == 200);
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(server.pid()) + "/task")) {
        const pid_t thread = std::stoi(task.path().filename());
        CHECK(process_status(thread, "Uid") == "65534\t65534\t65534\t65534");
        CHECK(process_status(thread, "Gid") == "65534\t65534\t65534\t65534");
        CHECK(process_status(thread, "Groups") == "65534");
        constexpr auto bind_service = 1ull << 10;
        CHECK((std::stoull(process_status(thread, "CapEff"), nullptr, 16) & ~bind_service) == 0);
        CHECK((std::stoull(process_status(thread, "CapPrm"), nullptr, 16) & ~bind_service) == 0);
    }
}

TEST_CASE("without user, root becomes nobody; user root stays root") {
    if (!is_root()) return;
    const ConfServer server(site);
    REQUIRE(server.get().status == 200);  // rights are dropped after the pid file is written
    CHECK(process_status(server.pid(), "Uid") == "65534\t65534\t65534\t65534");
    const ConfServer rooted(site, "user root; error_log @ROOT@/error.log;");
    REQUIRE(rooted.get().status == 200);
    CHECK(process_status(rooted.pid(), "Uid") == "0\t0\t0\t0");
}

TEST_CASE("after the start standard error goes to the error log, unless an error_log is stderr") {
    {
        const ConfServer server(site);
        REQUIRE(server.get().status == 200);
        CHECK(target_of_descriptor(server.pid(), 2) == server.folder().error_log_path());
    }
    const ConfServer server(site, "error_log @ROOT@/error.log; error_log stderr;");
    REQUIRE(server.get().status == 200);
    CHECK(target_of_descriptor(server.pid(), 2).starts_with("pipe:"));
}

TEST_CASE("error_log stderr: lines come on standard error") {
    const Port nobody;
    ConfServer server("server { listen @LISTEN@; location / { proxy_pass http://" + nobody.address() + "; } }",
                      "error_log stderr;");
    CHECK(server.get("/x").status == 502);
    const auto line = server.process().errors().wait_for_line("connect");
    INFO(line);
    CHECK(matches(
        line,
        R"(^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[error\] \d+#\d+: \*\d+ .*, client: 127\.0\.0\.1, server: , request: "GET /x HTTP/1\.1", upstream: "http://127\.0\.0\.1:\d+/x", host: "a")"));
}

TEST_CASE("SIGUSR1 opens all logs anew by their names") {
    const std::string logging =
        "server { listen @LISTEN@; access_log @ROOT@/access.log; return 200; location /bad { return 500; } }";
    const ConfServer server(logging, "worker_processes 2; error_log @ROOT@/error.log info;");
    const auto& folder = server.folder();
    CHECK(server.get("/old").status == 200);
    std::filesystem::rename(folder / "access.log", folder / "access.1");
    std::filesystem::rename(folder / "error.log", folder / "error.1");
    server.signal(SIGUSR1);
    wait_for_lines(folder / "access.log", 0);
    wait_for_lines(folder / "error.log", 0);
    CHECK(server.get("/new").status == 200);
    CHECK(wait_for_lines(folder / "access.log", 1).at(0).find("GET /new ") != std::string::npos);
    CHECK(count_lines(folder / "access.1", "GET /old ") == 1);
    CHECK(count_lines(folder / "access.1", "GET /new ") == 0);
    CHECK(target_of_descriptor(server.pid(), 2) == folder.error_log_path());
}

TEST_CASE("QUIT closes idle connections at once, and the process ends when the last request is done") {
    Gate gate;
    const Origin origin(halting(gate));
    ConfServer server(forwarding(origin), "worker_processes 2; error_log @ROOT@/error.log;");
    Socket idle = server.connect(), busy = server.connect();
    busy.send(get);
    CHECK(busy.read_until("hello").ends_with("hello"));
    server.signal(SIGQUIT);
    CHECK(idle.ends());
    wait_until_refused(server.address());
    CHECK_FALSE(process_status(server.pid(), "State").starts_with("Z"));
    CHECK(std::filesystem::exists(server.folder().pid_path()));
    gate.open();
    CHECK(busy.read_to_end() == std::pair<std::string, Ending>("world", Ending::closed));
    CHECK(server.wait() == 0);
    CHECK_FALSE(std::filesystem::exists(server.folder().pid_path()));
}

TEST_CASE("worker_shutdown_timeout sends away who is still there") {
    Gate gate;
    const Origin origin(halting(gate));
    ConfServer server(forwarding(origin), "worker_shutdown_timeout 50ms; error_log @ROOT@/error.log;");
    Socket busy = server.connect();
    busy.send(get);
    busy.read_until("hello");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK(busy.read_to_end().first == "");
    gate.open();
}

TEST_CASE("QUIT does not wait for worker_shutdown_timeout when nothing is under way") {
    ConfServer server(site, "worker_shutdown_timeout 1h; error_log @ROOT@/error.log;");
    CHECK(server.get().status == 200);
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
}

TEST_CASE("TERM ends at once, whatever is under way") {
    Gate gate;
    const Origin origin(halting(gate));
    ConfServer server(forwarding(origin));
    Socket busy = server.connect();
    busy.send(get);
    busy.read_until("hello");
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(busy.read_to_end().first == "");
    gate.open();
}

TEST_CASE("a Unix socket is made, and goes with the process") {
    ConfServer server(site + "server { listen unix:@ROOT@/listen.sock; return 200 \"by unix\"; }");
    Socket client = Socket::connect("unix:" + (server.folder() / "listen.sock"));
    client.send(get);
    CHECK(read_response(client).body == "by unix");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK_FALSE(std::filesystem::exists(server.folder() / "listen.sock"));
}

TEST_CASE("what only root may open is opened for us: new logs in a folder of root, a conf that others may not read") {
    if (!is_root()) return;
    ConfServer server("access_log @ROOT@/access.log; " + site, "error_log @ROOT@/error.log info;");
    const auto& folder = server.folder();
    namespace fs = std::filesystem;
    fs::permissions(folder.prefix(), fs::perms(0755));
    fs::permissions(folder.conf_path(), fs::perms(0600));
    server.get("/old");
    wait_for_line_in(folder / "access.log", "GET /old");
    fs::rename(folder / "access.log", folder / "access.1");
    fs::rename(folder / "error.log", folder / "error.1");
    server.signal(SIGUSR1);
    wait_for_lines(folder / "access.log", 0);
    wait_for_lines(folder / "error.log", 0);
    server.get("/new");
    wait_for_line_in(folder / "access.log", "GET /new");
    server.reload("access_log @ROOT@/second.log; server { listen @LISTEN@; return 200 \"again\"; }", "error_log @ROOT@/error.log info;");
    CHECK(server.get("/").body == "again");
    wait_for_line_in(folder / "second.log", "GET /");
    fs::permissions(folder.prefix(), fs::perms(0777));
}

TEST_CASE("worker_rlimit_nofile and worker_rlimit_core are the process's limits") {
    const ConfServer server("server { listen @LISTEN@; return 200; }", "error_log @ROOT@/error.log info; worker_rlimit_nofile 512; worker_rlimit_core 64k;");
    const auto limits = read_file("/proc/" + std::to_string(server.pid()) + "/limits");
    const auto soft = [&](const std::string& name) {
        const auto line = limits.substr(limits.find(name));
        const auto at = line.find_first_not_of(' ', name.size());
        return line.substr(at, line.find(' ', at) - at);
    };
    CHECK(soft("Max open files") == "512");
    CHECK(soft("Max core file size") == "65536");
}
