// Every variable that a conf has without defining it, read against exchanges made by hand.
#include "route/variable.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <map>
#include <set>

#include "exchange/proxy_header.hpp"
#include "route/field_values.hpp"
#include "support/scope.hpp"
#include "version.hpp"

namespace {

using namespace sluice;
using exchange::Attempt;
using exchange::Reason;
using test::ScopeSetup;

net::Address address(const std::string& ip, std::uint16_t port) { return net::Address::parse(ip, port).value(); }

core::Instant at_ms(std::int64_t ms) { return {ms * 1000}; }

const std::string head =
    "POST /a%20b/./c?x=1&Y=2&flag&x=3 HTTP/1.1\r\n"
    "Host: Shop.Example:8080\r\n"
    "User-Agent: ua/1\r\n"
    "Referer: http://r/\r\n"
    "Cookie: sid=abc; Theme = dark; empty=; =x\r\n"
    "Cookie: lang=de\r\n"
    "X-Forwarded-For: 10.0.0.1\r\n"
    "X-Forwarded-For: 10.0.0.2\r\n"
    "Authorization: Basic YWxpY2U6c2VjcmV0\r\n"
    "Content-Length: 5\r\n"
    "Content-Type: text/plain\r\n"
    "X-Multi: a\r\n"
    "x-multi: b\r\n"
    "X-Empty:\r\n"
    "\r\n";

/// The two ends of a TCP connection of this machine.
class Connection {
  public:
    Connection() {
        const int listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof in;
        auto* any = reinterpret_cast<sockaddr*>(&in);
        REQUIRE(bind(listener, any, size) == 0);
        REQUIRE(listen(listener, 1) == 0);
        REQUIRE(getsockname(listener, any, &size) == 0);
        REQUIRE(connect(ours_, any, size) == 0);
        theirs_ = accept(listener, nullptr, nullptr);
        REQUIRE(theirs_ >= 0);
        close(listener);
    }
    ~Connection() {
        close(ours_);
        close(theirs_);
    }
    int fd() const { return theirs_; }

  private:
    int ours_ = socket(AF_INET, SOCK_STREAM, 0);
    int theirs_ = -1;
};

void fill_attempts(exchange::Record& record) {
    Attempt& refused = record.begin_attempt("10.1.0.1:80", at_ms(3000));
    refused.ended = at_ms(3001);
    refused.reason = Reason::peer_refused;
    Attempt& failed = record.begin_attempt("10.1.0.2:80", at_ms(3001));
    failed.connected = at_ms(3003);
    failed.first_byte = at_ms(3050);
    failed.ended = at_ms(3100);
    failed.status = 500;
    failed.received = 12;
    failed.bytes_received = 112;
    failed.bytes_sent = 300;
    record.redirected = true;
    Attempt& last = record.begin_attempt("unix:/run/app", at_ms(3200));
    last.connected = at_ms(3200);
    last.first_byte = at_ms(4201);
    last.ended = at_ms(4230);
    last.status = 200;
    last.received = 7;
    last.bytes_received = 107;
    last.bytes_sent = 310;
}

void fill_record(exchange::Record& record) {
    record.connection = 17;
    record.number = 3;
    record.accepted = at_ms(1000);
    record.began = at_ms(3000);
    record.last_byte = at_ms(4234);
    record.body_received = 5;
    record.body_sent = 7;
    record.bytes_sent = 207;
    record.status = 200;
    record.complete = true;
    record.pipelined = true;
    record.id = {0x0123456789abcdef, 0xf};
    record.answer_length = 7;
    record.answer_chunked = true;
    record.keeps_alive = true;
    record.request_body = "hello";
    record.reason = Reason::peer_truncated;
    fill_attempts(record);
}

/// The exchange that the long table is about.
class Exchanged : public ScopeSetup {
  public:
    Exchanged() {
        snapshot.prefix = std::filesystem::canonical("/").string() + "proc/self/";
        site().root.settings.files.root.prepend(snapshot.prefix + "html");
        site().name = "shop.example";
        site().root.settings.client.keepalive_header = 20;
        route::ProxyPass pass;
        pass.host = "backend:81";
        pass.port = "81";
        site().root.content = std::move(pass);
        listening.address = address("0.0.0.0", 8080);
        x.secure = true;
        client = address("192.0.2.7", 50001);
        requester.local = address("192.0.2.1", 8080);
        x.requester = &requester;
        proxied.client = address("203.0.113.9", 4711);
        proxied.server = address("2001:db8::1", 443);
        proxied.tlvs.assign(
            "\x01\x00\x02h2\x02\x00\x01n\x20\x00\x0d\x07\x01\x02\x03\x04\x21\x00\x02v3\x22\x00\x00\xea\x00\x01!", 29);
        fill_record(x.record);
        x.record.proxy_header = &proxied;
        x.record.descriptor = connection.fd();
        x.record.peer_trailers = &peer_trailers;
        x.record.sent_trailers = &sent_trailers;
        clock.advance(std::chrono::milliseconds(5500));  // it is 6.5 s
        request(head);
        scope->limit_rate = 4096;
        scope->peer_fields = &peer_fields;
        scope->sent_fields = &sent_fields;
    }

