// Reload: nothing is lost, and the new conf holds from the next request on.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string upgrade =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";

std::string saying(std::string_view text) {
    return "server { listen @LISTEN@; return 200 \"" + std::string(text) + "\"; }\n";
}

std::string forwarding(const Origin& origin, const std::string& more = "") {
    return "server { listen @LISTEN@; " + more + " location / { proxy_pass http://" + origin.address() + "; } }\n";
}

/// Sends half of its answer, and the rest when the gate opens.
Origin::Script halting(Gate& gate) {
    return [&gate](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        gate.wait();
        visit.send("world");
    };
}

/// Answers when the gate opens.
Origin::Script waiting(Gate& gate) {
    return [&gate](Origin::Visit& visit) {
        visit.read_request();
        gate.wait();
        visit.send(ok("late"));
    };
}

void echo(Origin::Visit& visit) {
    visit.read_request();
    visit.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    for (std::string bytes; !(bytes = visit.socket.read_some()).empty();) visit.send(bytes);
}

std::string next_body(Socket& client) {
    client.send(get);
    return read_response(client).body;
}

/// The kernel's numbers of the sockets that listen on a port of 127.0.0.1.
std::set<std::string> listening_sockets(const std::string& address) {
    char port[8];
    std::snprintf(port, sizeof port, ":%04X", std::stoi(address.substr(address.rfind(':') + 1)));
    std::ifstream in("/proc/net/tcp");
    std::set<std::string> out;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::vector<std::string> columns;
        for (std::string word; words >> word;) columns.push_back(word);
        if (columns.size() > 9 && columns[1].ends_with(port) && columns[3] == "0A") out.insert(columns[9]);
    }
    return out;
}

const std::string old_is_gone = "exited with code 0";

}  // namespace

TEST_CASE("a bad conf is refused with all it has to say, and the old one keeps serving") {
    ConfServer server(saying("old"));
    Socket kept = server.connect();
    CHECK(next_body(kept) == "old");
    server.folder().write(saying("new") + "    proxy_pas a;\nlistn b;\n", "error_log @ROOT@/error.log info;");
    server.signal(SIGHUP);
    for (const char* word : {"\"proxy_pas\"", "\"listn\""}) {
        const auto line = server.wait_for_error(word);
        INFO(line);
        CHECK(std::regex_search(
            line,
            std::regex(
                R"(^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[emerg\] \d+#\d+: unknown directive .* in .*/test\.conf:\d+)")));
    }
    CHECK(server.error_log().find("    proxy_pas a;\n") != std::string::npos);
    CHECK(server.error_log().find("^~~~~~~~~") != std::string::npos);
    CHECK(next_body(kept) == "old");
    CHECK(server.get().body == "old");
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == 0);
    server.reload(saying("new"));
    CHECK(next_body(kept) == "new");
}

TEST_CASE("a conf that cannot take effect is refused as a whole") {
    const Origin taken(ok("a"));
    ConfServer server(saying("old"));
    std::string http = saying("new") + "server { listen @SECOND@; }\n", message;
    SECTION("a port in use") {
        http += "server { listen " + taken.address() + "; }";
        message = "Address already in use";
    }
    SECTION("a log that cannot be opened") {
        http += "access_log @ROOT@/none/access.log;";
        message = "none/access.log";
    }
    SECTION("a name that is not known") {
        http += "upstream u { server no-such-host.invalid; }";
        message = "no-such-host.invalid";
    }
    CHECK(server.get().body == "old");
    const auto descriptors = open_descriptors(server.pid());
    server.folder().write(http, "error_log @ROOT@/error.log info;");
    server.signal(SIGHUP);
    server.wait_for_error(message);
    CHECK(server.get().body == "old");
    CHECK_THROWS_AS(Socket::connect(server.folder().second_address()), Closed);
    CHECK(open_descriptors(server.pid()) == descriptors);
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == 0);
    server.reload(saying("newer"));
    CHECK(server.get().body == "newer");
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == 1);
}

TEST_CASE("a new conf holds for the next request, on connections that are open, too") {
    ConfServer server(saying("1"), "worker_processes 2; error_log @ROOT@/error.log info;");
    std::vector<Socket> kept;
    for (int i = 0; i < 8; ++i) kept.push_back(server.connect());
    for (auto& client : kept) CHECK(next_body(client) == "1");
    for (int number = 2; number < 5; ++number) {
        const auto text = std::to_string(number);
        server.reload(saying(text), "worker_processes 2; error_log @ROOT@/error.log info;");
        for (auto& client : kept) CHECK(next_body(client) == text);
        CHECK(server.get().body == text);
    }
}

