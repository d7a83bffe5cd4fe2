// The command line as its user sees it, and every kind of address.
#include <csignal>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

struct Outcome {
    int status;
    std::string output, errors;
};

Outcome run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), SLUICE_BINARY);
    Process process(flags);
    const int status = process.wait();
    return {status, process.output().wait_for_end(), process.errors().wait_for_end()};
}

bool has_ipv6() {
    try {
        const Origin origin(answering(ok("a")), "[::1]:0");
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

TEST_CASE("a wrong command line is one line that names the flag, and status 2") {
    const auto [flags, named] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"--bakend", "127.0.0.1:1"}, "--backend"},
        {{"--backend", "127.0.0.1"}, "--backend \"127.0.0.1\""},
        {{"--backend", "127.0.0.1:1", "--balance", "random"}, "--balance \"random\""},
        {{"--backend", "127.0.0.1:1", "--threads", "0"}, "--threads \"0\""},
        {{"--backend", "127.0.0.1:1;weight=x"}, "weight"},
        {{"--listen", "70000", "--backend", "127.0.0.1:1"}, "--listen \"70000\""},
        {{"--listen", "8080"}, "--backend"},
        {{"--once"}, "--once"},
    }));
    const Outcome got = run(flags);
    INFO(got.errors);
    CHECK(got.status == 2);
    CHECK(got.output.empty());
    CHECK(lines_of(got.errors).size() == 1);
    CHECK(got.errors.starts_with("sluice: "));
    CHECK(got.errors.find(named) != std::string::npos);
}

TEST_CASE("a port in use is one line, and status 1") {
    const Origin other(ok("a"));
    const Outcome got = run({"--listen", other.address(), "--backend", "127.0.0.1:1"});
    INFO(got.errors);
    CHECK(got.status == 1);
    CHECK(lines_of(got.errors).size() == 1);
    CHECK(got.errors.find("--listen \"" + other.address() + "\"") != std::string::npos);
    CHECK(got.errors.find("Address already in use") != std::string::npos);
}

TEST_CASE("a port that another sluice listens on is in use") {
    const Origin origin(ok("a"));
    const Sluice first("--threads 2" + backends(origin));
    CHECK(run({"--listen", first.address(), "--backend", "127.0.0.1:1"}).status == 1);
    CHECK(first.get().body == "a");
}

TEST_CASE("a log that cannot be opened is one line, and status 1") {
    const Outcome got = run({"--listen", "127.0.0.1:0", "--backend", "127.0.0.1:1", "--access-log", "/nowhere/log"});
    CHECK(got.status == 1);
    CHECK(lines_of(got.errors).size() == 1);
    CHECK(got.errors.find("--access-log \"/nowhere/log\"") != std::string::npos);
}

TEST_CASE("--version and --help go to standard output, with status 0") {
    const Outcome version = run({"--version"});
    CHECK(version.status == 0);
    CHECK(version.output.starts_with("sluice "));
    CHECK(lines_of(version.output).size() == 1);
    const Outcome help = run({"--help"});
    CHECK(help.status == 0);
    CHECK(help.output.find("Examples:") != std::string::npos);
    CHECK(help.errors.empty());
}

TEST_CASE("the start tells what is listened on and where requests go") {
    const Origin a(ok("a")), b(ok("b"));
    const Sluice proxy("--listen 127.0.0.1:0 --listen 127.0.0.2:0 --backend " + a.address() + ";weight=2 --backend " +
                       b.address() + ";backup");
    CHECK(proxy.errors().find("sluice: forwarding to " + a.address() + " (weight 2), " + b.address() +
                              " (backup), round_robin\n") != std::string::npos);
    CHECK(lines_of(proxy.errors()).size() == 3);
}

TEST_CASE("Unix sockets, on both sides; the file goes when the program ends") {
    const Folder folder;
    const std::string path = folder / "front";
    const Origin origin(answering(ok("a")), "unix:" + folder / "back");
    {
        const Sluice proxy("--threads 2 --listen unix:" + path + " --backend unix:" + folder / "back");
        CHECK(proxy.address() == "unix:" + path);
        for (int i = 0; i < 10; ++i) CHECK(proxy.get().body == "a");
        CHECK(origin.last()["X-Forwarded-For"] == "unix:");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("the file of a Unix socket that a crash left behind is replaced, one in use is not") {
    const Folder folder;
    const std::string path = folder / "front";
    const Origin origin(ok("a"));
    {
        Sluice crashed("--listen unix:" + path + backends(origin));
        crashed.signal(SIGKILL);
        CHECK(crashed.wait() == -SIGKILL);
    }
    CHECK(std::filesystem::exists(path));
    const Sluice proxy("--listen unix:" + path + backends(origin));
    CHECK(proxy.get().body == "a");
    CHECK(run({"--listen", "unix:" + path, "--backend", "127.0.0.1:1"}).status == 1);
    CHECK(proxy.get().body == "a");
}

TEST_CASE("IPv6, on both sides") {
    if (!has_ipv6()) return;
    const Origin origin(answering(ok("a")), "[::1]:0");
    const Sluice proxy("--listen [::1]:0 --backend " + origin.address());
    CHECK(proxy.address().starts_with("[::1]:"));
    CHECK(proxy.get().body == "a");
    CHECK(origin.last()["X-Forwarded-For"] == "::1");
}

TEST_CASE("a bare port serves every address") {
    const Origin origin(ok("a"));
    const Sluice proxy("--listen 0" + backends(origin));
    const std::string port = proxy.address().substr(proxy.address().rfind(':'));
    Socket client = Socket::connect("127.0.0.1" + port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(read_response(client).body == "a");
    CHECK(origin.last()["X-Real-IP"] == "127.0.0.1");
}

TEST_CASE("--demo --once sends its requests and ends with status 0") {
    const Outcome got = run({"--demo", "--once", "--listen", "127.0.0.1:0"});
    CHECK(got.status == 0);
    for (const char* word :
         {"ash", "birch", "cedar", "GET /search?q=sluice HTTP/1.1", "reason=bad_request", "203.0.113.7, 127.0.0.1"})
        CHECK(got.output.find(word) != std::string::npos);
    CHECK(got.output.find("no answer") == std::string::npos);
}

TEST_CASE("--demo goes on until Ctrl-C") {
    Process process({SLUICE_BINARY, "--demo", "--listen", "127.0.0.1:0"});
    const std::string line = process.output().wait_for_line("Still running on http://");
    const auto at = line.find("http://") + 7;
    Socket client = Socket::connect(line.substr(at, line.find('/', at) - at));
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(read_response(client)["X-Origin"] != "");
    process.signal(SIGINT);
    CHECK(process.wait() == 0);
}

TEST_CASE("--demo on a port in use is one line, and status 1") {
    const Origin other(ok("a"));
    const Outcome got = run({"--demo", "--listen", other.address()});
    CHECK(got.status == 1);
    CHECK(got.output.empty());
    CHECK(lines_of(got.errors).size() == 1);
}
