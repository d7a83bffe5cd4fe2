// The histogram of sluice bench beside sorted values, and what merges with what.
#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/histogram.hpp"
#include "core/rng.hpp"
#include "support/catch.hpp"

using namespace sluice;
using bench::Histogram;

namespace {

/// The value of that rank.
std::int64_t sorted_at(const std::vector<std::int64_t>& sorted, double percent) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(sorted.size()) - 1e-6));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

/// Over nine decades.
std::vector<std::int64_t> values(std::uint64_t seed, std::size_t count) {
    core::Rng rng(seed);
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(static_cast<std::int64_t>(rng.next() >> (24 + rng.next() % 36)));
    return out;
}

Histogram of(const std::vector<std::int64_t>& list) {
    Histogram out;
    for (const auto value : list) out.record(value);
    return out;
}

}  // namespace

TEST_CASE("percentiles are right to a thousandth, whatever the size of the values") {
    auto list = values(7, 20000);
    const Histogram h = of(list);
    std::ranges::sort(list);
    for (const double percent : {0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
        INFO(percent);
        const auto right = sorted_at(list, percent);
        CHECK(h.at(percent) >= right);
        CHECK(static_cast<double>(h.at(percent)) <= static_cast<double>(right) * 1.001 + 1);
    }
    CHECK(h.min() == list.front());
    CHECK(h.max() == list.back());
    CHECK(h.at(100) == list.back());
    CHECK(h.count() == list.size());
}

TEST_CASE("small values are exact, and each boundary falls on the right side") {
    for (std::int64_t v = 0; v < 5000; ++v) {
        Histogram h;
        h.record(v);
        h.record(v + 1'000'000'000);
        const auto low = h.at(50);
        if (low < v || (v < 2048 && low != v) || low - v > v / 1000) FAIL("of " << v << ": " << low);
    }
    for (unsigned bit = 1; bit < 41; ++bit)
        for (const std::int64_t v :
             {(std::int64_t{1} << bit) - 1, std::int64_t{1} << bit, (std::int64_t{1} << bit) + 1}) {
            Histogram h;
            h.record(v);
            CHECK(h.at(50) == v);  // between the smallest and the largest there is only this one
        }
}

TEST_CASE("what is out of range counts as the nearest") {
    Histogram h;
    h.record(-5);
    h.record(INT64_MAX);
    CHECK(h.min() == 0);
    CHECK(h.max() == (std::int64_t{1} << 42) - 1);
    CHECK(h.count() == 2);
}

TEST_CASE("an empty one says 0 and has no distribution") {
    const Histogram h;
    CHECK(h.at(99) == 0);
    CHECK(h.min() == 0);
    CHECK(h.max() == 0);
    CHECK(h.mean() == 0);
    CHECK(h.distribution().empty());
}

TEST_CASE("merged ones are as one, and a cleared one is as new") {
    const auto a = values(1, 3000), b = values(2, 500);
    auto both = a;
    both.insert(both.end(), b.begin(), b.end());
    Histogram merged = of(a);
    merged.merge(of(b));
    merged.merge(Histogram());
    const Histogram one = of(both);
    for (const double percent : {0.0, 10.0, 50.0, 99.0, 99.9, 100.0}) CHECK(merged.at(percent) == one.at(percent));
    CHECK(merged.count() == one.count());
    CHECK(merged.mean() == Approx(one.mean()));
    CHECK(merged.deviation() == Approx(one.deviation()));
    merged.clear();
    CHECK(merged.count() == 0);
    merged.record(3);
    CHECK(merged.at(100) == 3);
    CHECK(merged.at(0) == 3);
}

TEST_CASE("mean and deviation") {
    const Histogram h = of({2, 4, 4, 4, 5, 5, 7, 9});
    CHECK(h.mean() == Approx(5));
    CHECK(h.deviation() == Approx(2));
}

TEST_CASE("the distribution goes on to the last value, finer with each half of the rest") {
    const Histogram h = of(values(3, 100000));
    const auto points = h.distribution();
    REQUIRE(points.size() > 50);
    CHECK(points.front().percent == 0);
    CHECK(points.front().value == h.min());
    CHECK(points.back().percent == 100);
    CHECK(points.back().value == h.max());
    CHECK(points.back().count == h.count());
    CHECK(points[points.size() - 2].percent > 99.99);
    for (std::size_t i = 1; i < points.size(); ++i) {
        CHECK(points[i].percent > points[i - 1].percent);
        CHECK(points[i].value >= points[i - 1].value);
        CHECK(points[i].count >= points[i - 1].count);
    }
    const auto single = of({5}).distribution();
    CHECK(single.size() == 2);
}
