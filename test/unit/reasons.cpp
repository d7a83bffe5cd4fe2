#include "exchange/reasons.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;
using core::Code;
using core::Failure;
using core::Side;
using core::Stage;

namespace {
struct Row {
    Failure failure;
    Reason reason;
};
}  // namespace

TEST_CASE("every reason has its row, and names are different") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Reason::count_); ++i) {
        const auto reason = static_cast<Reason>(i);
        CHECK(row(reason).reason == reason);
        CHECK(names.insert(row(reason).name).second);
        CHECK((reason == Reason::none || row(reason).status >= 400));
        CHECK((reason == Reason::none || !row(reason).words.empty()));
        if (row(reason).marks_peer) CHECK(row(reason).status / 100 == 5);
        if (reason == Reason::none) continue;
        CHECK_FALSE(row(reason).cause.empty());
        CHECK_FALSE(row(reason).remedy.empty());
        // RFC 9209 2.3 and what IANA has registered.
        static constexpr std::string_view registered[] = {
            "", "dns_timeout", "dns_error", "destination_not_found", "destination_unavailable", "destination_ip_prohibited",
            "destination_ip_unroutable", "connection_refused", "connection_terminated", "connection_timeout", "connection_read_timeout",
            "connection_write_timeout", "connection_limit_reached", "http_request_error", "http_request_denied", "http_response_incomplete",
            "http_protocol_error", "http_response_header_section_size", "http_response_timeout", "proxy_internal_error", "tls_protocol_error", "tls_certificate_error", "proxy_configuration_error"};
        CHECK(std::ranges::find(registered, row(reason).error_type) != std::end(registered));
    }
}

TEST_CASE("what a failure amounts to") {
    const std::vector<Row> rows{
        {{Code::refused, Side::peer, Stage::connect}, Reason::peer_refused},
        {{Code::unreachable, Side::peer, Stage::connect}, Reason::peer_unreachable},
        {{Code::timed_out, Side::peer, Stage::connect}, Reason::peer_connect_timed_out},
        {{Code::timed_out, Side::peer, Stage::send}, Reason::peer_send_timed_out},
        {{Code::timed_out, Side::peer, Stage::request_body}, Reason::peer_send_timed_out},
        {{Code::timed_out, Side::peer, Stage::response_head}, Reason::peer_timed_out},
        {{Code::timed_out, Side::peer, Stage::response_body}, Reason::peer_timed_out},
        {{Code::reset, Side::peer, Stage::response_head}, Reason::peer_reset},
        {{Code::reset, Side::peer, Stage::response_body}, Reason::peer_truncated},
        {{Code::end_of_stream, Side::peer, Stage::response_head}, Reason::peer_closed},
        {{Code::end_of_stream, Side::peer, Stage::response_body}, Reason::peer_truncated},
        {{Code::malformed, Side::peer, Stage::response_head}, Reason::peer_malformed},
        {{Code::too_large, Side::peer, Stage::response_head}, Reason::peer_head_too_large},
        {{Code::system, Side::peer, Stage::send}, Reason::peer_error},
        {{Code::timed_out, Side::client, Stage::request_body}, Reason::client_timed_out},
        {{Code::malformed, Side::client, Stage::request_body}, Reason::bad_request},
        {{Code::too_large, Side::client, Stage::request_body}, Reason::body_too_large},
        {{Code::reset, Side::client, Stage::response_body}, Reason::client_closed},
        {{Code::end_of_stream, Side::client, Stage::request_body}, Reason::client_closed},
        {{Code::no_live_peer, Side::self, Stage::pick}, Reason::no_live_peer},
        {{Code::no_free_peer, Side::self, Stage::pick}, Reason::no_free_peer},
        {{Code::no_descriptors, Side::self, Stage::connect}, Reason::no_descriptors},
        {{Code::system, Side::self, Stage::connect}, Reason::internal},
    };
    for (const Row& r : rows) {
        INFO(row(r.reason).name);
        CHECK(reason_of(r.failure) == r.reason);
    }
}

TEST_CASE("a refusal has the reason with its status") {
    for (const int status : {400, 401, 403, 404, 405, 408, 413, 414, 494, 501, 505})
        CHECK(row(reason_of_refusal(status)).status == status);
    CHECK(reason_of_refusal(499) == Reason::client_closed);
    CHECK(reason_of_refusal(418) == Reason::bad_request);
}

TEST_CASE("stages and levels have names") {
    for (int i = 0; i <= static_cast<int>(Stage::tunnel); ++i) CHECK_FALSE(name_of(static_cast<Stage>(i)).empty());
    for (int i = 0; i <= static_cast<int>(Level::emerg); ++i) CHECK_FALSE(name_of(static_cast<Level>(i)).empty());
}
