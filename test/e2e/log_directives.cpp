// access_log and error_log in all the forms that a conf may give them.
#include <zlib.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>

#include <filesystem>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

/// What a file of gzip members unpacks to.
std::string unpacked(const std::string& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (!file) return "";
    std::string out;
    char room[4096];
    for (int n; (n = gzread(file, room, sizeof room)) > 0;) out.append(room, static_cast<std::size_t>(n));
    gzclose(file);
    return out;
}

}  // namespace

TEST_CASE("the log format json is there, and is JSON whatever a client sends") {
    const ConfServer server("access_log @ROOT@/log json; server { listen @LISTEN@; server_name a; return 200 ok; }");
    server.ask("GET /\"x HTTP/1.1\nHost: a\nUser-Agent: a\"b\\c\n");
    const auto line = wait_for_line_in(server.folder() / "log", "{");
    const auto value = boost::json::parse(line);
    CHECK(value.at("status").as_int64() == 200);
    CHECK(value.at("user_agent").as_string() == "a\"b\\c");
    CHECK(value.at("uri").as_string() == "/\"x");
}

TEST_CASE("a conf may have a log format json of its own") {
    const ConfServer server("log_format json '$status mine'; access_log @ROOT@/log json; server { listen @LISTEN@; server_name a; return 200 ok; }");
    server.get();
    CHECK(wait_for_line_in(server.folder() / "log", "mine") == "200 mine");
}

TEST_CASE("several access logs, off, if=") {
    const ConfServer server(R"(map $arg_log $wanted { default 0; yes 1; }
        access_log @ROOT@/all; access_log @ROOT@/some combined if=$wanted;
        server { listen @LISTEN@; server_name a; location /off { access_log off; return 200 ok; } return 200 ok; })");
    server.get("/?log=yes");
    server.get("/?log=no");
    wait_for_line_in(server.folder() / "all", "log=no");
    CHECK(count_lines(server.folder() / "all", "GET") == 2);
    CHECK(count_lines(server.folder() / "some", "GET") == 1);
}

TEST_CASE("access_log off stands for its whole level, also before a log that is named there") {
    const ConfServer server(R"(access_log off; access_log @ROOT@/all;
        server { listen @LISTEN@; server_name a; location /own { access_log @ROOT@/own; return 200 ok; } location / { return 200 ok; } })");
    server.get("/");
    server.get("/own");
    wait_for_line_in(server.folder() / "own", "GET /own");
    CHECK(count_lines(server.folder() / "all", "GET") == 0);
}

TEST_CASE("a buffered log is written in time, and at the end") {
    ConfServer server(R"(
        server { listen @LISTEN@; server_name a; location /slow { access_log @ROOT@/slow combined buffer=32k; return 200 ok; }
                 location / { access_log @ROOT@/soon combined buffer=32k flush=50ms; return 200 ok; } })");
    server.get("/slow");
    server.get("/soon");
    wait_for_line_in(server.folder() / "soon", "GET /soon");
    CHECK(count_lines(server.folder() / "slow", "GET") == 0);
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    CHECK(count_lines(server.folder() / "slow", "GET /slow") == 1);
}

TEST_CASE("a buffered log is written before its file is opened anew, and when a reload ends it") {
    ConfServer server("access_log @ROOT@/log combined buffer=32k; server { listen @LISTEN@; server_name a; return 200 ok; }");
    server.get("/first");
    std::filesystem::rename(server.folder() / "log", server.folder() / "old");
    server.signal(SIGUSR1);
    wait_for_line_in(server.folder() / "old", "GET /first");
    server.get("/second");
    server.reload("access_log off; server { listen @LISTEN@; server_name a; return 200 ok; }");
    wait_for_line_in(server.folder() / "log", "GET /second");
}

TEST_CASE("a compressed log is whole gzip members") {
    ConfServer server("access_log @ROOT@/log.gz combined gzip=6 flush=30ms; server { listen @LISTEN@; server_name a; return 200 ok; }");
    server.get("/first");
    wait_for_text(server.folder() / "log.gz");
    server.get("/second");
    server.signal(SIGQUIT);
    CHECK(server.wait() == 0);
    const auto text = unpacked(server.folder() / "log.gz");
    CHECK(text.find("GET /first") != text.npos);
    CHECK(text.find("GET /second") > text.find("GET /first"));
}

