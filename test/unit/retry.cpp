#include "proxy/retry.hpp"

#include "route/settings.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace sluice;
using core::Code;
using core::Side;
using core::Stage;
using http::Method;
using proxy::FailedAttempt;
using proxy::Retry;
namespace when = route::next_upstream;

namespace {

struct Row {
    const char* name;
    FailedAttempt attempt;
    bool tries_left;
    Retry retry;
    bool marks;
};

const FailedAttempt reset{
    {Code::reset, Side::peer, Stage::response_head, 0}, Method::get, false, true, false, true, false};

FailedAttempt but(FailedAttempt a, void (*change)(FailedAttempt&)) {
    change(a);
    return a;
}

const FailedAttempt post = but(reset, [](auto& a) { a.method = Method::post; });
const FailedAttempt stale = but(reset, [](auto& a) { a.reused = true; });

const std::vector<Row> rows{
    {"GET, reset", reset, true, Retry::other_peer, true},
    {"GET, reset, no peer left", reset, false, Retry::no, true},
    {"GET, part of a head came", but(reset, [](auto& a) { a.response_begun = true; }), true, Retry::other_peer, true},
    {"GET, the client has bytes", but(reset, [](auto& a) { a.answer_begun = true; }), true, Retry::no, true},
    {"GET, part of its body is lost", but(reset, [](auto& a) { a.body_replayable = false; }), true, Retry::no, true},
    {"POST that may have been seen", post, true, Retry::no, true},
    {"POST, unseen", but(post, [](auto& a) { a.peer_may_have_seen = false; }), true, Retry::other_peer, true},
    {"POST, refused",
     but(post,
         [](auto& a) {
             a.failure = {Code::refused, Side::peer, Stage::connect, 0}, a.peer_may_have_seen = false;
         }),
     true, Retry::other_peer, true},
    {"POST, refused, no peer left",
     but(post,
         [](auto& a) {
             a.failure = {Code::refused, Side::peer, Stage::connect, 0}, a.peer_may_have_seen = false;
         }),
     false, Retry::no, true},
    {"GET, stale connection", stale, true, Retry::same_peer, false},
    {"GET, stale connection, no peer left", stale, false, Retry::same_peer, false},
    {"GET, end of stream on a kept connection", but(stale, [](auto& a) { a.failure.code = Code::end_of_stream; }), true,
     Retry::same_peer, false},
    {"GET, kept connection, but an answer had begun", but(stale, [](auto& a) { a.response_begun = true; }), true,
     Retry::other_peer, true},
    {"GET, time-out on a kept connection", but(stale, [](auto& a) { a.failure.code = Code::timed_out; }), true,
     Retry::other_peer, true},
    {"POST, stale connection, seen", but(stale, [](auto& a) { a.method = Method::post; }), true, Retry::no, false},
    {"POST, stale connection, unseen",
     but(stale, [](auto& a) { a.method = Method::post, a.peer_may_have_seen = false; }), true, Retry::same_peer, false},
    {"the client left", but(reset, [](auto& a) { a.failure.side = Side::client; }), true, Retry::no, false},
    {"out of descriptors",
     but(reset,
         [](auto& a) {
             a.failure = {Code::no_descriptors, Side::self, Stage::connect, 24};
         }),
     true, Retry::no, false},
    {"our own fault",
     but(reset,
         [](auto& a) {
             a.failure = {Code::system, Side::self, Stage::connect, 5};
         }),
     true, Retry::no, false},
    {"malformed answer to GET", but(reset, [](auto& a) { a.failure.code = Code::malformed, a.response_begun = true; }),
     true, Retry::no, true},
};

constexpr std::uint32_t all = when::error | when::timeout | when::invalid_header;

}  // namespace

TEST_CASE("what is retried and what marks a peer") {
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(proxy::may_retry(row.attempt, when::usual, row.tries_left) == row.retry);
        CHECK(proxy::marks_peer(row.attempt) == row.marks);
    }
}

