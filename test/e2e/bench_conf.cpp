// sluice bench conf: the routes of a conf under load, without its backends, and without a trace of it elsewhere.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/bench.hpp"
#include "support/catch.hpp"
#include "support/conf_server.hpp"
#include "support/temporary.hpp"

using namespace sluice::test;

namespace {

/// The route of that title.
const json::object& route_of(const json::object& result, std::string_view title) {
    for (const auto& route : result.at("routes").as_array())
        if (route.at("route").as_string() == json::string_view(title.data(), title.size())) return route.as_object();
    FAIL("there is no " << title << " in " << json::serialize(result));
    return result;
}

json::object drive(Words words) {
    words.insert(words.begin(), "conf");
    return measure(words);
}

}  // namespace

TEST_CASE("bench conf drives every route of a conf, with backends of its own") {
    const ConfFolder folder;
    folder.write_file("bench.conf", R"(user nobody; pid @ROOT@/x.pid; error_log @ROOT@/e.log; events {}
http {
  access_log @ROOT@/a.log;
  upstream api { server 10.255.255.1:80; server app.invalid:81 backup; }
  server { listen 80; server_name one.test;
    location / { proxy_pass http://10.255.255.2:80; }
    location /api/ { proxy_pass http://api; }
    location = /gone { return 410; }
    location = /odd { return 999; }
    location ~ \.txt$ { root /nowhere; }
    location @named { return 503; } }
  server { listen 443 ssl; server_name two.test; ssl_certificate missing.crt; ssl_certificate_key missing.key;
    location / { proxy_pass https://10.255.255.3; } }
}
)");
    const auto result =
        drive({folder / "bench.conf", "-c", "4", "-n", "200", "--backend", "api=size=10k;fail=50%;latency=1ms..2ms",
               "--backend", "10.255.255.2:80=status=201", "--backend", "size=7"});
    const auto& api = route_of(result, "location /api/");
    CHECK(number(api, "answers") == 200);
    CHECK(number(api, "status/500") > 50);
    CHECK(number(api, "status/200") > 50);
    CHECK(number(api, "latency_ms/min") >= 1);
    CHECK(api.at("leads_to") == "to api");
    CHECK(number(api, "line") == 7);
    CHECK(number(api, "cpu_us") > 1);
    CHECK(number(api, "cpu_us") < 100000);
    CHECK(number(route_of(result, "location = /gone"), "status/410") == 200);
    CHECK(number(route_of(result, "location = /odd"), "answers") == 200);
    CHECK(route_of(result, "location = /odd").at("doubt") == "");
    CHECK(number(route_of(result, "location ~ \\.txt$"), "status/404") == 200);
    std::size_t roots = 0;
    for (const auto& route : result.at("routes").as_array()) {
        if (route.at("route") != "location /") continue;
        ++roots;
        const auto& whole = route.as_object();
        const bool secure = whole.at("secure").as_bool();
        CHECK(whole.at("host") == (secure ? "two.test" : "one.test"));
        CHECK(number(whole, secure ? "status/200" : "status/201") == 200);
    }
    CHECK(roots == 2);
    CHECK(result.at("not_driven").as_array().empty());
    CHECK(number(route_of(result, "location @named"), "status/503") == 200);
    CHECK_FALSE(std::filesystem::exists(folder / "a.log"));  // nothing is written where the conf says
    CHECK_FALSE(std::filesystem::exists(folder / "e.log"));
}

TEST_CASE("bench conf gets to named and internal locations, and to sites without a name") {
    const ConfFolder folder;
    folder.write_file("bench.conf", R"(events {}
http {
  upstream api { server 10.255.255.1:80; server 10.255.255.2:80; }
  server { listen 80; server_name one.test;
    location / { proxy_pass http://api; proxy_intercept_errors on; error_page 503 = @busy; error_page 502 = @dead; }
    location @busy { return 421; }
    location @dead { return 422; }
    location @asked { return 423; }
    location /kept/ { internal; proxy_pass http://api; }
    location /inner/ { internal; return 425; }
    location /sent { return 426; }
    location = /nobody { internal; return 427; }
    rewrite ^/r(\d+)$ /inner/$1 last; }
  server { listen 80; location /nameless { return 428; } }
}
)");
    const auto result = drive({folder / "bench.conf", "-c", "4", "-n", "100", "--backend", "api=status=201"});
    for (const auto& [title, status] : {std::pair("location @busy", 421),
                                        {"location @dead", 422},
                                        {"location @asked", 423},
                                        {"location /kept/", 201},
                                        {"location /inner/", 425},
                                        {"location = /nobody", 427},
                                        {"location /nameless", 428},
                                        {"location /", 201}}) {
        INFO(title);
        const auto& route = route_of(result, title);
        CHECK(number(route, "status/" + std::to_string(status)) == 100);
        CHECK(number(route, "failed") == 0);
        CHECK(route.at("doubt") == "");
    }
    CHECK(route_of(result, "location @dead").at("from") == "location /, its backend breaks off");
    CHECK(result.at("routes").at(0).at("route") == "location /");  // in the order of the conf
}

TEST_CASE("bench conf says what is wrong") {
    const ConfFolder folder;
    folder.write_file("good.conf",
                      "events {}\nhttp { upstream api { server 10.0.0.1; } server { listen 80; location / { proxy_pass "
                      "http://api; } } }\n");
    folder.write_file("bad.conf", "events {}\nhttp { server { lisen 80; } }\n");
    folder.write_file("none.conf", "events {}\n");
    const auto said = [&](Words words) {
        words.insert(words.begin(), "conf");
        const Outcome outcome = bench(words);
        CHECK(outcome.output.empty());
        return std::to_string(outcome.status) + " " + outcome.errors;
    };
    CHECK(said({}) == "2 sluice bench conf: which conf? as in sluice bench conf /etc/nginx/nginx.conf\n");
    CHECK(said({"/nowhere/at/all"}) == "2 sluice bench conf: \"/nowhere/at/all\": cannot be read\n");
    CHECK(said({folder / "good.conf", "--backend", "apo=latency=5ms"}) ==
          "2 sluice bench conf: --backend \"apo=latency=5ms\": the conf has no upstream and no peer of that name; "
          "there are api\n");
    CHECK(said({folder / "good.conf", "--rate", "x"}).starts_with("2 sluice bench conf: --rate \"x\": "));
    CHECK(said({folder / "bad.conf"}).find("bad.conf:2:17: error: ") != std::string::npos);
    CHECK(said({folder / "none.conf"}) ==
          "1 sluice bench conf: " + (folder / "none.conf") + " has no server that could be driven\n");
}

TEST_CASE("bench conf raises the limit of descriptors, and says when it is too low still") {
    const ConfFolder folder;
    std::string peers;
    for (int i = 0; i < 100; ++i) peers += "server 10.0.0.1:" + std::to_string(8000 + i) + "; ";
    folder.write_file("bench.conf", "events {}\nhttp { upstream api { " + peers +
                                        "} server { listen 80; location / { proxy_pass http://api; } } }\n");
    const auto run_with = [&](const std::string& limits) {
        return run_to_end({"/bin/sh", "-c",
                           limits + "; exec " + SLUICE_BINARY + " bench conf " + (folder / "bench.conf") +
                               " -n 5 -c 2 --warmup 10ms"});
    };
    const Outcome raised = run_with("ulimit -S -n 64");
    CHECK(raised.errors == "");
    CHECK(raised.status == 0);
    const Outcome low = run_with("ulimit -n 64");
    CHECK(low.errors ==
          "sluice bench conf: 1 listener, 100 peers and 2 connections take 267 descriptors, and the system allows 64 "
          "(ulimit -n); fewer connections, or raise that limit\n");
    CHECK(low.status == 1);
}

namespace {

bool is_empty(const std::string& folder) {
    return std::filesystem::directory_iterator(folder) == std::filesystem::directory_iterator();
}

/// Says when something is made in a folder; to be made before that may happen.
class FolderWatch {
  public:
    explicit FolderWatch(const std::string& folder) : fd_(inotify_init1(IN_CLOEXEC)) {
        inotify_add_watch(fd_, folder.c_str(), IN_CREATE);
    }
    ~FolderWatch() { close(fd_); }
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    bool wait() const {
        pollfd waiting{fd_, POLLIN, 0};
        return poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
    }

  private:
    const int fd_;
};

}  // namespace

TEST_CASE("bench conf that is ended leaves nothing behind, at whatever signal") {
    const ConfFolder folder;
    folder.write_file("bench.conf", "events {}\nhttp { server { listen 80; location / { return 200; } } }\n");
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        INFO(number);
        const Temporary scratch;
        const FolderWatch watch(scratch.path());
        Process process(Words{"/usr/bin/env", "TMPDIR=" + scratch.path(), SLUICE_BINARY, "bench", "conf",
                              folder / "bench.conf", "-d", "1m"});
        CHECK(watch.wait());
        process.signal(number);
        process.wait();
        CHECK(is_empty(scratch.path()));
    }
}

TEST_CASE("bench conf runs in any TMPDIR, or says what is wrong with it") {
    const ConfFolder folder;
    folder.write_file("bench.conf", "events {}\nhttp { server { listen 80; location / { return 200; } } }\n");
    const Temporary scratch;
    const auto run_in = [&](const std::string& temporary) {
        return run_to_end({"/bin/sh", "-c",
                           "cd " + scratch.path() + " && TMPDIR=" + temporary + " exec " + SLUICE_BINARY +
                               " bench conf " + (folder / "bench.conf") + " -n 5 -c 1 --warmup 10ms"});
    };
    for (const std::string relative : {".", "inner", "inner/"}) {
        INFO(relative);
        std::filesystem::create_directory(scratch / "inner");
        const Outcome outcome = run_in(relative);
        CHECK(outcome.errors == "");
        CHECK(outcome.status == 0);
        CHECK(is_empty(scratch / "inner"));
    }
    const Outcome missing = run_in("/no/such/folder");
    CHECK(missing.errors == "sluice bench conf: TMPDIR, \"/no/such/folder\", is no folder\n");
    CHECK(missing.status == 1);
    const std::string long_one = scratch / std::string(100, 'x');
    std::filesystem::create_directory(long_one);
    const Outcome too_long = run_in(long_one);
    CHECK(too_long.errors.starts_with("sluice bench conf: TMPDIR, "));
    CHECK(too_long.errors.ends_with(" bytes, and may have 107\n"));
    CHECK(is_empty(long_one));
}

TEST_CASE("bench conf is ended while it waits until the server is ready") {
    const ConfFolder folder;
    folder.write_file("bench.conf", "events {}\nhttp { server { listen 80; location / { return 200; } } }\n");
    for (const std::string name : {"INT", "TERM", "HUP", "QUIT"}) {
        INFO(name);
        const Temporary scratch;
        // Held back before the start, and over exec(3): it has come before the server can be ready.
        const Outcome outcome = run_to_end(
            {"/usr/bin/env", "--block-signal=" + name, "TMPDIR=" + scratch.path(), "/bin/sh", "-c",
             "kill -" + name + " $$; exec " + SLUICE_BINARY + " bench conf " + (folder / "bench.conf") + " -d 1m"});
        CHECK(outcome.output == "");
        CHECK(outcome.errors == "sluice bench conf: ended before a route was driven\n");
        CHECK(outcome.status == 1);
        CHECK(is_empty(scratch.path()));
    }
}

TEST_CASE("bench conf whose reader has left leaves nothing behind") {
    const ConfFolder folder;
    folder.write_file("bench.conf", "events {}\nhttp { server { listen 80; location / { return 200; } } }\n");
    const Temporary scratch;
    const auto command = "{ TMPDIR=" + scratch.path() + " " + SLUICE_BINARY + " bench conf " + (folder / "bench.conf") +
                         " -n 5 -c 1 --warmup 10ms; echo $? >&2; } | true";
    const Outcome outcome = run_to_end({"/bin/sh", "-c", command});
    CHECK(outcome.errors == "sluice bench conf: cannot write the report\n1\n");
    CHECK(is_empty(scratch.path()));
}

namespace {

/// Of a line that strace has written: what stands between the first two quotes, or "".
std::string first_quoted(const std::string& line) {
    const auto from = line.find('"');
    const auto to = line.find('"', from + 1);
    return to == line.npos ? "" : line.substr(from + 1, to - from - 1);
}

bool is_own_path(const std::string& path, const std::string& scratch) {
    return path.starts_with(scratch) || path.starts_with("/dev/") || path.starts_with("/proc/self/");
}

}  // namespace

TEST_CASE("bench conf asks nobody but itself, and writes nowhere but in its folder") {
    if (run_to_end({"/bin/sh", "-c", "strace -qq -o /dev/null true"}).status != 0) {
        WARN("strace is not installed or not allowed: not looked at");
        return;
    }
    const ConfFolder folder;
    const Temporary scratch, notified;
    folder.write_file("bench.conf",
                      R"(user nobody; pid @ROOT@/x.pid; error_log @ROOT@/e.log debug; lock_file @ROOT@/lock; events {}
http {
  access_log @ROOT@/a.log; access_log @ROOT@/$host.log; access_log syslog:server=10.255.255.7;
  client_body_temp_path @ROOT@/body; proxy_temp_path @ROOT@/answers; proxy_cache_path @ROOT@/cache keys_zone=c:1m;
  resolver 10.255.255.8; set_real_ip_from proxy.invalid; ssl_stapling on; proxy_bind 10.255.255.9;
  upstream api { server 10.255.255.1:80; server app.invalid:81 backup; }
  map $host $target { default api; }
  server { listen 80; server_name one.test; set $target other.invalid; proxy_buffers 4 4k; proxy_buffer_size 4k;
    location / { proxy_pass http://10.255.255.2:80; client_body_in_file_only on; error_page 502 @down; }
    location /api/ { proxy_pass http://api; }
    location /target { proxy_pass http://$target; }
    location /host { proxy_pass http://$host:8080; }
    location /socket { proxy_pass http://unix:@ROOT@/peer.sock:/; }
    location @down { proxy_pass http://down.invalid; } }
  server { listen 443 ssl; server_name two.test; ssl_certificate missing.crt; ssl_certificate_key missing.key;
    ssl_ocsp on; ssl_verify_client on; ssl_client_certificate missing.pem;
    location / { proxy_pass https://10.255.255.3; proxy_ssl_verify on; proxy_ssl_certificate $host.crt;
      proxy_ssl_certificate_key $host.key; } }
}
)");
    const std::string root = std::filesystem::path(folder / "bench.conf").parent_path();
    const auto files_there = [&] {
        std::size_t out = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(root)) ++out;
        return out;
    };
    const std::size_t before = files_there();
    // Leaks cannot be looked for under strace.
    const Outcome outcome = run_to_end(
        {"/usr/bin/env",
         "TMPDIR=" + scratch.path(),
         "ASAN_OPTIONS=detect_leaks=0",
         "NOTIFY_SOCKET=" + (notified / "manager"),
         "strace",
         "-f",
         "-qq",
         "-y",
         "-s",
         "500",
         "-e",
         "signal=none",
         "-e",
         "trace=connect,bind,sendto,open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2",
         "-o",
         notified / "trace",
         SLUICE_BINARY,
         "bench",
         "conf",
         folder / "bench.conf",
         "-n",
         "10",
         "-c",
         "2",
         "--warmup",
         "20ms",
         "-b",
         "a body"});
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    CHECK(files_there() == before);
    CHECK(is_empty(scratch.path()));
    std::ifstream trace(notified / "trace");
    std::size_t connected = 0, written = 0;
    for (std::string line; std::getline(trace, line);) {
        INFO(line);
        const auto has = [&](std::string_view text) { return line.find(text) != line.npos; };
        if (has("sa_family=AF_INET")) {
            ++connected;
            CHECK(has("inet_addr(\"127.0.0.1\")"));
        } else if (has("sa_family=AF_UNIX") && !has("/nscd/"))
            CHECK(
                is_own_path(first_quoted(line.substr(std::min(line.find("sun_path="), line.size()))), scratch.path()));
        const bool opens = has("open(") || has("openat(") || has("creat(");
        const bool writes =
            opens ? has("O_WRONLY") || has("O_RDWR") || has("O_CREAT") : has("mkdir") || has("unlink") || has("rename");
        if (writes && has("\"")) {
            ++written;
            const bool below = has('<' + scratch.path());  // of a folder that is open
            CHECK((below || is_own_path(first_quoted(line), scratch.path())));
        }
    }
    CHECK(connected > 10);
    CHECK(written > 5);
}