TEST_CASE("an access log with variables in its path, and what must not lead out of its folder") {
    const std::string cache = GENERATE(as<std::string>(), "", "open_log_file_cache max=10 inactive=20s valid=1m min_uses=1;");
    const ConfServer server(cache + R"(access_log @ROOT@/$host-$arg_name.log combined;
        server { listen @LISTEN@; server_name a b; return 200 ok; })");
    server.get("/?name=x", "a");
    server.get("/?name=x", "b");
    server.get("/?name=x", "a");
    wait_for_line_in(server.folder() / "a-x.log", "GET /?name=x", 2);
    wait_for_line_in(server.folder() / "b-x.log", "GET /?name=x");
    server.get("/?name=/../../../../../../../tmp/evil", "a");
    server.wait_for_error("its path has a \"..\"");
    CHECK_FALSE(std::filesystem::exists("/tmp/evil.log"));
}

TEST_CASE("error_log in JSON, at its level, beside one that is not") {
    ConfServer server("server { listen @LISTEN@; server_name a; location / { proxy_pass http://127.0.0.1:1; } }",
                      "error_log @ROOT@/error.log info; error_log @ROOT@/json.log error json; error_log @ROOT@/emerg.log emerg;");
    server.get("/x\"y");
    const auto line = wait_for_line_in(server.folder() / "json.log", "peer refused");
    const auto value = boost::json::parse(line);
    CHECK(value.at("level").as_string() == "error");
    CHECK(value.at("reason").as_string() == "peer_refused");
    CHECK(value.at("request").as_string() == "GET /x\"y HTTP/1.1");
    CHECK(value.at("upstream").as_string() == "http://127.0.0.1:1/x\"y");
    CHECK(value.at("host").as_string() == "a");
    CHECK(value.at("id").as_string().size() == 32);
    server.wait_for_error("peer refused");
    CHECK(read_file(server.folder() / "emerg.log").empty());
    server.signal(SIGQUIT);
    server.wait();
    for (const auto& each : lines_of(read_file(server.folder() / "json.log"))) CHECK(boost::json::parse(each).is_object());
}

TEST_CASE("rewrite_log tells at notice what rewrites do, in nginx's words") {
    const ConfServer server(R"(server { listen @LISTEN@; server_name a;
        location /old { rewrite_log on; rewrite ^/none x; rewrite ^/old/(.*)$ /new/$1?a=b last; }
        location /quiet { rewrite ^/quiet /new last; }
        location /new { return 200 "$uri"; } })");
    CHECK(server.get("/old/page").body == "/new/page");
    server.wait_for_error(R"([notice])");
    server.wait_for_error(R"("^/none" does not match "/old/page", client: )");
    server.wait_for_error(R"("^/old/(.*)$" matches "/old/page", client: )");
    server.wait_for_error(R"(rewritten data: "/new/page", args: "a=b", client: )");
    server.get("/quiet");
    CHECK(count_lines(server.folder().error_log_path(), "^/quiet") == 0);
}

TEST_CASE("mistakes in access_log are told with what would be right") {
    struct Row {
        std::string line, said;
    };
    const std::vector<Row> rows = {
        {"access_log /tmp/l combined buffer=0;", "buffer=0"},
        {"access_log /tmp/l combined gzip=10;", "gzip=10"},
        {"access_log /tmp/l combined flush=1s;", "no buffer is defined for access_log"},
        {"access_log /tmp/l combined bufer=1k;", "has no parameter \"bufer=1k\""},
        {"access_log /tmp/$host combined buffer=1k;", "buffered logs cannot have variables"},
        {"access_log /tmp/l nosuch;", "there is no log_format \"nosuch\""},
        {"access_log /tmp/l combined buffer=1k; access_log /tmp/l combined buffer=2k;", "other buffer, flush or gzip parameters"},
        {"open_log_file_cache inactive=1s;", "open_log_file_cache needs max="},
        {"open_log_file_cache max=x;", "max=x"},
    };
    for (const auto& row : rows) {
        INFO(row.line);
        const ConfFolder folder;
        folder.write(row.line + " server { listen @LISTEN@; }");
        const auto outcome = run_to_end(folder.command({"-t"}));
        CHECK(outcome.status != 0);
        INFO(outcome.errors);
        CHECK(outcome.errors.find(row.said) != std::string::npos);
    }
}
