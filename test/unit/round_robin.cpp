#include <algorithm>
#include <numeric>

#include "balance/turns.hpp"
#include "support/catch.hpp"
#include "support/pickers.hpp"

using namespace sluice;
using balance::Turns;
using test::letters;
using test::PickerGroup;
using test::Weights;

namespace {

const balance::Balancer& round_robin() { return *balance::find_balancer("round_robin"); }

std::vector<std::size_t> share(const Turns& turns, std::size_t size) {
    std::vector<std::size_t> out(size);
    for (const std::uint32_t peer : turns.sequence()) ++out[peer];
    return out;
}

/// The longest wait of `peer` between two of its turns, the period repeating.
std::size_t longest_wait(const Turns& turns, std::uint32_t peer) {
    const auto sequence = turns.sequence();
    std::size_t wait = 0;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < 2 * sequence.size(); ++i) {
        wait = sequence[i % sequence.size()] == peer ? 0 : wait + 1;
        longest = std::max(longest, wait);
    }
    return longest;
}

}  // namespace

TEST_CASE("round robin goes in nginx's smooth order") {
    struct Row {
        Weights weights;
        std::string order;
    };
    const Row rows[] = {
        {{5, 1, 1}, "aabacaa"},
        {{1}, "a"},
        {{9}, "a"},
        {{1, 1}, "ab"},
        {{1, 1, 1}, "abc"},
        {{4, 4, 4}, "abc"},
        {{2, 1}, "aba"},
        {{1, 2}, "bab"},
        {{10, 2, 2}, "aabacaa"},
        {{3, 2, 1}, "abacba"},
        {{4, 2, 1}, "abacaba"},
        {{1, 1, 5}, "ccacbcc"},
        {{2, 3}, "babab"},
    };
    for (const Row& row : rows) {
        INFO("expected " << row.order);
        PickerGroup group(row.weights);
        balance::Picker& picker = group.add_picker(round_robin());
        CHECK(letters(picker, 3 * row.order.size()) == row.order + row.order + row.order);
    }
}

TEST_CASE("several workers share one order") {
    PickerGroup group({5, 1, 1});
    balance::Picker& first = group.add_picker(round_robin());
    balance::Picker& second = group.add_picker(round_robin());
    std::string order = letters(first, 3);
    order += letters(second, 2);
    order += letters(first, 2);
    CHECK(order == "aabacaa");
}

TEST_CASE("an excluded peer is passed over, its turns lost") {
    PickerGroup group({5, 1, 1});
    balance::Picker& picker = group.add_picker(round_robin());
    const auto without_a = test::peers(3, {0});
    const auto none_left = test::peers(3, {0, 1, 2});
    CHECK(letters(picker, 4, &without_a) == "bcbc");
    CHECK(letters(picker, 2, &none_left) == "--");
    CHECK(letters(picker, 3) == "aaa");  // after c: the two last of one period and the first of the next
}

TEST_CASE("weights of a long period keep their shares exactly up to 65,536 turns") {
    const Weights weights{32'768, 32'767, 1};
    const Turns turns(weights, test::all_peers(3));
    CHECK(turns.sequence().size() == Turns::longest);
    CHECK(share(turns, 3) == std::vector<std::size_t>{32'768, 32'767, 1});
}

TEST_CASE("a longer period is scaled down and nobody is left out") {
    const Weights weights{1'000'000'007, 500'000'003, 1};
    const Turns turns(weights, test::all_peers(3));
    CHECK(turns.sequence().size() <= Turns::longest + 3);
    const auto shares = share(turns, 3);
    CHECK(shares[2] == 1);
    CHECK(shares[0] == Approx(2.0 * static_cast<double>(shares[1])).epsilon(0.001));

    const Weights largest(1000, UINT32_MAX);
    CHECK(Turns(largest, test::all_peers(1000)).sequence().size() == 1000);
}

TEST_CASE("many peers of different weights have their turns evenly spread") {
    Weights weights;
    for (std::uint32_t i = 0; i < 1000; ++i) weights.push_back(i % 20 + 1);
    const std::size_t total = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
    const Turns turns(weights, test::all_peers(1000));
    CHECK(turns.sequence().size() == total);
    CHECK(share(turns, 1000) == std::vector<std::size_t>(weights.begin(), weights.end()));
    for (const std::uint32_t peer : {0u, 9u, 19u, 999u}) CHECK(longest_wait(turns, peer) < 2 * total / weights[peer]);
}

TEST_CASE("the same peers always give the same order") {
    const Weights weights{7, 3, 9, 1, 4};
    const auto live = test::peers(5, {0, 2, 3});
    const Turns a(weights, live);
    const Turns b(weights, live);
    CHECK(std::ranges::equal(a.sequence(), b.sequence()));
    CHECK(std::ranges::equal(a.live(), std::vector<std::uint32_t>{0, 2, 3}));
}
