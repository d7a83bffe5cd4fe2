// What every algorithm of the table must do. A new one is covered by its row.
#include <algorithm>
#include <numeric>
#include <thread>

#include "balance/turns.hpp"
#include "support/catch.hpp"
#include "support/pickers.hpp"

using namespace sluice;
using balance::no_peer;
using test::PickerGroup;
using test::Weights;

namespace {

/// Runs `law(balancer)` for every row of the table.
template <class Law>
void for_every_algorithm(Law law) {
    for (const balance::Balancer& balancer : balance::balancers()) {
        INFO("algorithm " << balancer.name);
        law(balancer);
    }
}

std::size_t sum(const Weights& weights) { return std::accumulate(weights.begin(), weights.end(), std::size_t{0}); }

std::vector<std::size_t> times(const Weights& weights, std::size_t factor) {
    std::vector<std::size_t> out;
    for (const std::uint32_t w : weights) out.push_back(w * factor);
    return out;
}

const std::vector<Weights> weight_tables = {
    {1},        {7},       {1, 1},   {5, 1, 1},          {1, 1, 1},
    {10, 2, 2}, {3, 2, 1}, {1, 100}, {4, 3, 2, 1, 1, 1}, {9, 8, 7, 6, 5, 4, 3, 2},
};

Weights sawtooth(std::size_t size) {
    Weights out;
    for (std::uint32_t i = 0; i < size; ++i) out.push_back(i % 7 + 1);
    return out;
}

}  // namespace

TEST_CASE("the table of algorithms can be looked up by name") {
    REQUIRE(balance::balancers().size() >= 2);
    for (const balance::Balancer& balancer : balance::balancers()) {
        CHECK(balance::find_balancer(balancer.name) == &balancer);
        CHECK_FALSE(balancer.summary.empty());
        CHECK(balancer.summary.find('\n') == std::string_view::npos);
    }
    CHECK(balance::find_balancer("round_robin"));
    CHECK(balance::find_balancer("least_conn"));
    CHECK_FALSE(balance::find_balancer(""));
    CHECK_FALSE(balance::find_balancer("Round_Robin"));
}

TEST_CASE("idle peers are picked exactly by weight, over any number of workers") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        for (const Weights& weights : weight_tables) {
            for (const std::size_t workers : {1, 2, 3, 5, 16}) {
                PickerGroup group(weights);
                for (std::size_t i = 0; i < workers; ++i) group.add_picker(balancer);
                INFO("workers " << workers << ", peers " << weights.size());
                CHECK(group.count(3 * sum(weights)) == times(weights, 3));
            }
        }
    });
}

TEST_CASE("three peers, 300 requests, two workers: 100 each") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group({1, 1, 1});
        group.add_picker(balancer);
        group.add_picker(balancer);
        CHECK(group.count(300) == std::vector<std::size_t>{100, 100, 100});
    });
}

TEST_CASE("the order in which the peers are written does not change their shares") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        Weights weights{1, 2, 3, 5};
        do {
            PickerGroup group(weights);
            group.add_picker(balancer);
            CHECK(group.count(2 * sum(weights)) == times(weights, 2));
        } while (std::ranges::next_permutation(weights).found);
    });
}

TEST_CASE("no peer is picked exactly when none is left") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        constexpr std::size_t size = 5;
        PickerGroup group({3, 1, 2, 1, 4});
        balance::Picker& picker = group.add_picker(balancer);
        for (unsigned live = 0; live < 1u << size; ++live) {
            balance::PeerSet live_set(size);
            for (std::size_t i = 0; i < size; ++i)
                if (live >> i & 1) live_set.insert(i);
            picker.live_changed(live_set);
            for (unsigned tried = 0; tried < 1u << size; ++tried) {
                balance::PeerSet excluded(size);
                for (std::size_t i = 0; i < size; ++i)
                    if (tried >> i & 1) excluded.insert(i);
                const std::size_t peer = picker.pick(&excluded);
                const bool right = peer == no_peer ? (live & ~tried) == 0 : (live & ~tried) >> peer & 1;
                if (!right) FAIL("live " << live << ", excluded " << tried << ", picked " << peer);
            }
            CHECK((picker.pick(nullptr) == no_peer) == (live == 0));
        }
    });
}

TEST_CASE("before it is told who is live, a picker has nobody") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        const Weights weights{1, 1};
        const balance::PeerLoad loads[2];
        balance::GroupTurn turn;
        CHECK(balancer.make({weights, loads, &turn})->pick(nullptr) == no_peer);
    });
}

TEST_CASE("a peer that leaves gives its share to the others by weight, and gets it back") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group({5, 2, 1, 4});
        for (int i = 0; i < 3; ++i) group.add_picker(balancer);
        CHECK(group.count(120) == std::vector<std::size_t>{50, 20, 10, 40});
        group.live_changed(test::peers(4, {1, 2, 3}));
        CHECK(group.count(70) == std::vector<std::size_t>{0, 20, 10, 40});
        group.live_changed(test::peers(4, {2}));
        CHECK(group.count(9) == std::vector<std::size_t>{0, 0, 9, 0});
        group.live_changed(test::all_peers(4));
        CHECK(group.count(120) == std::vector<std::size_t>{50, 20, 10, 40});
    });
}