    Connection connection;
    exchange::ProxyHeader proxied;
    http::Fields peer_fields{{"X-Served-By", "p1"}, {"Set-Cookie", "route=r1; Path=/"}, {"set-cookie", "theme = a"}};
    http::Fields sent_fields{{"Cache-Control", "no-store"}, {"cache-control", "private"}};
    http::Fields peer_trailers{{"Checksum", "12"}}, sent_trailers{{"Checksum", "13"}};
};

std::string iso_8601(std::time_t seconds) {
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[40];
    std::string out(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &local));
    return out.insert(out.size() - 2, ":");
}

std::string log_time(std::time_t seconds) {
    const auto text = http::format_log_time(seconds);
    return {text.data(), text.size()};
}

std::string machine_name() {
    char name[256] = {};
    REQUIRE(gethostname(name, sizeof name - 1) == 0);
    std::string out = name;
    std::ranges::transform(out, out.begin(), core::lower);
    return out;
}

constexpr std::time_t now_s = 1'795'000'006;
constexpr const char* number = "(a number)";

struct Expected {
    std::string name, text;
};

std::vector<Expected> expectations() {
    return {
        // the request
        {"arg_x", "1"},
        {"arg_y", "2"},
        {"arg_flag", "(absent)"},
        {"arg_", "(absent)"},
        {"args", "x=1&Y=2&flag&x=3"},
        {"query_string", "x=1&Y=2&flag&x=3"},
        {"authority", "Shop.Example:8080"},
        {"is_request_port", ":"},
        {"request_port", "8080"},
        {"is_args", "?"},
        {"content_length", "5"},
        {"content_type", "text/plain"},
        {"cookie_sid", "abc"},
        {"cookie_theme", "dark"},
        {"cookie_empty", ""},
        {"cookie_lang", "de"},
        {"cookie_none", "(absent)"},
        {"host", "shop.example"},
        {"http_host", "Shop.Example:8080"},
        {"http_x_multi", "a, b"},
        {"http_cookie", "sid=abc; Theme = dark; empty=; =x; lang=de"},
        {"http_x_empty", ""},
        {"http_x_none", "(absent)"},
        {"http_referer", "http://r/"},
        {"http_user_agent", "ua/1"},
        {"limit_rate", "4096"},
        {"remote_user", "alice"},
        {"request", "POST /a%20b/./c?x=1&Y=2&flag&x=3 HTTP/1.1"},
        {"request_body", "hello"},
        {"request_body_file", "(absent)"},
        {"request_id", "0123456789abcdef000000000000000f"},
        {"request_length", std::to_string(head.size() + 5)},
        {"request_method", "POST"},
        {"request_uri", "/a%20b/./c?x=1&Y=2&flag&x=3"},
        {"server_protocol", "HTTP/1.1"},
        {"uri", "/a b/c"},
        {"document_uri", "/a b/c"},
        // files
        {"document_root", "/proc/self/html"},
        {"realpath_root", "(absent)"},
        {"request_filename", "/proc/self/html/a b/c"},
        // the connection
        {"binary_remote_addr", std::string("\xc0\0\x02\x07", 4)},
        {"connection", "17"},
        {"connection_requests", "3"},
        {"connection_time", "5.500"},
        {"https", "on"},
        {"pipe", "p"},
        {"realip_remote_addr", "192.0.2.7"},
        {"realip_remote_port", "50001"},
        {"remote_addr", "192.0.2.7"},
        {"remote_port", "50001"},
        {"scheme", "https"},
        {"server_addr", "192.0.2.1"},
        {"server_name", "shop.example"},
        {"server_port", "8080"},
        {"tcpinfo_rtt", number},
        {"tcpinfo_rttvar", number},
        {"tcpinfo_snd_cwnd", number},
        {"tcpinfo_rcv_space", number},
        // the PROXY protocol
        {"proxy_protocol_addr", "203.0.113.9"},
        {"proxy_protocol_port", "4711"},
        {"proxy_protocol_server_addr", "2001:db8::1"},
        {"proxy_protocol_server_port", "443"},
        {"proxy_protocol_tlv_alpn", "h2"},
        {"proxy_protocol_tlv_authority", "n"},
        {"proxy_protocol_tlv_0xea", "!"},
        {"proxy_protocol_tlv_0xeb", "(absent)"},
        {"proxy_protocol_tlv_netns", "(absent)"},
        {"proxy_protocol_tlv_other", "(absent)"},
        {"proxy_protocol_tlv_ssl_verify", "16909060"},
        {"proxy_protocol_tlv_ssl_version", "v3"},
        {"proxy_protocol_tlv_ssl_cn", ""},
        {"proxy_protocol_tlv_ssl_cipher", "(absent)"},
        // the answer
        {"body_bytes_sent", "7"},
        {"bytes_sent", "207"},
        {"request_completion", "OK"},
        {"sent_http_cache_control", "no-store, private"},
        {"sent_http_connection", "keep-alive"},
        {"sent_http_content_length", "7"},
        {"sent_http_keep_alive", "timeout=20"},
        {"sent_http_transfer_encoding", "chunked"},
        {"sent_trailer_checksum", "13"},
        {"sluice_reason", "peer_truncated"},
        {"sluice_error_id", "0123456789abcdef000000000000000f"},
        {"status", "200"},
        // peers
        {"proxy_add_x_forwarded_for", "10.0.0.1, 10.0.0.2, 192.0.2.7"},
        {"proxy_host", "backend:81"},
        {"proxy_port", "81"},
        {"upstream_addr", "10.1.0.1:80, 10.1.0.2:80 : unix:/run/app"},
        {"upstream_bytes_received", "0, 112 : 107"},
        {"upstream_bytes_sent", "0, 300 : 310"},
        {"upstream_cache_status", "(absent)"},
        {"upstream_connect_time", "-, 0.002 : 0.000"},
        {"upstream_cookie_route", "r1"},
        {"upstream_cookie_theme", "a"},
        {"upstream_cookie_none", "(absent)"},
        {"upstream_header_time", "-, 0.049 : 1.001"},
        {"upstream_http_x_served_by", "p1"},
        {"upstream_http_none", "(absent)"},
        {"upstream_queue_time", "(absent)"},
        {"upstream_response_length", "0, 12 : 7"},
        {"upstream_response_time", "0.001, 0.099 : 1.030"},
        {"upstream_status", "502, 500 : 200"},
        {"upstream_trailer_checksum", "12"},
        // time
        {"msec", "1795000006.500"},
        {"request_time", "1.234"},
        {"time_iso8601", iso_8601(now_s)},
        {"time_local", log_time(now_s)},
        // the process
        {"connections_active", "0"},
        {"connections_reading", "0"},
        {"connections_waiting", "0"},
        {"connections_writing", "0"},
        {"hostname", machine_name()},
        {"nginx_version", version},
        {"pid", std::to_string(getpid())},
    };
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return core::is_digit(c); });
}

