// Lexing, repairing and parsing, by small texts.
#include <string>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

namespace {

using namespace sluice::config;

Conf parse_text(std::string text) { return parse(MemoryFiles({{"a.conf", std::move(text)}}), "a.conf"); }

/// "name[arg|arg]{...}" for each directive.
std::string shape(const std::vector<Directive>& directives) {
    std::string out;
    for (const Directive& d : directives) {
        out += d.name.value;
        for (const Word& arg : d.args) out += "|" + arg.value;
        out += d.block ? "{" + shape(d.block->children) + "}" : ";";
    }
    return out;
}

std::string shape(const std::string& text) {
    const Conf conf = parse_text(text);
    INFO(text << "\n" << render(conf.diagnostics, conf.sources));
    CHECK(conf.ok());
    return shape(conf.directives);
}

std::string first_code(const std::string& text) {
    const Conf conf = parse_text(text);
    return conf.diagnostics.all().empty() ? "" : conf.diagnostics.all()[0].code;
}

}  // namespace

TEST_CASE("words end at white space, semicolon and brace") {
    CHECK(shape("a b  c;d{e;}") == "a|b|c;d{e;}");
    CHECK(shape("a\tb\r\n c\n;") == "a|b|c;");
    CHECK(shape("a b#c; # d;\n#e\nf g;") == "a|b#c;f|g;");
    CHECK(shape("a b\"c\"d;") == "a|b\"c\"d;");
    CHECK(shape("a b'c;") == "a|b'c;");
    CHECK(shape("a b}c;") == "a|b}c;");
    CHECK(shape("") == "");
    CHECK(shape("# only this") == "");
}

TEST_CASE("quotes hold everything but themselves") {
    CHECK(shape("a \"b;{}# c\" 'd\"e' \"f'g\";") == "a|b;{}# c|d\"e|f'g;");
    CHECK(shape("a \"b\nc\";") == "a|b\nc;");
    CHECK(shape("a \"\" '';") == "a||;");
    CHECK(shape("if ($a = \"b\") {}") == "if|($a|=|b|){}");
    CHECK(shape("\"a\" b;") == "a|b;");
}

TEST_CASE("backslashes") {
    CHECK(shape(R"(a "\"\'\\\t\r\n";)") == "a|\"'\\\t\r\n;");
    CHECK(shape(R"(a \.css$ \d\w "\.x";)") == "a|\\.css$|\\d\\w|\\.x;");
    CHECK(shape(R"(a b\;c d\ e \{f;)") == "a|b\\;c|d\\ e|\\{f;");
    CHECK(shape(R"(a \"b;)") == "a|\"b;");
    CHECK(shape(R"(a '\'';)") == "a|';");
}

TEST_CASE("braces behind a dollar belong to the word") {
    CHECK(shape("a ${b}c $d{e;}") == "a|${b}c|$d{e;}");
    CHECK(shape("a x${b}/$c;") == "a|x${b}/$c;");
    CHECK(shape("a ${b} {}") == "a|${b}{}");
}

TEST_CASE("a byte order mark is skipped with a warning, and only at the start") {
    const Conf conf = parse_text(
        "\xef\xbb\xbf"
        "a b;");
    CHECK(conf.ok());
    CHECK(conf.diagnostics.warnings() == 1);
    CHECK(shape(conf.directives) == "a|b;");
    CHECK(first_code("a \xef\xbb\xbf"
                     "b;") == "look-alike");
}

TEST_CASE("look-alikes inside of words of other scripts are letters") {
    CHECK(shape("server_name \xe4\xbe\x8b\xe3\x81\x88.example;") == "server_name|\xe4\xbe\x8b\xe3\x81\x88.example;");
    CHECK(shape("a \"\xe2\x80\x9cquoted\xe2\x80\x9d\xc2\xa0\";") == "a|\xe2\x80\x9cquoted\xe2\x80\x9d\xc2\xa0;");
    CHECK(shape("a don\xe2\x80\x99t;") == "a|don\xe2\x80\x99t;");
    CHECK(shape("a \xff\xfe;") == "a|\xff\xfe;");
}

TEST_CASE("what is repaired gives the tree that was meant") {
    CHECK(shape(parse_text("http { server { listen 80\n root /a; } }").directives) ==
          "http{server{listen|80;root|/a;}}");
    CHECK(shape(parse_text("http {\n  server {\n    listen 80;\n  server {\n    listen 81;\n  }\n}\n").directives) ==
          "http{server{listen|80;}server{listen|81;}}");
    CHECK(shape(parse_text("http { server { listen 80}}").directives) == "http{server{listen|80;}}");
}

TEST_CASE("a directive may go on over lines") {
    CHECK(shape("http {\n  gzip_types text/css\n    text/plain\n    application/json;\n}") ==
          "http{gzip_types|text/css|text/plain|application/json;}");
    CHECK(shape("http {\nserver_name_x a\nb\nc;\n}") == "http{server_name_x|a|b|c;}");
    CHECK(shape("http { log_format main 'a'\n'b'\n'c'; }") == "http{log_format|main|a|b|c;}");
    CHECK(shape("types {\n  text/html html\n    htm;\n}") == "types{text/html|html|htm;}");
}