TEST_CASE("a request under way finishes under the conf that it began with; then one line tells that this has gone") {
    Gate gate;
    const Origin origin(waiting(gate));
    ConfServer server(forwarding(origin, "add_header X-Conf old;"));
    Socket busy = server.connect();
    busy.send(get);
    origin.wait_for_requests(1);
    server.folder().write(saying("new"), "error_log @ROOT@/error.log info;");
    server.signal(SIGHUP);
    server.wait_for_error("reconfiguring");
    while (server.get().body != "new") {
    }
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == 0);
    gate.open();
    const auto answer = read_response(busy);
    CHECK(answer.body == "late");
    CHECK(answer["X-Conf"] == "old");
    const auto line = server.wait_for_error(old_is_gone);
    CHECK(line.find("[notice]") != line.npos);
    CHECK(line.ends_with(old_is_gone));
    CHECK(next_body(busy) == "new");
}

TEST_CASE("an answer on its way goes on over several reloads, and each conf has its line") {
    Gate gate;
    const Origin origin(halting(gate));
    ConfServer server(forwarding(origin));
    Socket busy = server.connect();
    busy.send(get);
    busy.read_until("hello");
    for (int i = 1; i <= 3; ++i) {
        server.folder().write(saying(std::to_string(i)), "error_log @ROOT@/error.log info;");
        server.signal(SIGHUP);
        server.wait_for_error("reconfiguring", static_cast<std::size_t>(i));
    }
    server.wait_for_error(old_is_gone, 2);
    gate.open();
    CHECK(busy.read_exactly(5) == "world");
    server.wait_for_error(old_is_gone, 3);
    CHECK(next_body(busy) == "3");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == 3);
}

TEST_CASE("listeners that stay are never closed; new ones open, and old ones go") {
    const std::string both = "worker_processes 2; error_log @ROOT@/error.log info;";
    ConfServer server(saying("1"), both);
    const auto before = listening_sockets(server.address());
    REQUIRE(before.size() == 2);
    const auto second = server.folder().second_address();

    server.reload(saying("2") + "server { listen @SECOND@; return 200 \"second\"; }", both);
    CHECK(listening_sockets(server.address()) == before);
    CHECK(listening_sockets(second).size() == 2);
    Socket on_second = Socket::connect(second);
    CHECK(next_body(on_second) == "second");

    server.reload(saying("3"), both);
    CHECK(listening_sockets(server.address()) == before);
    CHECK(on_second.ends());
    wait_until_refused(second);
    CHECK(server.get().body == "3");

    server.reload("server { listen @SECOND@; return 200 \"moved\"; }", both);
    wait_until_refused(server.address());
    Socket moved = Socket::connect(second);
    CHECK(next_body(moved) == "moved");
}

TEST_CASE("a Unix socket stays over a reload, and goes when the conf does not name it") {
    const std::string unix_site = "server { listen unix:@ROOT@/listen.sock; return 200 \"by unix\"; }";
    ConfServer server(saying("1") + unix_site);
    const auto path = server.folder() / "listen.sock";
    server.reload(saying("2") + unix_site);
    Socket client = Socket::connect("unix:" + path);
    CHECK(next_body(client) == "by unix");
    server.reload(saying("3"));
    CHECK_FALSE(std::filesystem::exists(path));
    server.reload(saying("4") + unix_site);
    Socket again = Socket::connect("unix:" + path);
    CHECK(next_body(again) == "by unix");
}

TEST_CASE("an address may go from one site to another, with other names") {
    ConfServer server("server { listen @LISTEN@; server_name a; return 200 \"first\"; }");
    Socket kept = server.connect();
    CHECK(next_body(kept) == "first");
    server.reload(
        "server { listen @LISTEN@; return 200 \"default\"; } server { listen @LISTEN@; server_name a; return 200 "
        "\"second\"; }");
    CHECK(next_body(kept) == "second");
    CHECK(server.get("/", "b").body == "default");
}

TEST_CASE("WebSockets live on") {
    const Origin origin(echo);
    ConfServer server(forwarding(origin));
    Socket client = server.connect();
    client.send(upgrade);
    REQUIRE(read_response(client).status == 101);
    server.folder().write(saying("new"), "error_log @ROOT@/error.log info;");
    server.signal(SIGHUP);
    server.wait_for_error("reconfiguring");
    while (server.get().body != "new") {
    }
    client.send("still here");
    CHECK(client.read_exactly(10) == "still here");
    client.shutdown_send();
    CHECK(client.read_to_end().second == Ending::closed);
    server.wait_for_error(old_is_gone);
}