/// Values of an exchange of which nothing is known but its request.
std::string of_bare(const std::string& request, const std::string& name) {
    ScopeSetup setup;
    setup.request(request);
    return setup.text(name);
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

}  // namespace

TEST_CASE("every variable says what it should") {
    Exchanged setup;
    std::set<const route::VariableRow*> read;
    for (const Expected& row : expectations()) {
        CAPTURE(row.name);
        read.insert(route::find_variable(row.name));
        const std::string text = setup.text(row.name);
        if (row.text == number)
            CHECK(is_number(text));
        else
            CHECK(text == row.text);
    }
    for (const auto table : route::variable_tables())
        for (const auto& row : table)
            // Those of TLS need a connection: test/e2e/tls_clients.
            if (!read.contains(&row) && !row.name.starts_with("ssl_")) FAIL_CHECK("nobody reads $" << row.name);
}

TEST_CASE("what is not known of an exchange is absent, and nothing breaks") {
    const std::map<std::string, std::string> expected = {
        {"args", "(absent)"},
        {"query_string", "(absent)"},
        {"is_args", ""},
        {"content_length", "(absent)"},
        {"content_type", "(absent)"},
        {"host", "h"},
        {"http_referer", "(absent)"},
        {"http_user_agent", "(absent)"},
        {"limit_rate", "0"},
        {"remote_user", "(absent)"},
        {"request_body", "(absent)"},
        {"connection_time", "(absent)"},
        {"https", ""},
        {"pipe", "."},
        {"remote_port", ""},
        {"scheme", "http"},
        {"server_port", ""},
        {"tcpinfo_rtt", "(absent)"},
        {"proxy_protocol_addr", "(absent)"},
        {"proxy_protocol_server_port", "(absent)"},
        {"proxy_protocol_tlv_alpn", "(absent)"},
        {"request_completion", ""},
        {"sent_http_etag", "(absent)"},
        {"sent_http_connection", "(absent)"},
        {"sent_http_content_length", "(absent)"},
        {"sent_http_keep_alive", "(absent)"},
        {"sent_http_transfer_encoding", "(absent)"},
        {"sent_trailer_x", "(absent)"},
        {"sluice_reason", "(absent)"},
        {"sluice_error_id", "(absent)"},
        {"status", "000"},
        {"proxy_host", "(absent)"},
        {"proxy_port", "(absent)"},
        {"upstream_addr", "(absent)"},
        {"upstream_bytes_sent", "(absent)"},
        {"upstream_cookie_x", "(absent)"},
        {"upstream_http_x", "(absent)"},
        {"upstream_response_time", "(absent)"},
        {"upstream_status", "(absent)"},
        {"upstream_trailer_x", "(absent)"},
        {"request_time", "(absent)"},
    };
    for (const auto& [name, text] : expected) {
        CAPTURE(name);
        CHECK(of_bare(get(""), name) == text);
    }
}

