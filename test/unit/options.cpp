#include "server/options.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "balance/balancer.hpp"
#include "support/catch.hpp"
#include "version.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using server::AddressText;
using server::Options;
using server::ParsedOptions;

namespace {

using Words = std::vector<std::string>;

ParsedOptions parse(const Words& words) {
    std::vector<const char*> argv{"sluice"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return server::parse_options(static_cast<int>(argv.size()), argv.data());
}

std::string shown(const Words& words) {
    std::string out = "sluice";
    for (const std::string& word : words) out += " '" + word + "'";
    return out;
}

Options right(const Words& words) {
    INFO(shown(words));
    ParsedOptions parsed = parse(words);
    CHECK(parsed.message == "");
    return parsed.options;
}

server::BackendOption backend(const std::string& text) {
    const Options options = right({"--backend", text, "--backend", "other:1"});
    REQUIRE(options.backends.size() == 2);
    return options.backends.front();
}

struct Wrong {
    Words words;
    std::string message;
};

void all_wrong(const std::vector<Wrong>& rows) {
    for (const Wrong& row : rows) {
        INFO(shown(row.words));
        const std::string message = parse(row.words).message;
        CHECK(message == row.message);
        CHECK(message.find('\n') == std::string::npos);
    }
}

/// Where only the end of the message, behind `--FLAG "VALUE": `, is of interest.
struct WrongValue {
    std::string value;
    std::string message;
};

void all_wrong_values(const std::string& flag, const std::vector<WrongValue>& rows) {
    for (const WrongValue& row : rows)
        all_wrong({{{flag, row.value, "--backend", "a:1"}, flag + " \"" + row.value + "\": " + row.message}});
}

}  // namespace

TEST_CASE("the command line of the readme") {
    const Options options =
        right({"--listen", "8080", "--backend", "127.0.0.1:9001", "--backend", "api.local:9002;weight=2", "--balance",
               "least_conn", "--threads", "2", "--access-log", "-"});
    CHECK(options.action == Options::Action::run);
    REQUIRE(options.listen.size() == 1);
    CHECK(options.listen[0].host == "");
    CHECK(options.listen[0].port == 8080);
    REQUIRE(options.backends.size() == 2);
    CHECK(options.backends[0].address.host == "127.0.0.1");
    CHECK(options.backends[0].address.port == 9001);
    CHECK(options.backends[0].weight == 1);
    CHECK(options.backends[1].address.host == "api.local");
    CHECK(options.backends[1].address.port == 9002);
    CHECK(options.backends[1].weight == 2);
    CHECK(options.balance == "least_conn");
    CHECK(options.threads == 2);
    CHECK(options.access_log == "-");
}

TEST_CASE("what is not given has its default") {
    const Options options = right({"--backend", "9001"});
    REQUIRE(options.listen.size() == 1);
    CHECK(options.listen[0].port == 8080);
    CHECK(options.listen[0].text == "8080");
    CHECK(options.balance == "round_robin");
    CHECK(options.threads == 0);
    CHECK(options.access_log == "off");
    CHECK_FALSE(options.once);
    REQUIRE(options.backends.size() == 1);
    CHECK(options.backends[0].address.host == "127.0.0.1");
    CHECK(options.backends[0].address.text == "9001");
    CHECK(options.backends[0].health.max_fails == 1);
    CHECK(options.backends[0].health.fail_timeout == 10s);
    CHECK_FALSE(options.backends[0].backup);
}

TEST_CASE("other right command lines") {
    CHECK(right({"--backend=a:1", "--listen=80", "--balance=round_robin", "--threads=512"}).threads == 512);
    CHECK(right({"--backend", "a:1", "--backend", "a:1"}).backends.size() == 2);
    CHECK(right({"--listen", "0", "--listen", "127.0.0.1:0", "--backend", "a:1"}).listen.size() == 2);
    CHECK(right({"--listen", "127.0.0.1:80", "--listen", "[::1]:80", "--backend", "a:1"}).listen.size() == 2);
    CHECK(right({"--access-log", "/var/log/sluice.log", "--backend", "a:1"}).access_log == "/var/log/sluice.log");
    CHECK(right({"--access-log", "off", "--backend", "a:1"}).access_log == "off");
    CHECK(right({"--demo"}).action == Options::Action::demo);
    CHECK(right({"--demo"}).listen.at(0).port == 8080);
    CHECK(right({"--demo", "--listen", "0", "--once", "--threads", "1"}).once);
    CHECK(right({"--once", "--demo"}).once);
}

TEST_CASE("--help and --version win over everything else") {
    for (const Words& words : std::vector<Words>{{},
                                                 {"--help"},
                                                 {"-h"},
                                                 {"-h", "-v"},
                                                 {"--backend", "nonsense", "--help"},
                                                 {"--colour", "-h"},
                                                 {"-h", "-h"}}) {
        const Options options = right(words);
        CHECK(options.action == Options::Action::print);
        CHECK(options.print.starts_with("sluice: "));
    }
    for (const Words& words : std::vector<Words>{{"--version"}, {"-v"}, {"-v", "--demo"}}) {
        const Options options = right(words);
        CHECK(options.action == Options::Action::print);
        CHECK(options.print == std::string("sluice ") + version + "\n");
    }
}

TEST_CASE("the help fits a terminal of 80 columns and leaves nothing out") {
    const std::string help = right({"--help"}).print;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(line.size() <= 80);
    }
    for (const char* word : {"--listen", "--backend", "--balance", "--threads", "--access-log", "--demo", "--once",
                             "-h, --help", "-v, --version", "weight=", "max_fails=", "fail_timeout=", "backup"})
        CHECK(help.find(word) != std::string::npos);
    for (const balance::Balancer& balancer : balance::balancers())
        CHECK(help.find(std::string(balancer.name)) != std::string::npos);
    CHECK(help.ends_with('\n'));
}

