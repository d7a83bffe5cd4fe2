// What `sluice explain` tells, as its users see it: confs in test/golden/explain, and beside them what is told of some
// requests. #include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "explain/command.hpp"
#include "explain/live.hpp"
#include "explain/page.hpp"
#include "explain/show.hpp"
#include "explain/tell.hpp"
#include "support/golden.hpp"

namespace {

using namespace sluice;
using explain::Question;

const test::Golden golden("explain");

std::shared_ptr<route::Snapshot> compile_files(const config::Files& files, const std::string& path) {
    auto conf = config::parse(files, path);
    config::check(conf);
    compile::Options options;
    options.only_check = true;
    return compile::compile(std::move(conf), options);
}

std::shared_ptr<route::Snapshot> compile_text(const std::string& text) {
    return compile_files(config::MemoryFiles(std::map<std::string, std::string>{{"a.conf", text}}), "a.conf");
}

/// One of the confs in the folder, compiled once.
const route::Snapshot& conf_of(const std::string& name) {
    static std::map<std::string, std::shared_ptr<route::Snapshot>> all;
    auto& out = all[name];
    if (!out) {
        out = compile_files(config::MemoryFiles(std::map<std::string, std::string>{{name, golden.read(name)}}),
                            name);
        INFO(config::render(out->conf.diagnostics, out->conf.sources));
        REQUIRE(out->conf.ok());
    }
    return *out;
}

explain::Told tell(const route::Snapshot& conf, const Question& question) {
    return explain::tell(conf, question, core::ManualClock());
}

struct Case {
    std::string name;  // of the expected text
    std::string conf;
    Question question;
};

const std::vector<Case> cases = {
    {"site-exact", "sites.conf", {.url = "http://www.example.com:8080/a"}},
    {"site-redirects", "sites.conf", {.url = "http://example.com:8080/a?b=1"}},
    {"site-wildcard", "sites.conf", {.url = "http://x.shop.example.com:8080/"}},
    {"site-regex", "sites.conf", {.url = "http://acme.example.com:8080/"}},
    {"site-default", "sites.conf", {.url = "http://elsewhere:8080/"}},
    {"listener-by-address", "sites.conf", {.url = "http://127.0.0.1:8081/docs"}},
    {"listener-without-port", "sites.conf", {.url = "example.com"}},
    {"listener-ipv6", "families.conf", {.url = "http://[::1]/"}},
    {"listener-ipv4", "families.conf", {.url = "http://127.0.0.1/"}},
    {"listener-of-https", "secure.conf", {.url = "https://example.com/"}},
    {"listener-of-http", "secure.conf", {.url = "http://example.com/"}},
    {"listener-by-port", "secure.conf", {.url = "example.com:8443/"}},
    {"host-is-no-host", "sites.conf", {.url = "http://localhost:8080/", .fields = {"Host: a..b"}}},
    {"rewrite-last", "rewrites.conf", {.url = "http://a.example/p/7?x=1"}},
    {"rewrite-break", "rewrites.conf", {.url = "http://a.example/static/a%20b.php"}},
    {"rewrite-redirect", "rewrites.conf", {.url = "http://a.example/moved/x"}},
    {"rewrite-cycle", "rewrites.conf", {.url = "http://a.example/loop"}},
    {"if-returns", "rewrites.conf", {.url = "http://a.example/", .fields = {"X-Trap: 1"}}},
    {"error-page", "rewrites.conf", {.url = "http://a.example/x.php"}},
    {"error-page-named", "rewrites.conf", {.url = "http://a.example/down/"}},
    {"internal", "rewrites.conf", {.url = "http://a.example/missing.html"}},
    {"nothing-serves", "rewrites.conf", {.url = "http://a.example/"}},
    {"not-yet", "rewrites.conf", {.url = "http://a.example/files/a"}},
    {"pass",
     "passing.conf",
     {.url = "http://localhost:8080/api/users?x=1",
      .fields = {"Accept-Encoding: gzip", "Connection: close, X-Hop", "X-Hop: 1", "X_Y: 1", "User-Agent: test",
                 "X-Forwarded-For: 203.0.113.7"},
      .from = "10.0.0.9"}},
    {"pass-other-method", "passing.conf", {.method = "DELETE", .url = "http://localhost:8080/api/users/7"}},
    {"pass-body",
     "passing.conf",
     {.method = "POST",
      .url = "http://localhost:8080/api/users",
      .fields = {"Content-Length: 11", "Expect: 100-continue"}}},
    {"pass-body-too-large",
     "passing.conf",
     {.method = "POST", .url = "http://localhost:8080/api/users", .fields = {"Content-Length: 3000000"}}},
    {"pass-websocket",
     "passing.conf",
     {.url = "http://localhost:8080/ws/", .fields = {"Connection: Upgrade", "Upgrade: websocket"}}},
    {"pass-by-name", "passing.conf", {.url = "http://localhost:8080/by-name/x"}},
    {"pass-nowhere", "passing.conf", {.url = "http://localhost:8080/nowhere/x"}},
    {"access-let-in",
     "access.conf",
     {.url = "http://localhost:8080/a", .fields = {"X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2"}, .from = "10.0.0.1"}},
    {"access-kept-out", "access.conf", {.url = "http://localhost:8080/a", .from = "192.0.2.1"}},
    {"access-by-method", "access.conf", {.method = "POST", .url = "http://localhost:8080/a", .from = "203.0.113.9"}},
    {"refused-at-once", "passing.conf", {.url = "http://localhost:8080/", .fields = {"Content-Length: x"}}},
};

}  // namespace

