#include "bench/run.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <thread>

#include "bench/signals.hpp"
#include "bench/worker.hpp"

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto look_time = 100ms;
constexpr double most_seconds_for_fine_windows = 100;

/// Where counting begins: behind the phases that do not count, which come first.
double counted_from(const Schedule& schedule) {
    double out = 0;
    for (std::size_t i = 0; i < schedule.phases().size() && !schedule.phases()[i].counts; ++i) out = schedule.end_of(i);
    return out;
}

/// About a hundred in a run, but not under a tenth of a second or over one.
double window_seconds(const Schedule& schedule) {
    return std::clamp(schedule.seconds() / most_seconds_for_fine_windows, 0.1, 1.0);
}

class Run {
  public:
    Run(const Plan& plan, const Watch& watch)
        : plan_(plan),
          watch_(watch),
          schedule_(plan.phases),
          row_(even_row(plan.requests)),
          board_(plan.threads, window_seconds(schedule_)),
          shared_{plan, schedule_, row_, board_, counted_from(schedule_)} {
        for (const int number : ending_signals) signals_.add(number);
        for (unsigned i = 0; i < plan.threads; ++i) workers_.emplace_back(shared_, i);
    }

    Result run() {
        Result out;
        for (Worker& worker : workers_)
            if (out.failure.empty()) out.failure = worker.prepare();
        if (!out.failure.empty()) return out;
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (error) return;
            interrupted_ = true;
            for (Worker& worker : workers_) worker.stop();
        });
        const SignalsLet let;
        std::vector<std::thread> threads;
        for (Worker& worker : workers_)
            threads.emplace_back([this, &worker] {
                worker.run();
                boost::asio::post(context_, [this] { end_watch(); });
            });
        look();
        context_.run();
        for (std::thread& thread : threads) thread.join();
        return gather();
    }

  private:
    void end_watch() {
        if (shared_.ended != plan_.threads) return;
        signals_.cancel();
        timer_.cancel();
    }

    void look() {
        if (shared_.start == 0 && shared_.ready == plan_.threads) shared_.start = now_ns() + 2'000'000;
        if (shared_.ended == plan_.threads) return end_watch();
        if (watch_.look && shared_.start != 0) {
            const double since = static_cast<double>(now_ns() - shared_.start) * 1e-9 - shared_.counted_from;
            const bool endless = plan_.requests_limit != 0 && schedule_.seconds() > 86400;
            watch_.look(
                {since, endless ? 0 : schedule_.seconds() - shared_.counted_from, board_.latest(), board_.failed()});
        }
        timer_.expires_after(shared_.start == 0 ? 1ms : look_time);
        timer_.async_wait([this](boost::system::error_code error) {
            if (!error) look();
        });
    }

    Result gather() const {
        Result out;
        std::int64_t last = shared_.start;
        for (const Worker& worker : workers_) {
            out.connect.merge(worker.connect_times());
            out.total.tally.merge(worker.tally());
            for (std::size_t i = 0; i < troubles; ++i)
                if (out.words[i].empty()) out.words[i] = worker.words()[i];
            out.cpu += worker.cpu();
            out.busy = std::max(out.busy, worker.busy());
            last = std::max(last, worker.last_end());
        }
        const double ran = static_cast<double>(last - shared_.start) * 1e-9;
        for (std::size_t i = 0; i < schedule_.phases().size(); ++i)
            if (schedule_.phases()[i].counts && schedule_.start_of(i) <= ran) out.parts.push_back(part(i, ran));
        out.add_up();
        out.moments = board_.moments();
        out.interrupted = interrupted_;
        return out;
    }

    Part part(std::size_t i, double ran) const {
        Part out;
        out.phase = schedule_.phases()[i];
        out.seconds =
            std::min(schedule_.end_of(i), ends_early(ran) ? ran : schedule_.seconds()) - schedule_.start_of(i);
        for (const Worker& worker : workers_) out.merge(worker.parts()[i]);
        return out;
    }

    bool ends_early(double ran) const {
        return ran < schedule_.seconds() && (interrupted_ || plan_.requests_limit != 0);
    }

    const Plan& plan_;
    const Watch& watch_;
    const Schedule schedule_;
    const std::vector<std::uint32_t> row_;
    Board board_;
    Shared shared_;
    std::deque<Worker> workers_;
    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_};
    boost::asio::steady_timer timer_{context_};
    bool interrupted_ = false;
};

}  // namespace

Result run(const Plan& plan, const Watch& watch) { return Run(plan, watch).run(); }

}  // namespace sluice::bench
