// Lines of access logs: their form, and that no client writes a line of its own.
#include "route/log_line.hpp"

#include "core/log_escape.hpp"
#include "support/scope.hpp"

namespace {

using namespace sluice;
using route::LogFormat;
using test::ScopeSetup;

using Escape = LogFormat::Escape;
constexpr Escape escapes[] = {Escape::standard, Escape::json, Escape::none};

std::string line(ScopeSetup& setup, std::string_view format, Escape escape = Escape::standard) {
    LogFormat made;
    made.line = setup.compile(format);
    made.escape = escape;
    std::string out;
    route::append_log_line(out, made, *setup.scope);
    REQUIRE(out.ends_with('\n'));
    out.pop_back();
    return out;
}

std::string get(const std::string& fields) { return "GET /p?q=1 HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

template <class Append>
std::string appended(Append append, std::string_view text) {
    std::string out = "<";
    append(out, text);
    return out;
}

struct Row {
    std::string_view text, standard, json;
};

// From nginx 1.22: log_format with escape=default and escape=json.
const Row rows[] = {
    {"", "", ""},
    {"plain /~text", "plain /~text", "plain /~text"},
    {"\"", "\\x22", "\\\""},
    {"\\", "\\x5C", "\\\\"},
    {"'", "'", "'"},
    {"a\"b\\c", "a\\x22b\\x5Cc", "a\\\"b\\\\c"},
    {"\n", "\\x0A", "\\n"},
    {"\r", "\\x0D", "\\r"},
    {"\t", "\\x09", "\\t"},
    {"\b", "\\x08", "\\b"},
    {"\f", "\\x0C", "\\f"},
    {"\v", "\\x0B", "\\u000B"},
    {std::string_view("\0", 1), "\\x00", "\\u0000"},
    {"\x01", "\\x01", "\\u0001"},
    {"\x1b[31m", "\\x1B[31m", "\\u001B[31m"},
    {"\x1f", "\\x1F", "\\u001F"},
    {" ~", " ~", " ~"},
    {"\x7f", "\\x7F", "\x7f"},
    {"\x80", "\\x80", "\x80"},
    {"\xc3\xa4", "\\xC3\\xA4", "\xc3\xa4"},
    {"\xff", "\\xFF", "\xff"},
    {"\n\n", "\\x0A\\x0A", "\\n\\n"},
};

/// Every byte there is, each between others.
std::string all_bytes() {
    std::string out;
    for (int c = 0; c < 256; ++c) (out += 'x') += static_cast<char>(c);
    return out;
}

}  // namespace

TEST_CASE("escapes are those of nginx") {
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(appended(core::append_escaped, row.text) == "<" + std::string(row.standard));
        CHECK(appended(core::append_json_escaped, row.text) == "<" + std::string(row.json));
    }
}

TEST_CASE("no byte ends a line or a quoted text") {
    const auto standard = appended(core::append_escaped, all_bytes());
    CHECK(std::ranges::all_of(standard, [](char c) { return c >= ' ' && c <= '~' && c != '"'; }));
    const auto json = appended(core::append_json_escaped, all_bytes());
    CHECK(std::ranges::none_of(json, [](char c) { return c >= 0 && c < ' '; }));
    for (std::size_t i = json.find('"'); i != json.npos; i = json.find('"', i + 1)) CHECK(json[i - 1] == '\\');
}

TEST_CASE("escapes are the same wherever in a text a byte stands, and whatever stands beside it") {
    for (int c = 0; c < 256; ++c)
        for (const char beside : {' ', 'x', '~', '!', '\x7e', '\x80', '\xff', '"', '\x1f'})
            for (std::size_t at = 0; at < 20; ++at) {
                std::string text(20, beside);
                text[at] = static_cast<char>(c);
                for (const auto append : {core::append_escaped, core::append_json_escaped}) {
                    std::string one_by_one = "<";
                    for (const char byte : text) append(one_by_one, {&byte, 1});
                    REQUIRE(appended(append, text) == one_by_one);
                }
            }
}

TEST_CASE("combined is nginx's") {
    ScopeSetup setup;
    setup.client = net::Address::parse("192.0.2.7", 1).value();
    auto names = setup.names();
    const auto combined = route::combined_format(names);
    CHECK(combined->name == "combined");
    setup.x.record.status = 200;
    setup.x.record.body_sent = 512;
    setup.request(get("Referer: http://r/\r\nUser-Agent: ua \"x\"\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n"));
    std::string out = "before ";
    route::append_log_line(out, *combined, *setup.scope);
    CHECK(out == "before 192.0.2.7 - alice [" + setup.text("time_local") +
                     "] \"GET /p?q=1 HTTP/1.1\" 200 512 \"http://r/\" \"ua \\x22x\\x22\"\n");
}

