// sluice explain beside the process that runs with the same conf: it predicts what the origin gets, and with --live it
// tells how the peers are.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

Outcome explain(const ConfServer& server, std::vector<std::string> flags) {
    std::vector<std::string> words = {
        SLUICE_BINARY, "explain", "-p", server.folder().prefix(), "-c", server.folder().conf_path()};
    words.insert(words.end(), flags.begin(), flags.end());
    return run_to_end(words);
}

std::string conf_with(const Origin& origin) {
    return "upstream app { server " + origin.address() + "; server 127.0.0.1:1 backup; }\n" +
           "server { listen @LISTEN@; rewrite ^/old/(.*)$ /new/$1; location / { proxy_pass http://app; } }\n";
}

}  // namespace

TEST_CASE("the origin gets the request line that explain tells of") {
    const Origin origin([](Origin::Visit& visit) {
        for (;;) visit.send(ok(visit.read_request().start_line));
    });
    const ConfServer server(conf_with(origin));
    const std::string target = "/old/a%20b?c=d";
    const std::string line = server.get(target).body;
    CHECK(line == "GET /new/a%20b?c=d HTTP/1.1");
    const auto told = explain(server, {"http://" + server.address() + target});
    CHECK(told.status == 0);
    CHECK(told.output.find("\n  " + line + "  ") != std::string::npos);
}

TEST_CASE("with --live it tells how the peers of the running process are") {
    const Origin origin(ok("a"));
    ConfServer server(conf_with(origin));
    CHECK(server.get().body == "a");
    const auto told = explain(server, {"--live", "http://" + server.address() + "/"});
    INFO(told.output + told.errors);
    CHECK(told.status == 0);
    CHECK(told.output.find(origin.address() + "  up, 0 active, 1 idle") != std::string::npos);
    CHECK(told.output.find("states as of process " + std::to_string(server.pid()) + "\n") != std::string::npos);
    const std::string socket = server.folder().pid_path() + ".sock";
    struct stat file {};
    REQUIRE(lstat(socket.c_str(), &file) == 0);
    CHECK((file.st_mode & 0777) == 0600);

    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK_FALSE(std::filesystem::exists(socket));
    const auto alone = explain(server, {"--live", "http://" + server.address() + "/"});
    CHECK(alone.status == 1);
    CHECK(alone.errors.starts_with("sluice explain: nobody answers at " + socket));
}