TEST_CASE("an exchange without a parsed head still makes a line") {
    ScopeSetup setup;
    setup.x.client = nullptr;
    setup.x.local = nullptr;
    setup.scope = std::make_unique<route::Scope>(setup.snapshot, setup.listening, setup.x, setup.tools);
    for (const auto table : route::variable_tables())
        for (const auto& row : table) {
            CAPTURE(row.name);
            CHECK(setup.text(row.name).size() < 200);
        }
    CHECK(setup.text("request") == "(absent)");
    CHECK(setup.text("request_method") == "(absent)");
    CHECK(setup.text("request_uri") == "(absent)");
    CHECK(setup.text("server_protocol") == "(absent)");
    CHECK(setup.text("uri") == "(absent)");
    CHECK(setup.text("remote_addr") == "(absent)");
}

TEST_CASE("rows are fit to be shown and found") {
    std::set<std::string_view> names;
    for (const auto table : route::variable_tables())
        for (const auto& row : table) {
            CAPTURE(row.name);
            CHECK(names.insert(row.name).second);
            CHECK(row.read != nullptr);
            CHECK(std::ranges::all_of(row.name,
                                      [](char c) { return (c >= 'a' && c <= 'z') || core::is_digit(c) || c == '_'; }));
            CHECK(row.doc.size() > 10);
            CHECK(row.doc.ends_with('.'));
            CHECK(row.doc.find('\n') == std::string_view::npos);
            CHECK(route::find_variable(row.name) == &row);
        }
    CHECK(names.size() > 80);
}

