// sluice check, compat and reference as their users see them.
#include "advice/commands.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "advice/reference.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::advice;

namespace {

const config::MemoryFiles files({
    {"good.conf",
     "events {}\nhttp {\n    server {\n        location / {\n            proxy_pass http://127.0.0.1;\n        }\n    "
     "}\n}\n"},
    {"lint.conf", "events {}\nhttp {\n    geo $a {\n        default 0;\n    }\n}\n"},
    {"error.conf", "events {}\nhttp {\n    sever {\n    }\n}\n"},
    {"later.conf", "events {}\nhttp {\n    gzip on;\n    server {\n        gzip on;\n        charset a;\n    }\n}\n"},
    {"off.conf", "events {}\nhttp {\n    gzip off;\n    proxy_cache off;\n    server {\n        auth_basic off;\n    }\n}\n"},
    {"never.conf",
     "events {}\nhttp {\n    server {\n        location / {\n            fastcgi_pass a;\n        }\n    }\n}\n"},
    {"misplaced.conf", "events {}\nhttp {\n    proxy_pass http://a;\n}\n"},
    {"several.conf", "events {}\nhttp {\n    msie_refresh on;\n    include sub.conf;\n    include sub.conf;\n}\n"},
    {"sub.conf", "map $host $a {\n    msie_refresh on;\n}\nlog_format f $a;\n"},
    {"dir/a.conf", "include b.conf;\n"},
    {"dir/b.conf", "pid a;\n"},
    {"b.conf", "sever a;\n"},
});
const MemoryModes modes;

struct Outcome {
    int status = -1;
    std::string out, err;
};

Outcome run(const std::vector<std::string>& args, const Tools& tools = {files, modes}) {
    std::ostringstream out, err;
    const std::optional<int> status = run_command(args, tools, out, err);
    return {status.value_or(-1), out.str(), err.str()};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("only the names of commands are commands") {
    for (const std::vector<std::string>& args :
         {std::vector<std::string>{}, {"--check"}, {"chec"}, {"", "check"}, {"-t"}})
        CHECK(run(args).status == -1);
}

TEST_CASE("check says what it found and ends with 1 only for errors") {
    const auto [file, status, said] = GENERATE(table<std::string, int, std::string>({
        {"good.conf", 0, "nothing to complain about\n"},
        {"lint.conf", 0, R"(lint.conf:3:9: warning: the variable $a is set and never used [SL016]
   3 |     geo $a {
     |         ^~
help: delete it, or use it where it was meant to be

1 warning
sluice check --explain SL016 tells more about that one
)"},
        {"error.conf", 1, R"(error.conf:3:5: error: unknown directive "sever"
   3 |     sever {
     |     ^~~~~
help: did you mean "server"?

1 error
)"},
        {"later.conf", 0, R"(later.conf:3: gzip: sluice does not have this yet, nginx has it from its first years on (2 times)
later.conf:6: charset: sluice does not have this yet, nginx has it from its first years on

2 words not there yet
)"},
        {"nofile.conf", 1, "error: cannot read \"nofile.conf\": No such file or directory\n\n1 error\n"},
    }));
    const Outcome got = run({"check", file});
    INFO(file);
    CHECK(got.status == status);
    CHECK(got.out == said);
    CHECK(got.err.empty());
}

TEST_CASE("check --json gives all findings as one object") {
    const Outcome lint = run({"check", "--json", "lint.conf"});
    CHECK(lint.status == 0);
    CHECK(lint.out ==
          "{\"errors\": 0, \"warnings\": 1, \"diagnostics\": [\n"
          "{\"severity\": \"warning\", \"code\": \"SL016\", \"message\": \"the variable $a is set and never used\", "
          "\"file\": \"lint.conf\", \"line\": 3, \"column\": 9, \"offset\": 25, \"length\": 2, "
          "\"help\": \"delete it, or use it where it was meant to be\", \"notes\": [], \"included_from\": []}]}\n");
    const Outcome later = run({"check", "later.conf", "--json"});
    CHECK(has(later.out, "\"warnings\": 2"));
    CHECK(has(later.out, "\"code\": \"later\", \"message\": \"gzip: sluice does not have this yet, nginx has it from its first years on (2 times)\""));
    CHECK(run({"check", "--json", "error.conf"}).status == 1);
}

TEST_CASE("check --explain tells what a lint means") {
    const Outcome got = run({"check", "--explain", "sl007"});
    CHECK(got.status == 0);
    CHECK(got.out.starts_with("SL007 alias-traversal: "));
    CHECK(has(got.out, "Wrong:"));
    const Outcome wrong = run({"check", "--explain", "SL999"});
    CHECK(wrong.status == 2);
    CHECK(wrong.out.empty());
    CHECK(has(wrong.err, "there is no lint \"SL999\""));
    CHECK(has(wrong.err, "SL022"));
}

TEST_CASE("more checks run on every conf, and count") {
    unsigned calls = 0;
    const Tools tools{files, modes, [&](config::Conf& conf) {
                          ++calls;
                          conf.diagnostics.error("more", conf.directives[0].span, "not like this");
                      }};
    CHECK(run({"check", "error.conf"}, tools).status == 1);
    CHECK(calls == 1);
    const Outcome got = run({"check", "good.conf"}, tools);
    CHECK(calls == 2);
    CHECK(got.status == 1);
    CHECK(has(got.out, "good.conf:1:1: error: not like this"));
}

TEST_CASE("relative includes start at the prefix") {
    CHECK(run({"check", "dir/a.conf"}).status == 0);
    CHECK(run({"check", "--prefix", "/nowhere", "dir/a.conf"}).status == 1);
    CHECK(run({"check", "-p", "dir", "dir/a.conf"}).status == 0);
}

TEST_CASE("a wrong command line is explained, and ends with 2") {
    const auto [args, said] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"check"}, "sluice check: which file?"},
        {{"check", ""}, "sluice check: which file?"},
        {{"check", "a", "b"}, "sluice check: one argument, not several: \"b\" is too much"},
        {{"check", "--jsn", "a"}, "sluice check: there is no --jsn; did you mean \"--json\"?"},
        {{"check", "-x", "a"}, "sluice check: there is no -x"},
        {{"check", "a", "--json=1"}, "sluice check: --json takes no value"},
        {{"check", "--explain"}, "sluice check: --explain needs a value"},
        {{"compat"}, "sluice compat: which file?"},
        {{"reference", "a", "b"}, "sluice reference: one argument, not several: \"b\" is too much"},
        {{"reference", "--markdown", "listen"}, "sluice reference: --markdown is for all directives"},
    }));
    const Outcome got = run(args);
    INFO(got.err);
    CHECK(got.status == 2);
    CHECK(got.out.empty());
    CHECK(got.err.starts_with(said));
    CHECK(has(got.err, "\nusage: sluice " + args[0]));
}

