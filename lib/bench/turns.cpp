#include "bench/turns.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace sluice::bench {

constexpr std::size_t longest_row = 1000000;

std::vector<std::uint32_t> even_row(const std::vector<Request>& requests) {
    std::uint32_t common = 0;
    for (const Request& request : requests) common = std::gcd(common, request.weight);
    std::uint64_t sum = 0;
    for (const Request& request : requests) sum += request.weight / common;
    // The kth of weight w is due at (k + 1/2) / w of the row; among equals the first one.
    struct Next {
        double at;
        std::uint32_t index;
        bool operator>(const Next& other) const { return at != other.at ? at > other.at : index > other.index; }
    };
    std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
    for (std::uint32_t i = 0; i < requests.size(); ++i) queue.push({0.5 * common / requests[i].weight, i});
    std::vector<std::uint32_t> out;
    out.reserve(std::min<std::uint64_t>(sum, longest_row));
    while (out.size() < sum && out.size() < longest_row) {
        const Next next = queue.top();
        queue.pop();
        out.push_back(next.index);
        queue.push({next.at + static_cast<double>(common) / requests[next.index].weight, next.index});
    }
    return out;
}

}  // namespace sluice::bench
