#include "http/framing.hpp"

#include <array>
#include <initializer_list>
#include <utility>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

using Pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Fields fields_of(Pairs pairs) {
    Fields fields;
    for (const auto& [name, value] : pairs) fields.push_back({name, value, field_id(name)});
    return fields;
}

Framing request(Pairs pairs, int minor = 1) {
    RequestHead head;
    head.minor = minor;
    head.fields = fields_of(pairs);
    return frame_request(head);
}

Framing response(Pairs pairs, int status = 200, Method method = Method::get, int minor = 1) {
    ResponseHead head;
    head.minor = minor;
    head.status = status;
    head.fields = fields_of(pairs);
    return frame_response(head, method);
}

}  // namespace

TEST_CASE("requests have a body when their fields say so") {
    CHECK(request({}).kind == BodyKind::none);
    CHECK(request({{"Content-Length", "0"}}).kind == BodyKind::length);
    CHECK(request({{"Content-Length", "42"}}).length == 42);
    CHECK(request({{"Content-Length", "0042"}}).length == 42);
    CHECK(request({{"Transfer-Encoding", "CHUNKED"}}).kind == BodyKind::chunked);
    CHECK(request({{"Content-Length", "7"}}, 0).length == 7);
}

TEST_CASE("a Content-Length is digits up to 2^63-1") {
    CHECK(request({{"Content-Length", "9223372036854775807"}}).length == 9223372036854775807u);
    CHECK(request({{"Content-Length", "000000000000000000000000000000000000001"}}).length == 1);
    for (const char* bad : {"9223372036854775808", "18446744073709551616", "99999999999999999999999", "", "+1", "-1",
                            "1 1", "1,1", "1, 1", "0x10", "1.0", "1e3", "a", "1a", "\xd9\xa1", "1\t"}) {
        INFO(bad);
        CHECK(request({{"Content-Length", bad}}).status == 400);
        CHECK(request({{"Content-Length", bad}}).error != nullptr);
        CHECK(response({{"Content-Length", bad}}).status == 502);
    }
}

TEST_CASE("what could be read in two ways is refused") {
    CHECK(request({{"Content-Length", "1"}, {"Content-Length", "2"}}).status == 400);
    CHECK(request({{"Content-Length", "1"}, {"Content-Length", "1"}}).status == 400);
    CHECK(request({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}).status == 400);
    CHECK(request({{"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}}).status == 400);
    CHECK(request({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}).status == 400);
    CHECK(request({{"Transfer-Encoding", "chunked"}}, 0).status == 400);
    CHECK(response({{"Transfer-Encoding", "chunked"}}, 200, Method::get, 0).status == 502);
}

TEST_CASE("transfer codings: one chunked, and why not otherwise") {
    struct Row {
        const char* value;
        int status;
    };
    constexpr std::array rows{
        Row{"gzip", 501},
        Row{"gzip, chunked", 501},
        Row{"gzip;level=9, chunked", 501},
        Row{"identity", 501},
        Row{"xchunked", 501},
        Row{"chunkedx", 501},
        Row{"chunked, chunked", 400},
        Row{"chunked, gzip", 400},
        Row{"chunked;q=1", 400},
        Row{"chunked ;", 400},
        Row{"gzip, chunked;a", 400},
        Row{"", 400},
        Row{",", 400},
        Row{"chunked,", 400},
        Row{",chunked", 400},
        Row{"chun ked", 400},
        Row{"\"chunked\"", 400},
        Row{"chunked\"", 400},
        Row{"\xffhunked", 400},
        Row{"gzip chunked", 400},
    };
    for (const Row& row : rows) {
        INFO(row.value);
        CHECK(request({{"Transfer-Encoding", row.value}}).status == row.status);
        CHECK(response({{"Transfer-Encoding", row.value}}).status == 502);
    }
}

TEST_CASE("fields that may come once only, and others") {
    for (const char* name : {"Authorization", "Content-Range", "Expect", "If-Match", "If-Modified-Since", "If-None-Match", "if-range", "IF-UNMODIFIED-SINCE"}) {
        INFO(name);
        Fields fields;
        for (const char* known : {"Host", name, "X-A", name, "X-A"}) fields.push_back({known, "1", field_id(known)});
        REQUIRE(find_second(fields) == &fields[3]);
        fields[3] = {"Other", "1", FieldId::other};
        CHECK(find_second(fields) == nullptr);
    }
    for (const char* name : {"Cookie", "Range", "Referer", "User-Agent", "X-Forwarded-For", "Accept-Encoding", "Via"}) {
        INFO(name);
        Fields fields;
        for (int i = 0; i < 2; ++i) fields.push_back({name, "1", field_id(name)});
        CHECK(find_second(fields) == nullptr);
    }
}

TEST_CASE("responses without a length end with the connection") {
    CHECK(response({}).kind == BodyKind::until_close);
    CHECK(response({}, 404, Method::post, 0).kind == BodyKind::until_close);
    CHECK(response({{"Content-Length", "3"}}).length == 3);
    CHECK(response({{"Transfer-Encoding", "chunked"}}).kind == BodyKind::chunked);
    CHECK(response({}, 205).kind == BodyKind::until_close);
}

TEST_CASE("some responses have no body whatever their fields say") {
    for (const int status : {100, 101, 103, 199, 204, 304}) {
        CHECK(response({{"Content-Length", "3"}}, status).kind == BodyKind::none);
        CHECK(response({{"Transfer-Encoding", "chunked"}}, status).error == nullptr);
    }
    CHECK(response({{"Content-Length", "3"}}, 200, Method::head).kind == BodyKind::none);
    CHECK(response({}, 500, Method::head).kind == BodyKind::none);
}

TEST_CASE("keep-alive is the default of 1.1 and an option of 1.0") {
    CHECK(keeps_alive(1, fields_of({})));
    CHECK_FALSE(keeps_alive(0, fields_of({})));
    CHECK(keeps_alive(0, fields_of({{"Connection", "Keep-Alive"}})));
    CHECK(keeps_alive(0, fields_of({{"Connection", "x"}, {"Connection", "te, keep-alive"}})));
    CHECK_FALSE(keeps_alive(1, fields_of({{"Connection", "upgrade, CLOSE"}})));
    CHECK_FALSE(keeps_alive(1, fields_of({{"Connection", "keep-alive"}, {"Connection", "close"}})));
    CHECK_FALSE(keeps_alive(0, fields_of({{"Connection", "keep-alive, close"}})));
    CHECK(keeps_alive(1, fields_of({{"X-Connection", "close"}})));
}
