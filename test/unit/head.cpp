#include "http/head.hpp"

#include <cctype>
#include <cstring>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

const HeadLimits limits;

const std::string request_text =
    "POST /a/b?c=d HTTP/1.1\r\nHost: example.com\r\nX-Empty:\r\nX-Tab:\t a\tb \t\r\nCONTENT-length: 5\r\n\r\n";
const std::string response_text = "HTTP/1.0 404 Not here\r\nServer: x\r\nDate: now\r\nX-\xc3\xa9tat: no\r\n\r\n";

HeadOutcome request(std::string_view text, RequestHead& head, std::size_t seen = 0, HeadLimits with = limits) {
    return parse_request_head(text, seen, with, head);
}

HeadOutcome request(std::string_view text, HeadLimits with = limits) {
    RequestHead head;
    return parse_request_head(text, 0, with, head);
}

HeadOutcome response(std::string_view text, ResponseHead& head, HeadLimits with = limits) {
    return parse_response_head(text, 0, with, head);
}

/// Feeds `text` in pieces that end at the given positions, as a reader would; the last outcome.
HeadOutcome fed(std::string_view text, const std::vector<std::size_t>& ends, RequestHead& head,
                HeadLimits with = limits) {
    std::size_t seen = 0;
    HeadOutcome outcome;
    for (const std::size_t end : ends) {
        outcome = parse_request_head(text.substr(0, end), seen, with, head);
        if (outcome.state != HeadState::need_more) return outcome;
        seen = end;
    }
    return outcome;
}

std::vector<std::size_t> every_byte(std::size_t size) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 1; i <= size; ++i) ends.push_back(i);
    return ends;
}

void require_same(const RequestHead& a, const RequestHead& b) {
    REQUIRE(a.method == b.method);
    REQUIRE(a.target == b.target);
    REQUIRE(a.minor == b.minor);
    REQUIRE(a.line == b.line);
    REQUIRE(a.fields.size() == b.fields.size());
    for (std::size_t i = 0; i < a.fields.size(); ++i) {
        REQUIRE(a.fields[i].name == b.fields[i].name);
        REQUIRE(a.fields[i].value == b.fields[i].value);
        REQUIRE(a.fields[i].id == b.fields[i].id);
    }
}

}  // namespace

TEST_CASE("a request head becomes views of its parts") {
    RequestHead head;
    const std::string text = request_text + "body";
    const HeadOutcome outcome = request(text, head);
    REQUIRE(outcome.state == HeadState::complete);
    CHECK(outcome.size == request_text.size());
    CHECK(head.method == Method::post);
    CHECK(head.method_name == "POST");
    CHECK(head.target == "/a/b?c=d");
    CHECK(head.minor == 1);
    CHECK(head.line == "POST /a/b?c=d HTTP/1.1");
    REQUIRE(head.fields.size() == 4);
    CHECK(head.fields[0].name == "Host");
    CHECK(head.fields[0].value == "example.com");
    CHECK(head.fields[0].id == FieldId::host);
    CHECK(head.fields[1].value.empty());
    CHECK(head.fields[1].id == FieldId::other);
    CHECK(head.fields[2].value == "a\tb");
    CHECK(head.fields[3].name == "CONTENT-length");
    CHECK(head.fields[3].id == FieldId::content_length);
}

TEST_CASE("a response head becomes views of its parts") {
    ResponseHead head;
    const std::string text = "HTTP/1.0 404 Not here\r\nServer: x\r\nDate:now\r\n\r\n";
    REQUIRE(response(text, head).state == HeadState::complete);
    CHECK(head.minor == 0);
    CHECK(head.status == 404);
    CHECK(head.reason == "Not here");
    REQUIRE(head.fields.size() == 2);
    CHECK(head.fields[1].id == FieldId::date);
    CHECK(response(response_text, head).status == 502);  // a name beyond ASCII
}

TEST_CASE("a reason phrase may be empty, or missing with its space") {
    ResponseHead head;
    for (const char* line : {"HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200\n\n"}) {
        REQUIRE(response(line, head).state == HeadState::complete);
        CHECK(head.status == 200);
        CHECK(head.reason.empty());
    }
    CHECK(response("HTTP/1.1 999 \xe9t\xe9 \t!\r\n\r\n", head).state == HeadState::complete);
    CHECK(head.reason == "\xe9t\xe9 \t!");
}

