#include "bench/tally.hpp"

namespace sluice::bench {

void Tally::merge(const Tally& other) {
    answers += other.answers;
    for (std::size_t i = 0; i < status.size(); ++i) status[i] += other.status[i];
    for (std::size_t i = 0; i < trouble.size(); ++i) trouble[i] += other.trouble[i];
    bytes_in += other.bytes_in;
    body_bytes += other.body_bytes;
    bytes_out += other.bytes_out;
    connections += other.connections;
    resumed += other.resumed;
    retried += other.retried;
    waited += other.waited;
    late += other.late;
}

}  // namespace sluice::bench