TEST_CASE("WebSockets live until worker_shutdown_timeout, if it is set") {
    const Origin origin(echo);
    const std::string main = "worker_shutdown_timeout 50ms; error_log @ROOT@/error.log info;";
    ConfServer server(forwarding(origin), main);
    Socket client = server.connect();
    client.send(upgrade);
    REQUIRE(read_response(client).status == 101);
    server.reload(saying("new"), main);
    client.read_to_end();
    CHECK(server.get().body == "new");
}

TEST_CASE("connections to an unchanged group are kept") {
    const Origin origin(ok("a"));
    const std::string http = "upstream u { server " + origin.address() + "; keepalive 4; }\n";
    ConfServer server(http + "server { listen @LISTEN@; location / { proxy_pass http://u; } }");
    Socket client = server.connect();
    CHECK(next_body(client) == "a");
    for (int i = 0; i < 3; ++i) {
        server.reload(http + "server { listen @LISTEN@; add_header X-Number " + std::to_string(i) +
                      "; location / { proxy_pass http://u; } }");
        CHECK(next_body(client) == "a");
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("a peer that is down stays down over a reload, in a group that stays and in one that grows") {
    const Origin good(ok("good")), third(ok("third"));
    const Port bad;
    const std::string peers =
        "server " + bad.address() + " max_fails=1 fail_timeout=1h; server " + good.address() + "; ";
    const std::string site = "server { listen @LISTEN@; location / { proxy_pass http://u; } }";
    ConfServer server("upstream u { " + peers + "}" + site);
    const auto tries = [&] { return count_lines(server.folder().error_log_path(), "trying again"); };
    for (int i = 0; i < 4; ++i) CHECK(server.get().body == "good");
    server.wait_for_error("is down");
    REQUIRE(tries() == 1);
    server.reload("upstream u { " + peers + "}" + site + "# the same");
    for (int i = 0; i < 4; ++i) CHECK(server.get().body == "good");
    server.reload("upstream u { " + peers + "server " + third.address() + "; }" + site);
    for (int i = 0; i < 4; ++i) CHECK(server.get().status == 200);
    CHECK(third.requests() == 2);
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK(tries() == 1);
}

TEST_CASE("logs come and go with the conf") {
    const auto logging = [](const char* name) {
        return "access_log @ROOT@/" + std::string(name) + "; server { listen @LISTEN@; return 200; }";
    };
    ConfServer server(logging("one.log"));
    server.get("/1");
    server.reload(logging("two.log"));
    server.get("/2");
    server.reload(logging("one.log"));
    server.get("/3");
    CHECK(count_lines(server.folder() / "one.log", "GET /1 ") == 1);
    CHECK(count_lines(server.folder() / "two.log", "GET /2 ") == 1);
    CHECK(count_lines(server.folder() / "one.log", "GET /3 ") == 1);
    CHECK(lines_of(read_file(server.folder() / "one.log")).size() == 2);
    CHECK(lines_of(read_file(server.folder() / "two.log")).size() == 1);
}

TEST_CASE("signals in a burst: the last conf wins") {
    ConfServer server(saying("0"));
    for (int i = 1; i <= 50; ++i) {
        server.folder().write(saying(std::to_string(i)), "error_log @ROOT@/error.log info;");
        server.signal(SIGHUP);
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    std::string body;
    while ((body = server.get().body) != "50" && std::chrono::steady_clock::now() < until) {
    }
    CHECK(body == "50");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
}

TEST_CASE("a conf with another pid moves the file, and the control socket with it") {
    ConfServer server(R"(server { listen @LISTEN@; return 200 one; })");
    const auto moved = server.folder() / "moved.pid";
    server.folder().write_file("test.conf", R"(pid @ROOT@/moved.pid; daemon off; error_log @ROOT@/error.log info; events {}
        http { access_log off; server { listen @LISTEN@; return 200 two; } })");
    server.signal(SIGHUP);
    CHECK(wait_for_text(moved) == std::to_string(server.pid()) + "\n");
    server.wait_for_error("exited with code 0");
    CHECK(server.get("/").body == "two");
    CHECK_FALSE(std::filesystem::exists(server.folder().pid_path()));
    CHECK(std::filesystem::exists(moved + ".sock"));
    CHECK_FALSE(std::filesystem::exists(server.folder().pid_path() + ".sock"));
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK_FALSE(std::filesystem::exists(moved));
}

TEST_CASE("SIGUSR2, by which nginx is upgraded, is told of and harmless") {
    const ConfServer server(R"(server { listen @LISTEN@; return 200 here; })");
    server.signal(SIGUSR2);
    server.wait_for_error("SIGUSR2: a new program takes a restart");
    CHECK(server.get("/").body == "here");
}

TEST_CASE("a reload right before the end") {
    const int number = GENERATE(SIGQUIT, SIGTERM);
    ConfServer server(saying("0"));
    server.signal(SIGHUP);
    server.signal(number);
    CHECK(server.wait() == 0);
}

namespace {

/// Connections that ask one thing after the other until they are told to stop.
class Load {
  public:
    static constexpr unsigned threads = 8, per_thread = 8;

    explicit Load(const ConfServer& server) {
        for (unsigned i = 0; i < threads; ++i)
            workers_.emplace_back([this, address = server.address()] { run(address); });
    }
    ~Load() { stop(); }

    void stop() {
        stopping_ = true;
        for (auto& worker : workers_)
            if (worker.joinable()) worker.join();
    }
    unsigned long done() const { return done_; }
    unsigned long failed() const { return failed_; }
    std::string why() {
        const std::lock_guard lock(mutex_);
        return why_;
    }

  private:
    void run(const std::string& address) {
        try {
            std::vector<Socket> clients;
            for (unsigned i = 0; i < per_thread; ++i) clients.push_back(Socket::connect(address));
            while (!stopping_) {
                for (auto& client : clients) client.send("GET /load HTTP/1.1\r\nHost: a\r\n\r\n");
                for (auto& client : clients) {
                    const auto answer = read_response(client);
                    if (answer.status == 200 && answer.body == "load" && answer["Connection"] == "keep-alive")
                        ++done_;
                    else
                        fail(answer.head);
                }
            }
        } catch (const std::exception& error) {
            fail(error.what());
        }
    }
    void fail(const std::string& why) {
        ++failed_;
        const std::lock_guard lock(mutex_);
        why_ = why;
    }

    std::atomic<bool> stopping_{false};
    std::atomic<unsigned long> done_{0}, failed_{0};
    std::mutex mutex_;
    std::string why_;
    std::vector<std::thread> workers_;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t most_growth_kib = 1 << 20;  // what is freed stays in quarantine
#else
constexpr std::size_t most_growth_kib = 6 * 1024;
#endif

}  // namespace

TEST_CASE("200 reloads under 64 connections of load: no request fails, memory and descriptors do not grow") {
    const Origin origin(ok("load"));
    const std::string main = "worker_processes 2; error_log @ROOT@/error.log notice;";
    const auto http = [&](int number) {
        std::string out = "keepalive_requests 1000000; upstream u { server " + origin.address() + "; keepalive 64; }\n";
        out += "map $arg_a $b { default x; ~^(?<c>.)$ $c; } geo $d { default 1; 10.0.0.0/8 2; }\n";
        // What comes and goes: a log, a listener, a group, sites with patterns.
        if (number % 2) out += "access_log @ROOT@/odd.log; server { listen @SECOND@; return 200 second; }\n";
        if (number % 3)
            out += "upstream v { server " + origin.address() + " weight=" + std::to_string(number) + "; }\n";
        for (int i = 0; i < 20; ++i)
            out += "server { listen @LISTEN@; server_name ~^s" + std::to_string(i) +
                   "x; location ~ /(\\d+)$ { return 200 $1; } }\n";
        out +=
            "server { listen @LISTEN@ default_server; location / { proxy_pass http://u; } location = /number { return "
            "200 " +
            std::to_string(number) + "; } }\n";
        return out;
    };
    ConfServer server(http(0), main);
    Load load(server);
    std::size_t settled_kib = 0;
    constexpr int settled = 60, last = 200;
    for (int number = 1; number <= last; ++number) {
        server.folder().write(http(number), main);
        server.signal(SIGHUP);
        const auto until = std::chrono::steady_clock::now() + patience;
        while (server.get("/number").body != std::to_string(number)) REQUIRE(std::chrono::steady_clock::now() < until);
        if (number == settled) settled_kib = server.resident_kib();
    }
    server.wait_for_error(old_is_gone, last);
    const auto end_kib = server.resident_kib();
    load.stop();
    INFO(load.why());
    CHECK(load.failed() == 0);
    CHECK(load.done() > 64);
    CHECK(end_kib < settled_kib + most_growth_kib);
    CHECK(count_lines(server.folder().error_log_path(), old_is_gone) == last);
    CHECK(count_lines(server.folder().error_log_path(), "[alert]") == 0);
    CHECK(count_lines(server.folder().error_log_path(), "[crit]") == 0);
    CHECK(count_lines(server.folder().error_log_path(), "[error]") == 0);

    // Without load: the same conf once more has the same descriptors.
    server.folder().write(http(last), main);
    const auto reload_again = [&](std::size_t count) {
        server.signal(SIGHUP);
        server.wait_for_error(old_is_gone, count);
        return open_descriptors(server.pid());
    };
    const auto first = reload_again(last + 1);
    for (std::size_t i = 2; i < 10; ++i) CHECK(reload_again(last + i) <= first);
    CHECK(first < 200);
}
