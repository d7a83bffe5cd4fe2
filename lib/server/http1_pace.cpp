// limit_rate: an answer that goes out no faster than the conf wants.
#include <algorithm>

#include "config/values.hpp"
#include "server/http1.hpp"

namespace sluice::server {

using core::result;
using core::Side;
using core::Stage;
using net::Task;

namespace {
/// As in nginx, a value that is no size limits nothing.
std::uint64_t size_of(route::Scope& scope, const vars::Template& text) {
    const auto size = config::parse_size(scope.evaluate(text));
    return size.ok() ? static_cast<std::uint64_t>(size.value) : 0;
}
}  // namespace

/// `set $limit_rate` and X-Accel-Limit-Rate hold before the conf's limit_rate.
void Http1Requester::read_rate() {
    rate_ = scope_.limit_rate ? *scope_.limit_rate : size_of(scope_, settings().limit_rate);
    rate_after_ = size_of(scope_, settings().limit_rate_after);
}

/// As in nginx, what a second allows may go out at once; then as much as the time that passes allows. Waits are at least
/// an eighth of a second's share long, so that a slow answer is not written byte by byte.
std::uint64_t Http1Requester::allowance(std::size_t size, core::Duration& wait) const {
    constexpr std::uint64_t second = 1'000'000;
    const auto passed = static_cast<std::uint64_t>((s_.loop.now() - x_.record.began).count()) + second;
    const auto earned = static_cast<std::uint64_t>(static_cast<long double>(rate_) * passed / second);
    const auto allowed = earned + rate_after_;
    const auto used = x_.record.bytes_sent;
    const auto wanted = std::min<std::uint64_t>(size, std::max<std::uint64_t>(rate_ / 8, 1));
    if (allowed >= used + wanted) return std::min<std::uint64_t>(size, allowed - used);
    const auto missing = used + wanted - allowed;
    wait = std::chrono::microseconds(static_cast<std::int64_t>(static_cast<long double>(missing) * second / rate_) + 1);
    return 0;
}

Task<result<std::size_t>> Http1Requester::write_slowly(std::string_view head, std::span<const char> body, bool last, const http::Fields* trailers) {
    slow_ = body;
    std::size_t total = 0;
    for (;;) {
        core::Duration wait{};
        const auto allowed = slow_.empty() ? 0 : allowance(slow_.size(), wait);
        if (wait.count() > 0) {
            const auto waited = co_await stream_.pause(wait);
            if (!waited && waited.error().code != core::Code::timed_out) co_return net::at(waited.error(), Side::client, Stage::response_body);
            // The time that nothing may be sent is no time in which the client takes nothing.
            if (!waited) continue;
        }
        const auto piece = std::min<std::size_t>(slow_.size(), allowed);
        const bool ends = piece == slow_.size();
        auto n = co_await writer_.write(head, slow_.first(piece), last && ends, ends ? trailers : nullptr);
        slow_ = slow_.subspan(piece);
        if (!n) co_return n.error();
        total += *n;
        if (ends) co_return total;
        x_.record.bytes_sent += *n;
        total -= *n;
        head = {};
    }
}

std::span<const char> Http1Requester::unsent(std::span<const char> bytes) const {
    const bool is_slow = !slow_.empty() && slow_.data() >= bytes.data() && slow_.data() < bytes.data() + bytes.size();
    return is_slow ? slow_ : writer_.unsent(bytes);
}

void Http1Requester::move_unsent(std::span<const char> unsent, const char* to) {
    writer_.move_unsent(unsent, to);
    if (!slow_.empty() && slow_.data() == unsent.data()) slow_ = {to, unsent.size()};
}

}  // namespace sluice::server