TEST_CASE("names are found whole first, then by their family, in letters of either case") {
    const auto found = [](std::string_view name) {
        const auto* row = route::find_variable(name);
        return row ? row->name : "";
    };
    CHECK(found("http_user_agent") == "http_user_agent");
    CHECK(found("http_user_agents") == "http_");
    CHECK(found("http_") == "http_");
    CHECK(found("https") == "https");
    CHECK(found("HTTP_X_Y") == "http_");
    CHECK(found("Request_URI") == "request_uri");
    CHECK(found("sent_http_connection") == "sent_http_connection");
    CHECK(found("sent_http_x") == "sent_http_");
    CHECK(found("upstream_http_x") == "upstream_http_");
    CHECK(found("proxy_protocol_tlv_0x01") == "proxy_protocol_tlv_");
    CHECK(found("cookie") == "");
    CHECK(found("arg") == "");
    CHECK(found("upstream_") == "");
    CHECK(found("") == "");
    CHECK(found("no_such_thing") == "");
}

TEST_CASE("the user of Basic is read as nginx reads it") {
    const std::pair<const char*, const char*> rows[] = {
        {"Basic YWxpY2U6c2VjcmV0", "alice"},  // alice:secret
        {"basic   YWxpY2U6c2VjcmV0", "alice"},
        {"BASIC YWxpY2U6", "alice"},         // alice:
        {"Basic YTpiOmM", "a"},              // a:b:c, without padding
        {"Basic YWxpY2U=", "(absent)"},      // alice
        {"Basic OnNlY3JldA==", "(absent)"},  // :secret
        {"Basic ", "(absent)"},
        {"Basic", "(absent)"},
        {"Basic !!!!", "(absent)"},
        {"Basicx YWxpY2U6c2VjcmV0", "(absent)"},
        {"Bearer YWxpY2U6c2VjcmV0", "(absent)"},
    };
    for (const auto& [field, user] : rows) {
        CAPTURE(field);
        CHECK(of_bare(get(std::string("Authorization: ") + field + "\r\n"), "remote_user") == user);
    }
}

TEST_CASE("cookies are told apart as nginx does") {
    const std::tuple<const char*, const char*, const char*> rows[] = {
        {"a=1", "a", "1"},          {"a=1; b=2", "b", "2"},    {"a=1;b=2", "b", "2"},
        {"a=1,b=2", "b", "2"},      {"a=1,b=2", "a", "1,b=2"}, {"xa=1; a=2", "a", "2"},
        {"ab=1; a=2", "a", "2"},    {"A=1", "a", "1"},         {"a =  1 ", "a", "1"},
        {"a = 1 ; b=2", "a", "1 "}, {"a=x=y", "a", "x=y"},     {"a; a=2", "a", "2"},
        {"b=a=1", "a", "(absent)"}, {"a", "a", "(absent)"},    {"", "a", "(absent)"},
        {";;;", "a", "(absent)"},   {"a=", "a", ""},           {"a=\"q\"", "a", "\"q\""},
    };
    for (const auto& [line, name, text] : rows) {
        CAPTURE(line, name);
        CHECK(of_bare(get(std::string("Cookie: ") + line + "\r\n"), std::string("cookie_") + name) == text);
    }
    CHECK(of_bare(get("Cookie: a=1\r\ncookie: a=2\r\n"), "cookie_a") == "1");
}

TEST_CASE("arguments are found as nginx finds them") {
    const std::tuple<const char*, const char*, std::string_view> rows[] = {
        {"a=1", "a", "1"},         {"A=1", "a", "1"},          {"a=1&a=2", "a", "1"},  {"aa=1&a=2", "a", "2"},
        {"ba=1", "a", "(absent)"}, {"a&a=2", "a", "2"},        {"a", "a", "(absent)"}, {"a=", "a", ""},
        {"&&a=%20+", "a", "%20+"}, {"b=a=1", "a", "(absent)"}, {"", "a", "(absent)"},  {"=1", "", "(absent)"},
    };
    for (const auto& [args, name, text] : rows) {
        CAPTURE(args, name);
        CHECK(route::argument_value(args, name).value_or("(absent)") == text);
    }
}

