#include "bench/board.hpp"

#include <algorithm>

namespace sluice::bench {

void Board::report(std::int64_t number, double seconds, const Window& window) {
    const std::lock_guard lock(mutex_);
    Gathering& gathering = under_way_[number];
    gathering.sum.latency.merge(window.latency);
    gathering.sum.answers += window.answers;
    gathering.sum.failed += window.failed;
    gathering.seconds = std::max(gathering.seconds, seconds);
    ++gathering.reports;
    failed_ += window.failed;
    close_whole_ones();
}

void Board::leave(std::int64_t last) {
    const std::lock_guard lock(mutex_);
    left_.push_back(last);
    close_whole_ones();
}

void Board::close_whole_ones() {
    while (!under_way_.empty()) {
        const auto& [number, gathering] = *under_way_.begin();
        const auto gone = std::ranges::count_if(left_, [&](std::int64_t last) { return last < number; });
        if (gathering.reports + static_cast<unsigned>(gone) < threads_) return;
        const Histogram& latency = gathering.sum.latency;
        if (gathering.seconds > 0)
            done_.push_back({static_cast<double>(number) * window_ + gathering.seconds, gathering.seconds,
                             gathering.sum.answers, gathering.sum.failed, latency.at(50), latency.at(99),
                             latency.max()});
        under_way_.erase(under_way_.begin());
    }
}

std::vector<Moment> Board::moments() const {
    const std::lock_guard lock(mutex_);
    return done_;
}

std::optional<Moment> Board::latest() const {
    const std::lock_guard lock(mutex_);
    return done_.empty() ? std::nullopt : std::optional(done_.back());
}

std::uint64_t Board::failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
}

}  // namespace sluice::bench