TEST_CASE("the examples of the help are right") {
    std::string help = right({"--help"}).print;
    for (std::size_t fold; (fold = help.find("\\\n")) != std::string::npos;) help.erase(fold, 2);
    int examples = 0;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("    sluice ")) continue;
        std::erase(line, '\'');
        std::istringstream words(line.substr(11));
        right({std::istream_iterator<std::string>(words), {}});
        ++examples;
    }
    CHECK(examples == 4);
}

TEST_CASE("addresses") {
    struct Row {
        std::string text;
        std::string host;
        std::uint16_t port;
    };
    const Row rows[] = {
        {"8080", "", 8080},
        {"0", "", 0},
        {"65535", "", 65535},
        {":8080", "", 8080},
        {"*:8080", "", 8080},
        {"localhost:80", "localhost", 80},
        {"api.local:9002", "api.local", 9002},
        {"api.local.:9002", "api.local.", 9002},
        {"my_app-2:1", "my_app-2", 1},
        {"127.0.0.1:9001", "127.0.0.1", 9001},
        {"0.0.0.0:0", "0.0.0.0", 0},
        {"[::1]:8080", "::1", 8080},
        {"[::]:0", "::", 0},
        {"[2001:db8::7]:443", "2001:db8::7", 443},
        {"[fe80::1%eth0]:80", "fe80::1%eth0", 80},
        {"[::ffff:10.0.0.1]:80", "::ffff:10.0.0.1", 80},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const server::ParsedAddress parsed = server::parse_address(row.text);
        CHECK(parsed.message == "");
        CHECK(parsed.address.family == AddressText::Family::host);
        CHECK(parsed.address.host == row.host);
        CHECK(parsed.address.port == row.port);
        CHECK(parsed.address.text == row.text);
    }
    const server::ParsedAddress socket = server::parse_address("unix:/run/app.sock");
    CHECK(socket.message == "");
    CHECK(socket.address.family == AddressText::Family::unix_path);
    CHECK(socket.address.host == "/run/app.sock");
    CHECK(server::parse_address("unix:/" + std::string(106, 'x')).message == "");
}