TEST_CASE("empty lines before a request are skipped and counted") {
    RequestHead head;
    const std::string text = "\r\n\n" + request_text;
    CHECK(request(text, head).size == text.size());
    CHECK(head.line == "POST /a/b?c=d HTTP/1.1");
    CHECK(request(std::string(64, '\n') + request_text).state == HeadState::complete);
    CHECK(request(std::string(65, '\n')).status == 400);
    CHECK(request("\r\n\r").state == HeadState::need_more);
    CHECK(request("\r\r\n").status == 400);
    ResponseHead answer;
    CHECK(response("\r\nHTTP/1.1 200 OK\r\n\r\n", answer).status == 502);
}

TEST_CASE("a client of TLS at a port without is told as that") {
    RequestHead head;
    const HeadOutcome outcome = parse_request_head("\x16\x03\x01\x02", 0, {}, head);
    CHECK(outcome.status == 400);
    CHECK(std::string(outcome.why).find("TLS") != std::string::npos);
}

TEST_CASE("law: however a head is cut in two, the result is the same") {
    RequestHead whole, split;
    const HeadOutcome expected = request(request_text, whole);
    for (std::size_t cut = 1; cut < request_text.size(); ++cut) {
        INFO("cut at " << cut);
        REQUIRE(request(request_text.substr(0, cut)).state == HeadState::need_more);
        const HeadOutcome outcome = fed(request_text, {cut, request_text.size()}, split);
        REQUIRE(outcome.state == HeadState::complete);
        REQUIRE(outcome.size == expected.size);
        require_same(whole, split);
    }
    ResponseHead answer;
    const std::string text = "HTTP/1.1 200 Fine\r\nServer: x\nDate: now\r\n\r\n";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        REQUIRE(parse_response_head(text.substr(0, cut), 0, limits, answer).state == HeadState::need_more);
        REQUIRE(parse_response_head(text, cut, limits, answer).state == HeadState::complete);
        REQUIRE(answer.fields.size() == 2);
    }
}

TEST_CASE("law: fed byte by byte, good and bad heads end as they do at once") {
    const std::vector<std::string> texts = {
        request_text,
        "\r\n" + request_text,
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + std::string(70, 'x') + "\r\n\r\n",
        "GET /" + std::string(70, 'x') + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n" + std::string("A: b\r\n") + std::string("C: d\r\n") + "E: f\r\nG: h\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + std::string(58, 'x') + "\x01\r\n\r\n",
    };
    for (const HeadLimits& with : {limits, HeadLimits{60, 120, 3}, HeadLimits{61, 50, 3}}) {
        for (const std::string& text : texts) {
            INFO(text);
            RequestHead whole, dribbled;
            const HeadOutcome expected = request(text, whole, 0, with);
            const HeadOutcome outcome = fed(text, every_byte(text.size()), dribbled, with);
            REQUIRE(outcome.state == expected.state);
            REQUIRE(outcome.status == expected.status);
            REQUIRE(outcome.size == expected.size);
            if (outcome.state == HeadState::complete) require_same(whole, dribbled);
        }
    }
}

TEST_CASE("law: no control character but HTAB in a value gets through, wherever it stands") {
    for (int c = 0; c < 0x20; ++c) {
        for (std::size_t at = 0; at < request_text.size(); ++at) {
            std::string text = request_text;
            if (text[at] == '\r' || text[at] == '\n') continue;
            text[at] = static_cast<char>(c);
            const HeadOutcome outcome = request(text);
            const bool in_value = at > text.find("Host:") && c == '\t';
            const bool new_line = c == '\n';  // may well make two good lines of one
            if (in_value || new_line) continue;
            INFO("byte " << c << " at " << at);
            REQUIRE(outcome.state == HeadState::failed);
            REQUIRE(outcome.status == 400);
            REQUIRE(std::string_view(outcome.why) != "");
        }
    }
}

TEST_CASE("law: a byte is found wherever it stands in a long value, target or name") {
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string good(size, 'x');
        for (const char bad : {'\0', '\x01', '\x1f', '\x7f'}) {
            REQUIRE(request("GET / HTTP/1.1\r\nA: " + good + bad + good + "\r\n\r\n").status == 400);
            REQUIRE(request("GET /" + good + bad + good + " HTTP/1.1\r\n\r\n").status == 400);
            REQUIRE(request("GET / HTTP/1.1\r\nA" + good + bad + good + ": b\r\n\r\n").status == 400);
        }
        RequestHead head;
        const std::string odd = good + "\t\x80\xff " + good + "~";
        const std::string text = "GET / HTTP/1.1\r\nA" + good + "_9: " + odd + "\r\n\r\n";
        REQUIRE(request(text, head).state == HeadState::complete);
        REQUIRE(head.fields[0].value == (size ? odd : odd.substr(1)));
        REQUIRE(head.fields[0].name.size() == size + 3);
    }
}