TEST_CASE("while a peer is excluded the others keep their shares among themselves") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group({1, 3, 2, 1});
        group.add_picker(balancer);
        group.add_picker(balancer);
        const auto excluded = test::peers(4, {1});
        CHECK(group.count(40, &excluded) == std::vector<std::size_t>{10, 0, 20, 10});
    });
}

TEST_CASE("many peers") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        for (const std::size_t size : {63, 64, 65, 66, 128, 129, 1000}) {
            INFO("peers " << size);
            const Weights weights = sawtooth(size);
            PickerGroup group(weights);
            group.add_picker(balancer);
            group.add_picker(balancer);
            CHECK(group.count(sum(weights)) == times(weights, 1));

            group.live_changed(test::peers(size, {0, 13, size - 1}));
            const auto first_excluded = test::peers(size, {0, 13});
            CHECK(group.count(10, &first_excluded).back() == 10);
        }
    });
}

TEST_CASE("a thousand equal peers have one turn each") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group(Weights(1000, 3));
        group.add_picker(balancer);
        CHECK(group.count(1000) == std::vector<std::size_t>(1000, 1));
    });
}

TEST_CASE("two threads picking at once get exact totals") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group({5, 1, 1, 3});
        constexpr std::size_t rounds = 1000;
        std::vector<std::size_t> counts[2];
        const auto work = [&](std::size_t worker) {
            counts[worker].resize(group.size());
            for (std::size_t i = 0; i < 10 * rounds / 2; ++i) ++counts[worker].at(group.pickers[worker]->pick(nullptr));
        };
        group.add_picker(balancer);
        group.add_picker(balancer);
        std::thread other(work, 1);
        work(0);
        other.join();
        for (std::size_t i = 0; i < group.size(); ++i) CHECK(counts[0][i] + counts[1][i] == group.weights[i] * rounds);
    });
}

TEST_CASE("two threads picking around an excluded peer get exact totals") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        PickerGroup group({2, 1, 1});
        group.add_picker(balancer);
        group.add_picker(balancer);
        std::vector<std::size_t> counts[2];
        const auto work = [&](std::size_t worker) {
            const auto excluded = test::peers(3, {1});
            counts[worker].resize(3);
            for (int i = 0; i < 3000; ++i) ++counts[worker].at(group.pickers[worker]->pick(&excluded));
        };
        std::thread other(work, 1);
        work(0);
        other.join();
        CHECK(counts[0][0] + counts[1][0] == 4000);
        CHECK(counts[0][1] + counts[1][1] == 0);
        CHECK(counts[0][2] + counts[1][2] == 2000);
    });
}

TEST_CASE("a set of peers") {
    for (const std::size_t size : {0, 1, 63, 64, 65, 1000}) {
        INFO("size " << size);
        balance::PeerSet a(size);
        balance::PeerSet b(size);
        CHECK(a.size() == size);
        CHECK(a.empty());
        CHECK(a.count() == 0);
        CHECK(a == b);
        for (std::size_t i = 0; i < size; i += 3) a.insert(i);
        CHECK(a.count() == (size + 2) / 3);
        CHECK(a.empty() == (size == 0));
        CHECK((a == b) == (size == 0));
        for (std::size_t i = 0; i < size; ++i) CHECK(a.contains(i) == (i % 3 == 0));
        for (std::size_t i = 3; i < size; i += 3) a.erase(i);
        if (size > 0) b.insert(0);
        CHECK(a == b);
        a.clear();
        CHECK(a.empty());
    }
    CHECK_FALSE(balance::PeerSet(1) == balance::PeerSet(2));
    CHECK(balance::PeerSet().empty());
}

TEST_CASE("law: what a dead peer cannot serve is shared out by weight, however late the others are asked") {
    for_every_algorithm([](const balance::Balancer& balancer) {
        for (const Weights& weights : {Weights{1, 1, 1}, Weights{1, 2, 1}, Weights{3, 1, 1, 2}}) {
            for (std::size_t dead = 0; dead < weights.size(); ++dead) {
                for (const std::size_t late : {0, 1, 2, 7}) {  // picks of others before the one that failed is repeated
                    for (const std::size_t workers : {1, 3}) {
                        PickerGroup group(weights);
                        for (std::size_t i = 0; i < workers; ++i) group.add_picker(balancer);
                        const auto tried = test::peers(weights.size(), {dead});
                        std::vector<std::size_t> served(weights.size());
                        std::vector<std::size_t> failed;  // the workers of those that wait for their next peer
                        const std::size_t requests = 60 * sum(weights);
                        for (std::size_t i = 0; i < requests; ++i) {
                            const auto peer = group.pickers[i % workers]->pick(nullptr);
                            if (peer == dead)
                                failed.push_back(i % workers);
                            else
                                ++served[peer];
                            if (failed.size() <= late && i + 1 < requests) continue;
                            for (const auto worker : failed) ++served[group.pickers[worker]->pick(&tried)];
                            failed.clear();
                        }
                        const std::size_t others = sum(weights) - weights[dead];
                        INFO("dead " << dead << ", late " << late << ", workers " << workers);
                        CHECK(served[dead] == 0);
                        for (std::size_t i = 0; i < weights.size(); ++i) {
                            const auto share = requests * weights[i] / others;
                            if (i != dead) CHECK((served[i] + sum(weights) >= share && served[i] <= share + sum(weights)));
                        }
                    }
                }
            }
        }
    });
}
