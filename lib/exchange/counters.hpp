// What stub_status tells: how many connections and requests there are, and have been.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace sluice::exchange {

/// One worker's; only that worker writes. The sum over workers is taken when somebody asks.
struct alignas(64) Counters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> requests{0};  // whose head was read to its end
    std::atomic<std::uint32_t> reading{0};   // heads that have begun and not ended
    std::atomic<std::uint32_t> writing{0};   // requests being served

    /// For the one thread that writes: no locked instruction.
    template <class T>
    static void add(std::atomic<T>& counter, T n) {
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
};

struct Totals {
    std::uint64_t active = 0, accepted = 0, requests = 0, reading = 0, writing = 0;
    std::uint64_t waiting() const { return active > reading + writing ? active - reading - writing : 0; }
};

/// Who can sum up: the server.
class Census {
  public:
    /// Any thread.
    virtual Totals totals() const = 0;

  protected:
    ~Census() = default;
};

}  // namespace sluice::exchange