TEST_CASE("what cannot start a message fails with its first byte") {
    for (int c = 0; c < 256; ++c) {
        const std::string text(1, static_cast<char>(c));
        const bool token = c < 128 && (std::isalnum(c) != 0 || (c && std::strchr("!#$%&'*+-.^_`|~\r\n", c)));
        INFO("byte " << c);
        CHECK(request(text).state == (token ? HeadState::need_more : HeadState::failed));
        ResponseHead head;
        if (c != '\r')  // which says nothing before the byte after it
            CHECK(response(text, head).state == (c == 'H' ? HeadState::need_more : HeadState::failed));
    }
    CHECK(request("\x16\x03\x01").status == 400);
}

TEST_CASE("limits hold to the byte, and without waiting for the end of what is too long") {
    const HeadLimits small{20, 60, 2};
    CHECK(request("GET /12345 HTTP/1.1\r\n\r\n", small).state == HeadState::complete);   // 19
    CHECK(request("GET /123456 HTTP/1.1\r\n\r\n", small).state == HeadState::complete);  // 20
    CHECK(request("GET /1234567 HTTP/1.1\r\n\r\n", small).status == 414);
    CHECK(request("GET /123456789012345", small).state == HeadState::need_more);
    CHECK(request("GET /1234567890123456", small).status == 414);
    CHECK(request("GET / HTTP/1.1\r\nA: 45678901234567890\r\n\r\n", small).state == HeadState::complete);
    CHECK(request("GET / HTTP/1.1\r\nA: 45678901234567890\r", small).state == HeadState::need_more);
    CHECK(request("GET / HTTP/1.1\r\nA: 456789012345678901\r\n\r\n", small).status == 431);
    CHECK(request("GET / HTTP/1.1\r\nA: 456789012345678901", small).status == 431);
    CHECK(request("GET / HTTP/1.1\r\nA:1\r\nB:2\r\n\r\n", small).state == HeadState::complete);
    CHECK(request("GET / HTTP/1.1\r\nA:1\r\nB:2\r\nC:3\r\n\r\n", small).status == 431);

    const HeadLimits total{60, 30, 9};  // "GET / HTTP/1.1\r\n" is 16, the empty line 2
    CHECK(request("GET / HTTP/1.1\r\nA:12345678\r\n\r\n", total).state == HeadState::complete);
    CHECK(request("GET / HTTP/1.1\r\nA:12345678\r\n", total).state == HeadState::need_more);
    CHECK(request("GET / HTTP/1.1\r\nA:123456789\r\n\r\n", total).status == 431);
    CHECK(request("GET / HTTP/1.1\r\nA:123456789012", total).status == 431);
    ResponseHead head;
    CHECK(response("HTTP/1.1 200 OK\r\nA:123456789012", head, total).status == 502);
}

TEST_CASE("a sender that dribbles without an end is stopped at the limits") {
    for (const std::string& start : {std::string("GET /"), std::string("GET / HTTP/1.1\r\nA: ")}) {
        std::string text = start;
        HeadOutcome outcome = request(text);
        RequestHead head;
        while (outcome.state == HeadState::need_more && text.size() < 100000) {
            const std::size_t seen = text.size();
            text += 'x';
            outcome = request(text, head, seen);
        }
        CHECK(outcome.status == (start.size() == 5 ? 414 : 431));
        CHECK(text.size() == limits.line + 1 + (start.size() == 5 ? 0 : 16));
    }
}

TEST_CASE("trailers follow the rules of fields") {
    Fields fields;
    const auto trailers = [&](std::string_view text) { return parse_trailers(text, 0, limits, fields); };
    CHECK(trailers("\r\nmore").size == 2);
    CHECK(trailers("A: b\r\nC:d\n\r\nmore").size == 12);
    CHECK(fields.size() == 2);
    CHECK(trailers("").state == HeadState::need_more);
    CHECK(trailers("\r").state == HeadState::need_more);
    CHECK(trailers("A: b\r\n").state == HeadState::need_more);
    CHECK(trailers("A : b\r\n").status == 400);
    CHECK(trailers(" A: b\r\n").status == 400);
    CHECK(trailers("\rA").status == 400);
    CHECK(parse_trailers("A: b\r\nC: d\r\n\r\n", 8, limits, fields).size == 14);
    CHECK(fields.size() == 2);
}

TEST_CASE("parsing again keeps the room that fields have") {
    RequestHead head;
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    many += "\r\n";
    REQUIRE(request(many, head).state == HeadState::complete);
    const std::size_t room = head.fields.capacity();
    REQUIRE(request(request_text, head).state == HeadState::complete);
    CHECK(head.fields.size() == 4);
    CHECK(head.fields.capacity() == room);
}