TEST_CASE("requests are explained to people") {
    for (const Case& c : cases) {
        INFO(c.name);
        const auto told = tell(conf_of(c.conf), c.question);
        CHECK(told.error == "");
        golden.check(c.name, explain::show_text(told.story));
    }
}

TEST_CASE("and to machines") {
    for (const Case& c : cases) {
        INFO(c.name);
        const auto told = tell(conf_of(c.conf), c.question);
        const std::string text = explain::show_json(told.story);
        boost::json::error_code error;
        const auto parsed = boost::json::parse(text, error);
        REQUIRE_FALSE(error);
        CHECK(parsed.at("request").at("url").as_string() == c.question.url);
        CHECK(parsed.at("answer").at("kind").as_string() == told.story.outcome.kind);
        CHECK(parsed.as_object().contains("peer") == told.story.passing.has_value());
        if (c.name == "pass" || c.name == "error-page") golden.check(c.name + ".json", text);
    }
}

namespace {

/// Every place of a JSON document is a line of the conf.
void check_places(const boost::json::value& value, const std::string& conf, std::size_t lines) {
    if (const auto* list = value.if_array())
        for (const auto& member : *list) check_places(member, conf, lines);
    const auto* object = value.if_object();
    if (!object) return;
    if (const auto* file = object->if_contains("file")) {
        CHECK(file->as_string() == conf);
        const auto line = object->at("line").to_number<std::size_t>();
        CHECK(line >= 1);
        CHECK(line <= lines);
    }
    for (const auto& member : *object) check_places(member.value(), conf, lines);
}

}  // namespace

TEST_CASE("every place is a line of the conf, and no line of text ends in spaces") {
    for (const Case& c : cases) {
        INFO(c.name);
        const auto told = tell(conf_of(c.conf), c.question);
        const std::string conf = golden.read(c.conf);
        const auto lines = static_cast<std::size_t>(std::ranges::count(conf, '\n'));
        check_places(boost::json::parse(explain::show_json(told.story)), c.conf, lines);
        const std::string text = explain::show_text(told.story);
        CHECK(text.find(" \n") == std::string::npos);
        CHECK(text.find('\t') == std::string::npos);
    }
}

TEST_CASE("what cannot be asked is said") {
    const auto [question, said] = GENERATE(table<Question, std::string>({
        {{.url = "http://localhost:99/"},
         "nobody listens on port 99; there are:\n  0.0.0.0:8080  sites.conf:4\n"
         "  127.0.0.1:8081  sites.conf:32\n  0.0.0.0:8081  sites.conf:33"},
        {{.url = "http://localhost:x/"}, "there is no port \"x\""},
        {{.url = "http://localhost:65536/"}, "there is no port \"65536\""},
        {{.url = "http://localhost:8080/a b"}, "a URL has no spaces: write %20"},
        {{.method = "GE T", .url = "/"}, "there is no method \"GE T\""},
        {{.method = "", .url = "/"}, "there is no method \"\""},
        {{.url = "/", .fields = {"Cookie"}}, "-H \"Cookie\" is not a field, as 'Name: value' is"},
        {{.url = "/", .fields = {": a"}}, "-H \": a\" is not a field, as 'Name: value' is"},
        {{.url = "/", .fields = {"A: b\r\nC: d"}}, "-H takes one field, on one line"},
        {{.url = "/", .from = "everywhere"}, "--from \"everywhere\" is not an address, as 10.0.0.9 or ::1 are"},
    }));
    INFO(question.url);
    CHECK(tell(conf_of("sites.conf"), question).error == said);
}

TEST_CASE("a conf without servers has nobody who listens") {
    CHECK(tell(*compile_text("events {}\n"), {.url = "/"}).error == "the conf has no server: nobody listens");
}