TEST_CASE("every command has a help text") {
    for (const std::string name : {"check", "compat", "reference"}) {
        const Outcome got = run({name, "--help"});
        CHECK(got.status == 0);
        CHECK(got.err.empty());
        CHECK(has(got.out, "usage: sluice " + name));
    }
}

TEST_CASE("compat counts each directive by what sluice does with it") {
    const Outcome later = run({"compat", "later.conf"});
    CHECK(later.status == 0);
    CHECK(later.out == R"(supported:
  events     1  line 1
  http       1  line 2
  server     1  line 4

not yet:
  charset     1  line 6
  gzip        2  lines 3 and 5

5 directives: 3 supported and 2 not yet
)");
    const Outcome off = run({"compat", "off.conf"});
    CHECK(has(off.out, "accepted without effect, and why nothing is lost:\n  auth_basic      1  line 6\n                     it is off without the directive, too\n"));
    CHECK(has(off.out, "6 directives: 3 supported and 3 without effect\n"));
    CHECK_FALSE(has(run({"check", "off.conf"}).out, "does not have this yet"));
    const Outcome never = run({"compat", "never.conf"});
    CHECK(never.status == 1);
    CHECK(has(never.out, "never, and what to do instead:\n  fastcgi_pass     1  line 5\n"));
    const Outcome unknown = run({"compat", "error.conf"});
    CHECK(unknown.status == 1);
    CHECK(has(unknown.out, "unknown:\n  sever     1  line 3\n"));
    const Outcome misplaced = run({"compat", "misplaced.conf"});
    CHECK(misplaced.status == 1);
    CHECK(has(misplaced.out, "known, but not where it stands:\n  proxy_pass     1  line 3\n"));
}