TEST_CASE("parameters of a backend, in any order") {
    CHECK(backend("a:1;weight=2").weight == 2);
    CHECK(backend("a:1;weight=65535").weight == 65535);
    CHECK(backend("a:1;max_fails=0").health.max_fails == 0);
    CHECK(backend("a:1;fail_timeout=1500ms").health.fail_timeout == 1500ms);
    CHECK(backend("a:1;fail_timeout=0").health.fail_timeout == 0s);
    CHECK(backend("a:1;fail_timeout=1h30m").health.fail_timeout == 90min);
    CHECK(backend("a:1;backup").backup);
    CHECK(backend("unix:/run/a.sock;weight=3").address.host == "/run/a.sock");
    for (const char* text : {"[::1]:1;weight=2;max_fails=3;fail_timeout=20s;backup",
                             "[::1]:1;backup;fail_timeout=20s;max_fails=3;weight=2",
                             " [::1]:1 ; weight = 2 ; backup ; fail_timeout = 20 ; max_fails = 3 "}) {
        const server::BackendOption all = backend(text);
        CHECK(all.address.host == "::1");
        CHECK(all.address.text == "[::1]:1");
        CHECK(all.weight == 2);
        CHECK(all.health.max_fails == 3);
        CHECK(all.health.fail_timeout == 20s);
        CHECK(all.backup);
    }
}