TEST_CASE("combined of a request of which nothing is known") {
    ScopeSetup setup;
    setup.client = net::Address::parse("::1", 1).value();
    auto names = setup.names();
    const auto combined = route::combined_format(names);
    setup.scope = std::make_unique<route::Scope>(setup.snapshot, setup.listening, setup.x, setup.tools);
    std::string out;
    route::append_log_line(out, *combined, *setup.scope);
    CHECK(out == "::1 - - [" + setup.text("time_local") + "] \"-\" 000 0 \"-\" \"-\"\n");
}

TEST_CASE("what is absent and what is empty, by escape") {
    ScopeSetup setup;
    setup.request(get("X-Empty:\r\n"));
    CHECK(line(setup, "[$http_x_none][$http_x_empty][$is_args]") == "[-][][?]");
    CHECK(line(setup, "[$http_x_none][$http_x_empty][$is_args]", Escape::json) == "[][][?]");
    CHECK(line(setup, "[$http_x_none][$http_x_empty][$is_args]", Escape::none) == "[][][?]");
}

TEST_CASE("a format's own text stays as it is, whatever the escape") {
    ScopeSetup setup;
    setup.request(get(""));
    for (const Escape escape : escapes) {
        CHECK(line(setup, "\t\"\\ \xc3\xa4", escape) == "\t\"\\ \xc3\xa4");
        CHECK(line(setup, "", escape).empty());
    }
    CHECK(line(setup, "{\"uri\": \"$uri\"}", Escape::json) == "{\"uri\": \"/p\"}");
}

TEST_CASE("values are escaped as the format says") {
    ScopeSetup setup;
    setup.request(get("X: a\"b\\c\td\xc3\xa4\r\n"));
    CHECK(line(setup, "$http_x") == "a\\x22b\\x5Cc\\x09d\\xC3\\xA4");
    CHECK(line(setup, "$http_x", Escape::json) == "a\\\"b\\\\c\\td\xc3\xa4");
    CHECK(line(setup, "$http_x", Escape::none) == "a\"b\\c\td\xc3\xa4");
}

TEST_CASE("a decoded path cannot begin another line") {
    ScopeSetup setup;
    setup.request("GET /a%0A10.0.0.1%20-%20root%20[x]%20%22GET%0d%00 HTTP/1.1\r\nHost: h\r\n\r\n");
    setup.scope->uri = "/a\n10.0.0.1 - root [x] \"GET\r";
    CHECK(line(setup, "\"$uri\"") == "\"/a\\x0A10.0.0.1 - root [x] \\x22GET\\x0D\"");
    CHECK(line(setup, "\"$uri\"", Escape::json) == "\"/a\\n10.0.0.1 - root [x] \\\"GET\\r\"");
}

TEST_CASE("all bytes of a body stay within their line") {
    ScopeSetup setup;
    const std::string body = all_bytes();
    setup.x.record.request_body = body;
    setup.request(get(""));
    for (const Escape escape : {Escape::standard, Escape::json}) {
        const auto text = line(setup, "\"$request_body\"", escape);
        CHECK(text.find('\n') == text.npos);
        CHECK(text.find('\r') == text.npos);
        CHECK(text.size() > body.size());
    }
}

TEST_CASE("a line is appended to what is there, twice the same") {
    ScopeSetup setup;
    setup.request(get(""));
    LogFormat format;
    format.line = setup.compile("$uri$is_args$args");
    std::string out;
    route::append_log_line(out, format, *setup.scope);
    route::append_log_line(out, format, *setup.scope);
    CHECK(out == "/p?q=1\n/p?q=1\n");
}

TEST_CASE("variables of the conf are read, too") {
    ScopeSetup setup;
    auto names = setup.names();
    const auto mine = names.index_of_group("mine");
    setup.request(get(""));
    setup.scope->set(mine, "a\nb");
    CHECK(line(setup, "[$mine]") == "[a\\x0Ab]");
}

TEST_CASE("if= decides whether there is a line") {
    const std::pair<const char*, bool> conditions[] = {
        {"1", true},      {"0", false},         {"", false},           {"00", true},       {"off", true},
        {"$arg_q", true}, {"$arg_none", false}, {"0$arg_none", false}, {"$is_args", true},
    };
    for (const auto& [condition, logged] : conditions) {
        CAPTURE(condition);
        ScopeSetup setup;
        setup.request(get(""));
        route::AccessLog log;
        log.has_condition = true;
        log.condition = setup.compile(condition);
        CHECK(route::is_logged(log, *setup.scope) == logged);
        log.has_condition = false;
        CHECK(route::is_logged(log, *setup.scope));
    }
}