TEST_CASE("laws of the retry") {
    constexpr Code codes[] = {Code::end_of_stream,  Code::reset,        Code::refused,   Code::unreachable,
                              Code::timed_out,      Code::cancelled,    Code::malformed, Code::too_large,
                              Code::no_descriptors, Code::no_live_peer, Code::system};
    for (const Code code : codes)
        for (const Side side : {Side::self, Side::client, Side::peer})
            for (const Stage stage : {Stage::connect, Stage::send, Stage::response_head, Stage::response_body})
                for (const Method method : {Method::get, Method::put, Method::post, Method::other})
                    for (int bits = 0; bits < 64; ++bits) {
                        const FailedAttempt a{{code, side, stage, 0}, method,          (bits & 1) != 0, (bits & 2) != 0,
                                              (bits & 4) != 0,        (bits & 8) != 0, (bits & 16) != 0};
                        const Retry retry = proxy::may_retry(a, all, (bits & 32) != 0);
                        if (retry == Retry::no) continue;
                        const bool safe = http::is_idempotent(method) || !a.peer_may_have_seen;
                        const bool lawful = safe && !a.answer_begun && a.body_replayable && side != Side::client;
                        const bool possible =
                            retry == Retry::same_peer ? a.reused && !a.response_begun : (bits & 32) != 0;
                        if (!lawful || !possible)
                            FAIL("retried: code " << int(code) << " side " << int(side) << " bits " << bits);
                    }
    SUCCEED();
}

TEST_CASE("proxy_next_upstream: what another peer is asked for") {
    struct Case {
        const char* name;
        FailedAttempt attempt;
        std::uint32_t conditions;
        Retry retry;
    };
    const auto with = [](FailedAttempt a, Code code) {
        a.failure.code = code;
        return a;
    };
    const Case cases[] = {
        {"error", reset, when::error, Retry::other_peer},
        {"an error, not asked for", reset, when::timeout, Retry::no},
        {"refused", with(reset, Code::refused), when::error, Retry::other_peer},
        {"timeout", with(reset, Code::timed_out), when::timeout, Retry::other_peer},
        {"a time-out, not asked for", with(reset, Code::timed_out), when::error, Retry::no},
        {"invalid_header", with(reset, Code::malformed), when::invalid_header, Retry::other_peer},
        {"too large a head", with(reset, Code::too_large), when::invalid_header, Retry::other_peer},
        {"malformed, not asked for", with(reset, Code::malformed), when::usual, Retry::no},
        {"off", reset, when::off, Retry::no},
        {"off beside others", reset, when::off | when::error, Retry::no},
        {"off, stale", stale, when::off, Retry::no},
        {"POST that may have been seen", post, when::error, Retry::no},
        {"POST, non_idempotent", post, when::error | when::non_idempotent, Retry::other_peer},
        {"POST, non_idempotent alone", post, when::non_idempotent, Retry::no},
    };
    for (const auto& c : cases) {
        INFO(c.name);
        CHECK(proxy::may_retry(c.attempt, c.conditions, true) == c.retry);
    }
}

TEST_CASE("proxy_next_upstream: which answers are declined") {
    const std::pair<int, std::uint32_t> statuses[] = {{403, when::http_403}, {404, when::http_404}, {429, when::http_429}, {500, when::http_500},
                                                      {502, when::http_502}, {503, when::http_503}, {504, when::http_504}};
    for (const auto& [status, bit] : statuses) {
        INFO(status);
        CHECK(proxy::declines(status, Method::get, true, bit));
        CHECK_FALSE(proxy::declines(status, Method::get, true, ~bit & ~when::off));
        CHECK_FALSE(proxy::declines(status, Method::get, true, bit | when::off));
        CHECK_FALSE(proxy::declines(status, Method::get, false, bit));
        CHECK_FALSE(proxy::declines(status, Method::post, true, bit));
        CHECK(proxy::declines(status, Method::post, true, bit | when::non_idempotent));
        CHECK(proxy::marks_peer(status) == (status != 403 && status != 404));
    }
    for (const int status : {200, 301, 401, 501, 505}) CHECK_FALSE(proxy::declines(status, Method::get, true, ~when::off));
}