TEST_CASE("wrong addresses") {
    const std::vector<WrongValue> rows = {
        {"", "needs an address: 8080, localhost:8080, [::1]:8080 or unix:/run/app.sock"},
        {"10.0.0.1:99999", "port 99999 is over 65535"},
        {"65536", "port 65536 is over 65535"},
        {"99999999999999999999", "port 99999999999999999999 is over 65535"},
        {"localhost", "needs a port, as in localhost:8080"},
        {"10.0.0.1", "needs a port, as in 10.0.0.1:8080"},
        {"localhost:", "needs a port after the colon, such as 8080"},
        {"localhost:http", "port \"http\" is not a number"},
        {"localhost:-1", "port \"-1\" is not a number"},
        {"localhost:+1", "port \"+1\" is not a number"},
        {"10.0.0.256:80", "\"10.0.0.256\" is not an IPv4 address: four numbers from 0 to 255"},
        {"10.0.1:80", "\"10.0.1\" is not an IPv4 address: four numbers from 0 to 255"},
        {"-x:80", "\"-x\" is not a host name"},
        {"a..b:80", "\"a..b\" is not a host name"},
        {".:80", "\".\" is not an IPv4 address: four numbers from 0 to 255"},
        {"caf\xc3\xa9:80", "\"caf\xc3\xa9\" is not a host name or an IP address"},
        {"user@host:80", "\"user@host\" is not a host name or an IP address"},
        {"::1", "an IPv6 address goes in brackets, with a port: [::1]:8080"},
        {"::1:8080", "an IPv6 address goes in brackets, with a port: [::1]:8080"},
        {"a:1:2", "is not host:port: it has more than one colon"},
        {"[::1]", "needs a port, as in [::1]:8080"},
        {"[::1", "the \"]\" is missing, as in [::1]:8080"},
        {"[::1]8080", "needs a colon and a port after the \"]\", as in [::1]:8080"},
        {"[::1]:", "needs a port after the colon, such as 8080"},
        {"[::1]:70000", "port 70000 is over 65535"},
        {"[::g]:80", "\"::g\" is not an IPv6 address"},
        {"[]:80", "\"\" is not an IPv6 address"},
        {"[127.0.0.1]:80", "\"127.0.0.1\" is not an IPv6 address"},
        {"[fe80::1%]:80", "\"fe80::1%\" is not an IPv6 address"},
        {"unix:", "needs a path from the root after \"unix:\", as in unix:/run/app.sock"},
        {"unix:app.sock", "needs a path from the root after \"unix:\", as in unix:/run/app.sock"},
        {"unix:/run/", "names a folder; a socket is a file in it, as in unix:/run/app.sock"},
        {"unix:/" + std::string(107, 'x'), "the path has 108 bytes, a socket's may have 107"},
        {"/run/app.sock", "a socket's path is written unix:/run/app.sock"},
        {"http://api:80/x", "is a URL; only a host and a port are wanted, as in api:80"},
        {"http://api", "is a URL; only a host and a port are wanted, as in api:80"},
        {"https://api/", "is a URL; only a host and a port are wanted, as in api:443"},
        {"http://", "is a URL; only a host and a port are wanted, as in api.local:8080"},
        {"api:80/x", "has a path in it; only a host and a port are wanted"},
        {"a:1,b:2", "holds more than one address; give the flag once for each"},
        {"a :1", "has a space in it"},
    };
    all_wrong_values("--listen", rows);
    all_wrong_values("--backend", rows);
    all_wrong({
        {{"--backend", "a\n:1"}, "--backend \"a\\x0a:1\": \"a\\x0a\" is not a host name or an IP address"},
        {{"--listen", std::string(64, 'a') + ":80"},
         "--listen \"" + std::string(64, 'a') + ":80\": \"" + std::string(64, 'a') + "\" is not a host name"},
        {{"--listen", "8080;weight=2"},
         "--listen \"8080;weight=2\": \"8080;weight=2\" is not a host name or an IP address"},
    });
    const std::string long_message = parse({"--backend", std::string(100'000, 'x') + ":1"}).message;
    CHECK(long_message.size() < 1000);
}

TEST_CASE("wrong backends") {
    all_wrong_values("--backend",
                     {
                         {"0", "port 0 is for --listen; a backend has a port from 1 to 65535"},
                         {"localhost:0", "port 0 is for --listen; a backend has a port from 1 to 65535"},
                         {"*:80", "\"*\" is for --listen; a backend is one host, as in localhost:9001"},
                         {"a:1;wieght=2", "no such parameter \"wieght\"; did you mean weight?"},
                         {"a:1;Weight=2", "no such parameter \"Weight\"; did you mean weight?"},
                         {"a:1;maxfails=2", "no such parameter \"maxfails\"; did you mean max_fails?"},
                         {"a:1;fail_timout=2", "no such parameter \"fail_timout\"; did you mean fail_timeout?"},
                         {"a:1;max_conns=2",
                          "no such parameter \"max_conns\"; there are weight, max_fails, fail_timeout and backup"},
                         {"a:1;=2", "no such parameter \"\"; there are weight, max_fails, fail_timeout and backup"},
                         {"a:1;", "a parameter is missing after \";\", such as weight=2"},
                         {"a:1;;weight=2", "a parameter is missing after \";\", such as weight=2"},
                         {"a:1;weight", "weight needs a value, as in weight=2"},
                         {"a:1;weight=", "weight \"\" is not a number from 1 to 65535"},
                         {"a:1;weight=0", "weight \"0\" is not a number from 1 to 65535"},
                         {"a:1;weight=-1", "weight \"-1\" is not a number from 1 to 65535"},
                         {"a:1;weight=1.5", "weight \"1.5\" is not a number from 1 to 65535"},
                         {"a:1;weight=65536", "weight \"65536\" is not a number from 1 to 65535"},
                         {"a:1;weight=99999999999", "weight \"99999999999\" is not a number from 1 to 65535"},
                         {"a:1;weight=2;weight=3", "weight is given twice"},
                         {"a:1;max_fails", "max_fails needs a value, as in max_fails=3"},
                         {"a:1;max_fails=x", "max_fails \"x\" is not a number from 0 to 65535"},
                         {"a:1;fail_timeout", "fail_timeout needs a value, as in fail_timeout=10s"},
                         {"a:1;fail_timeout=soon", "fail_timeout \"soon\" is not a time such as 10s, 500ms or 1m30s"},
                         {"a:1;fail_timeout=10 s", "fail_timeout \"10 s\" is not a time such as 10s, 500ms or 1m30s"},
                         {"a:1;fail_timeout=2y", "fail_timeout \"2y\" is over a year"},
                         {"a:1;backup=yes", "backup takes no value"},
                         {"a:1;backup;backup", "backup is given twice"},
                         {"a:1 weight=2", "parameters follow a semicolon, as in 'localhost:9001;weight=2'"},
                         {";weight=2", "needs an address: 8080, localhost:8080, [::1]:8080 or unix:/run/app.sock"},
                     });
    all_wrong({{{"--backend", "a:1;backup", "--backend", "b:1;backup"},
                "--backend \"a:1\": a backup needs a backend to stand in for; leave out \"backup\" at one of them"}});
}

TEST_CASE("wrong flags and values") {
    all_wrong({
        {{"--balance", "leastconn", "--demo"}, "--balance \"leastconn\": no such balancer; did you mean least_conn?"},
        {{"--balance", "Round_Robin"}, "--balance \"Round_Robin\": no such balancer; did you mean round_robin?"},
        {{"--balance", "ip_hash"}, "--balance \"ip_hash\": no such balancer; there are round_robin and least_conn"},
        {{"--balance", ""}, "--balance \"\": no such balancer; there are round_robin and least_conn"},
        {{"--threads", "0"}, "--threads \"0\": is not a number from 1 to 512"},
        {{"--threads", "513"}, "--threads \"513\": is not a number from 1 to 512"},
        {{"--threads", "-1"}, "--threads \"-1\": is not a number from 1 to 512"},
        {{"--threads", "two"}, "--threads \"two\": is not a number from 1 to 512"},
        {{"--threads", "2 "}, "--threads \"2 \": is not a number from 1 to 512"},
        {{"--access-log", ""}, "--access-log \"\": needs a path, \"-\" for standard output, or \"off\""},
        {{"--access-log", "/var/log/"},
         "--access-log \"/var/log/\": names a folder; the log is a file in it, as in access.log"},
        {{"--lisen", "80"}, "\"--lisen\": no such flag; did you mean --listen?"},
        {{"--lisen=80"}, "\"--lisen\": no such flag; did you mean --listen?"},
        {{"-listen", "80"}, "\"-listen\": no such flag; did you mean --listen?"},
        {{"--Backend", "a:1"}, "\"--Backend\": no such flag; did you mean --backend?"},
        {{"--back", "a:1"}, "\"--back\": no such flag; --help shows all"},
        {{"--acces_log", "-"}, "\"--acces_log\": no such flag; did you mean --access-log?"},
        {{"--port", "80"}, "\"--port\": no such flag; did you mean --listen?"},
        {{"--upstream", "a:1"}, "\"--upstream\": no such flag; did you mean --backend?"},
        {{"--colour"}, "\"--colour\": no such flag; --help shows all"},
        {{"-x"}, "\"-x\": no such flag; --help shows all"},
        {{"-hv"}, "\"-hv\": no such flag; --help shows all"},
        {{"-help"}, "\"-help\": no such flag; did you mean --help?"},
        {{"127.0.0.1:9001"}, "\"127.0.0.1:9001\": is no flag; a backend is given as --backend ADDRESS"},
        {{"site.conf"}, "\"site.conf\": is no flag; a configuration is named by -c FILE"},
        {{"--backend", "a:1", "b:1"}, "\"b:1\": is no flag; a backend is given as --backend ADDRESS"},
        {{"--demo", ""}, "\"\": is no flag; a backend is given as --backend ADDRESS"},
        {{"--listen"}, "--listen: needs a value, as in --listen 8080"},
        {{"--listen="}, "--listen: needs a value, as in --listen 8080"},
        {{"--listen", "--backend", "a:1"}, "--listen: needs a value, as in --listen 8080"},
        {{"--backend", "--demo"}, "--backend: needs a value, as in --backend 127.0.0.1:9001"},
        {{"--threads"}, "--threads: needs a value, as in --threads 2"},
        {{"--demo=yes"}, "--demo: takes no value"},
        {{"--demo="}, "--demo: takes no value"},
        {{"--help=listen"}, "--help: takes no value"},
    });
}

TEST_CASE("flags that do not go together") {
    all_wrong({
        {{"--listen", "8080"}, "--backend: none is given; try --backend 127.0.0.1:9001, or --demo to see sluice work"},
        {{"--once"}, "--once: goes only with --demo"},
        {{"--once", "--backend", "a:1"}, "--once: goes only with --demo"},
        {{"--demo", "--backend", "a:1"}, "--backend \"a:1\": --demo runs its own backends; leave out one of the two"},
        {{"--demo", "--demo"}, "--demo: is given twice"},
        {{"--threads", "2", "--threads", "2", "--demo"}, "--threads: is given twice"},
        {{"--balance", "least_conn", "--balance", "least_conn"}, "--balance: is given twice"},
        {{"--listen", "80", "--listen", "80", "--backend", "a:1"}, "--listen \"80\": is given twice"},
        {{"--listen", "80", "--listen", "*:80", "--backend", "a:1"}, "--listen \"*:80\": is given twice"},
        {{"--listen", "unix:/a", "--listen", "unix:/a", "--demo"}, "--listen \"unix:/a\": is given twice"},
    });
}