TEST_CASE("a URL may leave out scheme, host and path") {
    const auto [url, line] = GENERATE(table<std::string, std::string>({
        {"http://h:8080/a?b#c", "GET /a?b HTTP/1.1\r\nHost: h:8080\r\n\r\n"},
        {"HTTPS://h", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"h?b", "GET /?b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"[::1]:80/a", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"},
        {"/a", "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"},
        {":81/a", "GET /a HTTP/1.1\r\nHost: localhost:81\r\n\r\n"},
        {"", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    }));
    const auto asked = explain::ask({.url = url});
    CHECK(asked.error == "");
    CHECK(asked.head == line);
}

TEST_CASE("a client is an address, with or without a port") {
    const auto [from, text] = GENERATE(table<std::string, std::string>({
        {"10.0.0.9", "10.0.0.9:50000"},
        {"10.0.0.9:7", "10.0.0.9:7"},
        {"::1", "[::1]:50000"},
        {"[::1]:7", "[::1]:7"},
    }));
    CHECK(explain::ask({.url = "/", .from = from}).client.text() == text);
}

TEST_CASE("of many that lost a few are named and the rest is counted") {
    std::string text = "events {}\nhttp {\n";
    for (int i = 0; i < 40; ++i)
        text += "server { listen 80; server_name s" + std::to_string(i) + "; location / { return 200; } location ~ x" +
                std::to_string(i) + " { return 200; } }\n";
    text += "server { listen 80; server_name many;\n";
    for (int i = 0; i < 40; ++i) text += "location ~ y" + std::to_string(i) + " { return 200; }\n";
    const auto conf = compile_text(text + "} }\n");
    REQUIRE(conf->conf.ok());
    const auto story = tell(*conf, {.url = "http://many/"}).story;
    CHECK(story.site.others.size() == 6);
    CHECK(story.site.unnamed == 34);
    REQUIRE_FALSE(story.steps.empty());
    CHECK(story.steps[0].others.size() == 6);
    CHECK(story.steps[0].unnamed == 34);
}

TEST_CASE("columns are as wide as what stands in them, and what is too long moves its own row only") {
    explain::Page page;
    page.section("One");
    page.row("a", "first", "x:1");
    page.row("bbb", "second");
    page.row("c\x1b[31m\n");
    page.section("Two");
    page.row("d\xc3\xa9", "third", "x:2");
    page.row(std::string(120, 'e'), "fourth", "x:3");
    CHECK(page.text() == "One\n  a    first  x:1\n  bbb  second\n  c\\x1b[31m\\n\n\nTwo\n  d\xc3\xa9  third   x:2\n  " +
                             std::string(120, 'e') + "  fourth  x:3\n");
}

TEST_CASE("the command tells usage errors from confs that are wrong") {
    const auto run = [](const std::vector<std::string>& args) {
        std::ostringstream out, err;
        const int status = explain::explain_command(args, out, err);
        return std::tuple(status, out.str(), err.str());
    };
    const auto [help, text, none] = run({"--help"});
    CHECK(help == 0);
    CHECK(text.starts_with("usage: sluice explain "));
    CHECK(none == "");
    for (const std::vector<std::string>& args :
         {std::vector<std::string>{}, {"a", "b"}, {"--what", "a"}, {"a", "-H"}}) {
        const auto [status, out, err] = run(args);
        CHECK(status == 2);
        CHECK(out == "");
        CHECK(err.starts_with("sluice explain: "));
        CHECK(err.find("\nusage: ") != std::string::npos);
    }
    const auto [missing, out, err] = run({"-c", "/nowhere/at/all.conf", "/"});
    CHECK(missing == 1);
    CHECK(err.find("cannot read \"/nowhere/at/all.conf\"") != std::string::npos);
    const auto [told, story, nothing] = run({"-c", golden.path("sites.conf"), "http://www.example.com:8080/"});
    CHECK(told == 0);
    CHECK(story.find("proxy_pass") != std::string::npos);
    CHECK(nothing == "");
}

TEST_CASE("a certificate that is not there yet does not keep anybody from explaining") {
    const auto conf = compile_text("events {}\nhttp { server { listen 443 ssl; ssl_certificate no.pem; ssl_certificate_key no.key;\n"
                                   "location /a { proxy_pass https://b; } } }\n");
    REQUIRE(conf->conf.ok());
    CHECK(tell(*conf, {.url = "https://x/a"}).story.passing);
    CHECK(tell(*conf, {.url = "http://x:443/a"}).story.outcome.status == 497);
}

TEST_CASE("what the running process says of its peers stands beside them") {
    auto story = tell(conf_of("passing.conf"), {.url = "http://localhost:8080/api/"}).story;
    const std::string peers = R"([
        {"address": "172.16.0.5:3000", "state": "up", "active": 3, "idle": 2},
        {"address": "10.0.0.2:3000", "state": "down", "active": 0, "idle": 0},
        {"address": "10.0.0.3:3000", "state": "trial", "active": 1, "idle": 0},
        {"address": "unix:/run/app.sock", "state": "down", "active": 0, "idle": 0}])";
    CHECK(explain::add_live(R"({"pid": 7, "groups": [{"name": "app", "peers": )" + peers + "}]}", story) == "");
    CHECK(story.live == "states as of process 7");
    const std::string text = explain::show_text(story);
    CHECK(text.find("    app1:3000           up, 3 active, 2 idle, weight=2,") != std::string::npos);
    CHECK(text.find("    10.0.0.3:3000       trial, 1 active, 0 idle, backup,") != std::string::npos);
    const auto json = boost::json::parse(explain::show_json(story));
    CHECK(json.at("peer").at("peers").at(1).at("live").at("state").as_string() == "down");
}

