#include <string>

#include "exchange/http1_body.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

/// Names of the trailer fields that are passed on.
std::string kept(std::string trailers) {
    std::string message = "1\r\nx\r\n0\r\n" + trailers + "\r\n";
    exchange::BodyReader reader({nullptr, core::Side::peer, core::Stage::response_body, {}}, {.kind = http::BodyKind::chunked}, message);
    REQUIRE(reader.take_buffered().has_value());
    REQUIRE(reader.done());
    std::string out;
    for (const auto& field : reader.trailers()) (out += field.name) += ' ';
    return out;
}

}  // namespace

TEST_CASE("trailers pass") { CHECK(kept("X-Sum: 12\r\nDate: now\r\ngrpc-status: 0\r\nServer-Timing: a\r\n") == "X-Sum Date grpc-status Server-Timing "); }

TEST_CASE("a trailer that could change how its message is understood is left out") {
    for (const std::string name :
         {"Content-Length", "content-range", "Content-Whatever", "Transfer-Encoding", "Host", "Connection", "TE", "Trailer", "Authorization",
          "Cookie", "Set-Cookie", "Forwarded", "X-Forwarded-For", "x-forwarded-prefix", "X-Real-IP", "If-Match", "Range", "Expect",
          "Cache-Control", "Proxy-Authorization", "X_Sum"}) {
        INFO(name);
        CHECK(kept(name + ": 1\r\nX-Sum: 12\r\n") == "X-Sum ");
    }
}