TEST_CASE("a proxy_pass with variables tells its host and port once they are known") {
    const std::tuple<const char*, const char*, const char*> rows[] = {
        {"http://$arg_to", "a.example", "80"},
        {"http://$arg_to:80/x", "a.example", "80"},
        {"http://$arg_to:81/x:y", "a.example:81", "81"},
        {"https://$arg_to", "a.example", "443"},
        {"https://$arg_to:80?q", "a.example:80", "80"},
        {"http://[::1]$arg_none", "[::1]", "80"},
        {"http://[::1]:8080$arg_none", "[::1]:8080", "8080"},
        {"http://unix:/run/$arg_to:/u", "localhost", ""},
        {"$arg_to", "(absent)", "(absent)"},
    };
    for (const auto& [url, host, port] : rows) {
        CAPTURE(url);
        ScopeSetup setup;
        route::ProxyPass pass;
        pass.url = setup.compile(url);
        setup.site().root.content = std::move(pass);
        setup.request("GET /?to=a.example HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(setup.text("proxy_host") == host);
        CHECK(setup.text("proxy_port") == port);
    }
}

TEST_CASE("a Unix listener and its clients have names of their own") {
    ScopeSetup setup;
    setup.listening.address = net::Address::unix_socket("/run/s.sock");
    setup.client = net::Address::unix_socket("");
    setup.x.requester = &setup.requester;
    setup.request(get(""));
    CHECK(setup.text("remote_addr") == "unix:");
    CHECK(setup.text("remote_port") == "");
    CHECK(setup.text("binary_remote_addr") == "unix:");
    CHECK(setup.text("server_addr") == "unix:/run/s.sock");
    CHECK(setup.text("server_port") == "");
    CHECK(setup.text("proxy_add_x_forwarded_for") == "unix:");
}

TEST_CASE("IPv6 clients have 16 bytes") {
    ScopeSetup setup;
    setup.client = address("2001:db8::7", 1);
    setup.listening.address = address("2001:db8::1", 80);
    setup.x.requester = &setup.requester;
    setup.request(get(""));
    CHECK(setup.text("remote_addr") == "2001:db8::7");
    CHECK(setup.text("binary_remote_addr") == std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16));
    CHECK(setup.text("server_addr") == "2001:db8::1");
}