TEST_CASE("addresses that only the running process knows are added") {
    auto story = tell(conf_of("passing.conf"), {.url = "http://localhost:8080/ws/"}).story;
    REQUIRE(story.passing->peers.size() == 1);
    const auto told = explain::add_live(R"({"pid": 7, "groups": [{"name": "127.0.0.1:9003", "peers": [
        {"address": "127.0.0.1:9003", "state": "up", "active": 0, "idle": 0},
        {"address": "[::1]:9003", "state": "up", "active": 0, "idle": 1}]}]})",
                                        story);
    CHECK(told == "");
    REQUIRE(story.passing->peers.size() == 2);
    CHECK(story.passing->peers[1].address == "[::1]:9003");
    CHECK(story.passing->peers[1].live->idle == 1);
}

TEST_CASE("answers of a process that is not ours are refused in words") {
    const auto [answer, said] = GENERATE(table<std::string, std::string>({
        {"", "the running process answers with what is no JSON object"},
        {"[]", "the running process answers with what is no JSON object"},
        {R"({"error": "no"})", "no"},
    }));
    auto story = tell(conf_of("passing.conf"), {.url = "http://localhost:8080/ws/"}).story;
    CHECK(explain::add_live(answer, story) == said);
    CHECK(explain::add_live(R"({"pid": 7})", story)
              .starts_with("the running process answers with what is not understood: "));
    CHECK(explain::add_live(R"({"pid": 7, "groups": []})", story) == "");
    CHECK(story.live == "process 7 has no such group: it runs with another conf");
    CHECK(explain::ask_live("/nowhere/at/all.sock", story)
              .starts_with("nobody answers at /nowhere/at/all.sock: No such file"));
}

TEST_CASE("what leads on from a peer's answer, and what answers itself") {
    const auto conf = compile_text(R"(events {}
http { server { listen 80;
  location / { proxy_pass http://10.0.0.1; proxy_intercept_errors on; error_page 503 @down; error_page 502 /dead; }
  location @down { return 503 down; }
  location = /dead { internal; return 502 dead; }
  location /kept/ { internal; proxy_pass http://10.0.0.1; }
  location /deaf { proxy_pass http://10.0.0.2; proxy_ignore_headers X-Accel-Redirect; }
  location /status { stub_status; }
  location /moved { return 301 /x; error_page 301 @down; } } })");
    const auto outcome = [&](const std::string& path, const explain::PeerAnswer& answer) {
        Question question;
        question.url = "http://localhost" + path;
        question.peers = answer;
        const auto told = tell(*conf, question);
        CHECK(told.error == "");
        return told.story.outcome.kind + " " + std::to_string(told.story.outcome.status) + " " + told.story.route.what;
    };
    CHECK(outcome("/", {}) == "pass 0 location /");
    CHECK(outcome("/", {.status = 503}) == "respond 503 location @down");
    CHECK(outcome("/", {.status = 404}) == "pass 404 location /");
    CHECK(outcome("/", {.reset = true}) == "respond 502 location = /dead");
    CHECK(outcome("/", {.group = "other", .reset = true}) == "pass 0 location /");
    CHECK(outcome("/", {.redirect = "/kept/a?hop", .spares = "hop"}) == "pass 0 location /kept/");
    CHECK(outcome("/", {.redirect = "/kept/a"}) == "page 500 location /kept/");  // it leads in circles
    CHECK(outcome("/", {.redirect = "@down"}) == "respond 503 location @down");
    CHECK(outcome("/deaf", {.status = 200, .redirect = "@down"}) == "pass 200 location /deaf");
    CHECK(outcome("/kept/a", {}) == "page 404 location /kept/");
    CHECK(outcome("/status", {}) == "counters 200 location /status");
    CHECK(outcome("/moved", {}) == "respond 301 location @down");
}