TEST_CASE("included files stand behind their include, in order of their names") {
    const MemoryFiles files({{"/e/a.conf", "x;\nhttp { include d/*.conf; }\ny;"},
                             {"/e/d/2.conf", "two;"},
                             {"/e/d/1.conf", "one;"},
                             {"/e/d/.hidden.conf", "no;"},
                             {"/e/d/sub/3.conf", "no;"}});
    const Conf conf = parse(files, "/e/a.conf");
    CHECK(conf.ok());
    CHECK(shape(conf.directives) == "x;http{include|d/*.conf;one;two;}y;");
    const Directive& two = conf.directives[1].block->children[2];
    CHECK(conf.sources.where(two.span) == "/e/d/2.conf:1:1");
    REQUIRE(conf.sources.include_stack(two.span).size() == 1);
    CHECK(conf.sources.where(conf.sources.include_stack(two.span)[0]) == "/e/a.conf:2:16");
}

TEST_CASE("mime.types comes along with the program, where there is none of its own") {
    using Table = std::map<std::string, std::string>;
    const MemoryFiles none(Table{{"/e/a.conf", "include mime.types;"}});
    const MemoryFiles own({{"/e/a.conf", "include mime.types;"}, {"/e/mime.types", "x/y z;"}});
    const auto shipped = parse(none, "/e/a.conf");
    CHECK(shipped.ok());
    CHECK(shape(shipped.directives).find("text/html|html|htm|shtml;") != std::string::npos);
    CHECK(shape(parse(own, "/e/a.conf").directives) == "include|mime.types;x/y|z;");
    CHECK_FALSE(parse(MemoryFiles(Table{{"/e/a.conf", "include other.types;"}}), "/e/a.conf").ok());
}

TEST_CASE("a prefix and directives of the command line") {
    const MemoryFiles files({{"/e/a.conf", "include b.conf;"}, {"/p/b.conf", "b;"}});
    const Conf conf = parse(files, "/e/a.conf", {.prefix = "/p", .globals = "daemon off"});
    CHECK(conf.ok());
    CHECK(shape(conf.directives) == "daemon|off;include|b.conf;b;");
}

TEST_CASE("a file included twice is read once, and its mistakes are said once") {
    const MemoryFiles files({{"a.conf", "events { include b; include b; }"}, {"b", "debug_connection }"}});
    const Conf conf = parse(files, "a.conf");
    CHECK(conf.sources.size() == 3);
    CHECK(conf.sources[1].text == conf.sources[2].text);
    std::size_t said = 0;
    for (const Diagnostic& d : conf.diagnostics.all()) said += d.code == "missing-semicolon" ? 1 : 0;
    CHECK(said == 1);
}

TEST_CASE("limits: depth of blocks and of includes") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "a{";
    CHECK_FALSE(parse_text(deep).ok());
    deep.append(100'000, '}');
    CHECK(first_code(deep) == "nesting");
    std::string fine;
    for (int i = 0; i < 400; ++i) fine += "a{";
    CHECK(parse_text(fine + std::string(400, '}')).ok());

    std::map<std::string, std::string> chain;
    for (int i = 0; i < 60; ++i) chain["f" + std::to_string(i)] = "include f" + std::to_string(i + 1) + ";";
    CHECK(parse(MemoryFiles(chain), "f0").diagnostics.all()[0].code == "include-depth");
    std::map<std::string, std::string> doubling;
    for (int i = 0; i < 30; ++i) {
        const std::string next = "include f" + std::to_string(i + 1) + ";";
        doubling["f" + std::to_string(i)] = next + next;
    }
    CHECK_FALSE(parse(MemoryFiles(doubling), "f0").ok());
}

TEST_CASE("a main file that cannot be read is a message without a place") {
    const Conf conf = parse(MemoryFiles({}), "a.conf");
    CHECK(render(conf.diagnostics, conf.sources) ==
          "error: cannot read \"a.conf\": No such file or directory\n1 error\n");
}

TEST_CASE("at most a hundred are shown, and all are counted") {
    std::string text;
    for (int i = 0; i < 130; ++i) text += "nonsense" + std::to_string(i) + ";\n";
    Conf conf = parse_text(text);
    check(conf);
    const std::string said = render(conf.diagnostics, conf.sources);
    CHECK(said.ends_with("and 30 more, not shown\n130 errors\n"));
}

TEST_CASE("JSON") {
    Conf conf = parse_text("http {}\nevents { include \"b\\\"\"; x\ty; }");
    check(conf);
    const std::string said = render_json(conf.diagnostics, conf.sources);
    CHECK(said ==
          "{\"errors\": 2, \"warnings\": 0, \"diagnostics\": [\n"
          "{\"severity\": \"error\", \"code\": \"include\", \"message\": \"cannot read \\\"b\\\"\\\": No such file or "
          "directory\", \"file\": \"a.conf\", \"line\": 2, \"column\": 18, \"offset\": 25, \"length\": 5, "
          "\"help\": \"relative paths start at the main file's folder\", \"notes\": [], \"included_from\": []},\n"
          "{\"severity\": \"error\", \"code\": \"unknown-directive\", \"message\": \"unknown directive \\\"x\\\"\", "
          "\"file\": \"a.conf\", \"line\": 2, \"column\": 25, \"offset\": 32, \"length\": 1, \"notes\": [], "
          "\"included_from\": []}]}\n");
}

TEST_CASE("long lines are cut around the caret") {
    const std::string text = "a " + std::string(300, 'x') + " \"b\"c " + std::string(300, 'y') + ";";
    const Conf conf = parse_text(text);
    const std::string said = render(conf.diagnostics, conf.sources);
    CHECK(said.find("   1 | ...xxx") != said.npos);
    CHECK(said.find("yyy...\n") != said.npos);
    CHECK(said.size() < 500);
}
