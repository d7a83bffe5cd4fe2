#include "bench/result.hpp"

namespace sluice::bench {

void Part::merge(const Part& other) {
    due += other.due;
    finished += other.finished;
    tally.merge(other.tally);
    latency.merge(other.latency);
    service.merge(other.service);
}

void Result::add_up() {
    for (const Part& part : parts) {
        total.seconds += part.seconds;
        total.merge(part);
    }
}

}  // namespace sluice::bench