TEST_CASE("args and limit_rate may be set, and the request then goes on with them") {
    ScopeSetup setup;
    auto names = setup.names();
    const auto args = names.index_of("args").value(), rate = names.index_of("limit_rate").value();
    route::Scope& scope = setup.request("GET /p?a=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(scope.uri_is_as_sent);
    scope.set(args, "b=2");
    CHECK_FALSE(scope.uri_is_as_sent);
    CHECK(setup.text("args") == "b=2");
    CHECK(setup.text("arg_b") == "2");
    CHECK(setup.text("arg_a") == "(absent)");
    CHECK(setup.text("request_uri") == "/p?a=1");
    scope.set(rate, "10k");
    CHECK(setup.text("limit_rate") == "10240");
    scope.set(rate, "fast");
    CHECK(setup.text("limit_rate") == "10240");
}

TEST_CASE("a question mark alone asks for nothing") {
    const std::string request = "GET /p? HTTP/1.1\r\nHost: h\r\n\r\n";
    CHECK(of_bare(request, "args") == "(absent)");
    CHECK(of_bare(request, "query_string") == "(absent)");
    CHECK(of_bare(request, "is_args") == "");
    CHECK(of_bare(request, "request_uri") == "/p?");
}

TEST_CASE("the port that a client asks for is that of the target, else of Host") {
    const std::pair<const char*, const char*> rows[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", ""},
        {"GET / HTTP/1.1\r\nHost: h:\r\n\r\n", ""},
        {"GET / HTTP/1.1\r\nHost: h:8080\r\n\r\n", ":8080"},
        {"GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", ""},
        {"GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", ":81"},
        {"GET http://h:8080/ HTTP/1.1\r\nHost: h:9000\r\n\r\n", ":8080"},
        {"GET http://h/ HTTP/1.1\r\nHost: h:9000\r\n\r\n", ""},
        {"GET / HTTP/1.0\r\n\r\n", ""},
    };
    for (const auto& [request, port] : rows) {
        CAPTURE(request);
        CHECK(of_bare(request, "is_request_port") + of_bare(request, "request_port") == port);
    }
}

TEST_CASE("a request id stays the same, and differs from the next") {
    ScopeSetup setup;
    setup.request(get(""));
    const auto id = setup.text("request_id");
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(setup.text("request_id") == id);
    setup.x.record.id = {};
    CHECK(setup.text("request_id") != id);
}

TEST_CASE("times count up to now until their end has come") {
    ScopeSetup setup;
    setup.x.record.began = setup.clock.now();
    Attempt& attempt = setup.x.record.begin_attempt("p", setup.clock.now());
    setup.request(get(""));
    setup.clock.advance(std::chrono::microseconds(1'999));
    CHECK(setup.text("request_time") == "0.001");
    CHECK(setup.text("upstream_response_time") == "-");
    CHECK(setup.text("upstream_status") == "-");
    setup.clock.advance(std::chrono::seconds(100'000));
    attempt.ended = setup.clock.now();
    CHECK(setup.text("request_time") == "100000.001");
    CHECK(setup.text("upstream_response_time") == "100000.001");
    setup.x.record.last_byte = {0};  // a clock that went back
    CHECK(setup.text("request_time") == "0.000");
}

TEST_CASE("statuses of attempts that failed are those of nginx") {
    const std::tuple<Reason, int, const char*> rows[] = {
        {Reason::none, 0, "-"},
        {Reason::none, 404, "404"},
        {Reason::peer_refused, 0, "502"},
        {Reason::peer_connect_timed_out, 0, "504"},
        {Reason::peer_timed_out, 0, "504"},
        {Reason::peer_malformed, 0, "502"},
        {Reason::peer_truncated, 200, "200"},
        {Reason::client_closed, 0, "-"},
        {Reason::no_live_peer, 0, "502"},
        {Reason::internal, 0, "-"},
    };
    for (const auto& [reason, status, text] : rows) {
        ScopeSetup setup;
        Attempt& attempt = setup.x.record.begin_attempt("p", {0});
        attempt.reason = reason;
        attempt.status = status;
        setup.request(get(""));
        CAPTURE(static_cast<int>(reason));
        CHECK(setup.text("upstream_status") == text);
    }
}

TEST_CASE("all attempts are kept, and redirects show between them") {
    exchange::Record record;
    record.redirected = true;  // before the first attempt: nothing to part
    for (int i = 0; i < 9; ++i) {
        record.begin_attempt("p", {i});
        if (i == 4) record.redirected = true;
    }
    REQUIRE(record.attempts.size() == 9);
    for (std::size_t i = 0; i < 9; ++i) {
        CHECK(record.attempts[i].picked == core::Instant{static_cast<std::int64_t>(i)});
        CHECK(record.attempts[i].after_redirect == (i == 5));
    }
    CHECK(record.last_attempt() == &record.attempts.back());
}

TEST_CASE("the status of an error page is that of the error, until the answer has one") {
    ScopeSetup setup;
    setup.request(get(""));
    setup.scope->error_status = 404;
    CHECK(setup.text("status") == "404");
    setup.x.record.status = 200;
    CHECK(setup.text("status") == "200");
    setup.x.record.status = 9;
    CHECK(setup.text("status") == "009");
    setup.x.record.status = 101;
    CHECK(setup.text("sent_http_connection") == "upgrade");
    setup.x.record.status = 204;
    CHECK(setup.text("sent_http_connection") == "close");
}

TEST_CASE("the month of ISO 8601 is right in every month") {
    for (int month = 0; month < 12; ++month) {
        ScopeSetup setup;
        setup.clock.advance(std::chrono::hours(24 * 30 * month));
        setup.request(get(""));
        CHECK(setup.text("time_iso8601") == iso_8601(setup.clock.wall().seconds()));
    }
}

TEST_CASE("PROXY protocol values that end too early are not read past their end") {
    const std::string whole(
        "\x20\x00\x0a\x07\x00\x00\x00\x01\x22\x00\x02"
        "cn\x02\x00\x02"
        "au",
        18);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        CAPTURE(size);
        ScopeSetup setup;
        exchange::ProxyHeader header;
        // Exactly that many bytes on the heap: a sanitizer sees a step further.
        header.tlvs = whole.substr(0, size);
        header.tlvs.shrink_to_fit();
        setup.x.record.proxy_header = &header;
        setup.request(get(""));
        CHECK(setup.text("proxy_protocol_tlv_authority") == (size == whole.size() ? "au" : "(absent)"));
        CHECK(setup.text("proxy_protocol_tlv_ssl_cn") == (size >= 13 ? "cn" : "(absent)"));
        CHECK(setup.text("proxy_protocol_tlv_ssl_verify") == (size >= 13 ? "1" : "(absent)"));
    }
}
