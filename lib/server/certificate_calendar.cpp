#include "server/certificate_calendar.hpp"

#include <algorithm>

namespace sluice::server {

CertificateCalendar::CertificateCalendar(boost::asio::io_context& control, const core::Clock& clock, Tell tell,
                                         std::chrono::milliseconds period)
    : clock_(clock), tell_(std::move(tell)), period_(period), alarm_(control) {}

void CertificateCalendar::watch(Pairs pairs) {
    pairs_ = std::move(pairs);
    alarm_.cancel();
    if (!pairs_.empty()) tell();
}

void CertificateCalendar::tell() {
    std::vector<tls::Complaint> complaints;
    for (const auto& [words, pair] : pairs_) tls::warn_about(*pair, words, clock_.wall(), complaints);
    for (const auto& complaint : complaints) tell_(complaint.message);
    alarm_.expires_after(period_);
    alarm_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tell();
    });
}

CertificateCalendar::Pairs pairs_in_use(const route::Snapshot& snapshot) {
    CertificateCalendar::Pairs out;
    for (const auto& site : snapshot.sites) {
        if (!site.tls) continue;
        for (std::size_t i = 0; i < site.tls->pairs().size(); ++i) {
            const auto& pair = site.tls->pairs()[i];
            if (std::ranges::none_of(out, [&](const auto& known) { return known.second == pair; }))
                out.emplace_back(site.tls->description().pairs[i], pair);
        }
    }
    return out;
}

}  // namespace sluice::server
