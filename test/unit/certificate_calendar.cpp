// Certificates that end soon are told of, day by day.
#include "server/certificate_calendar.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/socket.hpp"
#include "tls/store.hpp"

using namespace sluice;
using test::Certificates;

namespace {

/// Time of day and other time at will.
class Calendar final : public core::Clock {
  public:
    core::Instant now() const override { return {today.us}; }
    core::WallTime wall() const override { return today; }
    core::WallTime today = core::SystemClock().wall();
};

}  // namespace

TEST_CASE("a certificate is told of from two weeks before its end, once a day, and no more when it has been renewed") {
    const auto& files = Certificates::all();
    Calendar clock;
    tls::Store store(clock);
    tls::Complaints complaints;
    const auto words = files.pair("chain.pem", "leaf.key");
    const auto pair = store.pair(words, {}, complaints);
    REQUIRE(pair);
    boost::asio::io_context control{1};
    std::vector<std::string> told;
    const auto next_day = [&] {
        const auto before = told.size();
        control.restart();
        control.run_one_for(test::patience);
        return told.size() - before;
    };
    server::CertificateCalendar calendar(control, clock, [&](const std::string& text) { told.push_back(text); }, std::chrono::milliseconds(1));
    calendar.watch({{words, pair}});
    CHECK(told.empty());  // a year is left
    const auto end = pair->facts.not_after.us;
    constexpr std::int64_t day = 86'400'000'000;
    clock.today.us = end - 15 * day;
    CHECK(next_day() == 0);
    clock.today.us = end - 13 * day;
    CHECK(next_day() == 1);
    CHECK(told.back().find("expires on " + tls::time_words(pair->facts.not_after) + ", in 13 days") != std::string::npos);
    CHECK(next_day() == 1);
    clock.today.us = end + day;
    CHECK(next_day() == 1);
    CHECK(told.back().find("expired on ") != std::string::npos);
    calendar.watch({});
    control.restart();
    CHECK(control.poll_one() <= 1);  // the alarm that was called off
    CHECK(told.size() == 3);
}