TEST_CASE("compat names files if there are several, and does not count the entries of lists") {
    const Outcome got = run({"compat", "several.conf"});
    CHECK(got.status == 0);
    CHECK(has(got.out, "  include        2  several.conf:4 and 5\n"));
    CHECK(has(got.out, "  map            2  sub.conf:1\n"));
    CHECK(has(got.out, "  msie_refresh     1  several.conf:3\n"));
    CHECK(has(got.out, "without effect"));
}

TEST_CASE("compat shortens long lists of places") {
    std::map<std::string, std::string> all{{"one", "pid a;\npid a;\npid a;\npid a;\npid a;\npid a;\npid a;\n"}};
    for (int i = 0; i < 8; ++i) all["part" + std::to_string(i)] = "pid a;\n";
    all["many"] = "include part*;\n";
    const config::MemoryFiles many(all);
    CHECK(has(run({"compat", "one"}, {many, modes}).out, "  pid     7  lines 1, 2, 3, 4, 5 and 2 more\n"));
    CHECK(has(run({"compat", "many"}, {many, modes}).out,
              "  pid         8  part0:1, part1:1, part2:1, part3:1, part4:1, 3 more files\n"));
}

TEST_CASE("compat says what it could not read, and goes on") {
    const Outcome got = run({"compat", "nofile.conf"});
    CHECK(got.status == 1);
    CHECK(has(got.err, "cannot read \"nofile.conf\""));
    CHECK(got.out == "0 directives\n");
}

TEST_CASE("reference shows every row of a name") {
    const Outcome got = run({"reference", "keepalive_timeout"});
    CHECK(got.status == 0);
    CHECK(got.out.starts_with("keepalive_timeout TIME [TIME];\n"));
    CHECK(has(got.out, "  default:  75s\n"));
    CHECK(has(got.out, "  allowed:  in http, server and location\n"));
    CHECK(has(got.out, "  sluice:   supported\n"));
    CHECK(has(got.out, "  allowed:  in upstream\n"));
    const Outcome wrong = run({"reference", "proxy_pas"});
    CHECK(wrong.status == 1);
    CHECK(wrong.err == "sluice reference: there is no directive \"proxy_pas\"; did you mean \"proxy_pass\"?\n");
}

TEST_CASE("the reference has every row, each with its words") {
    const std::string markdown = reference_markdown();
    const std::string list = reference_list();
    std::size_t rows = 0;
    for (const auto table : config::tables())
        for (const config::Row& row : table) {
            INFO(row.name);
            ++rows;
            CHECK(has(markdown, "\n## " + std::string(row.name)));
            CHECK(has(markdown, std::string(row.doc)));
            CHECK(has(list, std::string(row.doc)));
            const std::string text = reference_text(row);
            CHECK(text.starts_with(row.name));
            CHECK(text.find('<') == std::string::npos);
        }
    std::size_t headings = 0;
    for (std::size_t at = markdown.find("\n## "); at != markdown.npos; at = markdown.find("\n## ", at + 1)) ++headings;
    CHECK(headings == rows);
}

TEST_CASE("conf/REFERENCE.md is what sluice reference --markdown prints") {
    std::ifstream in(std::filesystem::path(SLUICE_SOURCE_DIR) / "conf/REFERENCE.md");
    std::ostringstream have;
    have << in.rdbuf();
    INFO("the rows have changed: run sluice reference --markdown > conf/REFERENCE.md");
    const bool is_fresh =
        have.str() == run({"reference", "--markdown"}).out;  // not compared by CHECK: it would print both
    CHECK(is_fresh);
}
