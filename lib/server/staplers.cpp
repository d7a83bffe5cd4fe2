#include "server/staplers.hpp"

namespace sluice::server {

using core::WallTime;

Staplers::Staplers(boost::asio::io_context& control, const core::Clock& clock, OcspDesk& desk)
    : control_(control), clock_(clock), desk_(desk) {}

void Staplers::serve(const route::Snapshot& snapshot) {
    auto before = std::exchange(entries_, {});
    for (const auto& site : snapshot.sites) {
        if (!site.tls) continue;
        const auto& questions = site.tls->staple_questions();
        for (std::size_t i = 0; i < questions.size(); ++i) {
            if (!questions[i]) continue;
            auto& entry = entries_[questions[i]->key_with_judges()];
            entry.question = questions[i];
            entry.staples.push_back(site.tls->staples()[i]);
        }
    }
    for (auto& [key, entry] : entries_) {
        // What was asked is where keys begin; who judges the answers may be others now.
        const auto same = entry.question->key() + ' ';
        for (auto known = before.lower_bound(same); known != before.end() && known->first.starts_with(same); ++known)
            if (entry.der.empty()) take_over(entry, known->second);
        entry.der.empty() ? ask(key) : wake_at(key, entry, tls::when_to_refresh(entry.until, clock_.wall()));
    }
}

/// The rules may have changed with the conf: the answer is judged anew.
void Staplers::take_over(Entry& entry, const Entry& before) {
    std::string ignored;
    if (before.der.empty() || !entry.question->read(before.der, clock_.wall(), ignored)) return;
    entry.der = before.der;
    entry.until = before.until;
    put(entry);
}

void Staplers::ask(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.asker) return;
    found->second.asker = std::make_shared<char>();
    desk_.ask_when_idle(found->second.question, found->second.asker, [this, key](const OcspVerdict& verdict) { take(key, verdict); });
}

/// Of a certificate that has left the conf meanwhile it is nobody's; a reload may have asked once more.
void Staplers::take(const std::string& key, const OcspVerdict& verdict) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || !std::exchange(found->second.asker, nullptr)) return;
    Entry& entry = found->second;
    const auto now = clock_.wall();
    if (verdict.answer && verdict.answer->status == tls::OcspAnswer::Status::good) {
        entry.der = verdict.der;
        entry.until = verdict.answer->next_update;
        put(entry);
        return wake_at(key, entry, tls::when_to_refresh(entry.until, now));
    }
    // A failure has been told; the answer that is there goes on to be sent until it ends.
    if (verdict.answer)
        desk_.tell(*entry.question, "certificate status \"" + std::string(tls::status_words(verdict.answer->status)) + "\" in the OCSP response", "");
    constexpr std::int64_t minute = 60'000'000;
    wake_at(key, entry, verdict.asked ? tls::when_to_refresh(now, now) : WallTime{now.us + minute});
}

void Staplers::put(Entry& entry) {
    const auto until = entry.until.us == 0 ? tls::Staple::always : entry.until;
    for (const auto& weak : entry.staples)
        if (const auto staple = weak.lock()) staple->set(entry.der, until);
}

void Staplers::wake_at(const std::string& key, Entry& entry, WallTime when) {
    entry.alarm = std::make_unique<boost::asio::steady_timer>(control_, std::chrono::microseconds(when.us - clock_.wall().us));
    entry.alarm->async_wait([this, key](const boost::system::error_code& error) {
        if (!error) ask(key);
    });
}

}  // namespace sluice::server
