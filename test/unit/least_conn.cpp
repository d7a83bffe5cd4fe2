#include "support/catch.hpp"
#include "support/pickers.hpp"

using namespace sluice;
using test::letters;
using test::PickerGroup;
using test::Weights;

namespace {

const balance::Balancer& least_conn() { return *balance::find_balancer("least_conn"); }

void set_active(PickerGroup& group, const std::vector<std::uint32_t>& active) {
    for (std::size_t i = 0; i < active.size(); ++i) group.loads[i].active = active[i];
}

}  // namespace

TEST_CASE("the peer with the fewest exchanges for its weight is picked") {
    struct Row {
        Weights weights;
        std::vector<std::uint32_t> active;
        std::string picks;  // the loads stay as they are
    };
    const Row rows[] = {
        {{1, 1, 1}, {2, 1, 3}, "bbbb"},
        {{1, 1, 1}, {0, 1, 0}, "acac"},
        {{1, 1, 1}, {1, 0, 0}, "bcbc"},
        {{1, 1}, {5, 5}, "abab"},
        {{2, 1}, {3, 1}, "bbb"},
        {{2, 1}, {1, 1}, "aaa"},
        {{2, 1}, {2, 1}, "abaaba"},
        {{5, 1, 1}, {0, 0, 0}, "aabacaa"},
        {{5, 1, 1}, {1, 0, 0}, "bcbc"},
        {{5, 1, 1}, {4, 1, 1}, "aaaa"},
        {{5, 1, 1}, {5, 1, 1}, "aabacaa"},
        {{5, 1, 1}, {6, 1, 1}, "bcbc"},
        {{UINT32_MAX, UINT32_MAX}, {UINT32_MAX, UINT32_MAX - 1}, "bb"},
        {{1, UINT32_MAX}, {UINT32_MAX, UINT32_MAX}, "bb"},
        {{3, 7}, {1, 2}, "bb"},
        {{3, 7}, {3, 7}, "babbabbbab"},
    };
    for (const Row& row : rows) {
        INFO("expected " << row.picks << " of " << row.weights.size() << " peers, first active " << row.active[0]);
        PickerGroup group(row.weights);
        balance::Picker& picker = group.add_picker(least_conn());
        set_active(group, row.active);
        CHECK(letters(picker, row.picks.size()) == row.picks);
    }
}

TEST_CASE("excluded peers and peers that are not live do not count, however idle") {
    PickerGroup group({1, 1, 1, 1});
    balance::Picker& picker = group.add_picker(least_conn());
    set_active(group, {0, 5, 3, 9});
    const auto tried = test::peers(4, {0});
    CHECK(letters(picker, 2, &tried) == "cc");
    picker.live_changed(test::peers(4, {1, 3}));
    CHECK(letters(picker, 2) == "bb");
    const auto tried_too = test::peers(4, {1});
    CHECK(letters(picker, 2, &tried_too) == "dd");
}

TEST_CASE("a pick that is under way pushes the next one elsewhere") {
    PickerGroup group({2, 1, 1});
    balance::Picker& picker = group.add_picker(least_conn());
    std::vector<std::uint32_t> active(3);
    for (int i = 0; i < 40; ++i) {
        const std::size_t peer = picker.pick(nullptr);
        active[peer] += 1;
        set_active(group, active);
    }
    CHECK(active == std::vector<std::uint32_t>{20, 10, 10});
}

TEST_CASE("one peer kept busy does not tilt the turns of the others") {
    PickerGroup group({1, 1, 1, 2});
    group.add_picker(least_conn());
    set_active(group, {0, 1, 0, 0});
    CHECK(group.count(400) == std::vector<std::size_t>{100, 0, 100, 200});
}

TEST_CASE("requests two at a time are spread evenly") {
    PickerGroup group({1, 1, 1});
    balance::Picker& picker = group.add_picker(least_conn());
    std::vector<std::uint32_t> counts(3);
    for (int i = 0; i < 30; ++i) {
        const std::size_t first = picker.pick(nullptr);
        group.loads[first].active = 1;
        const std::size_t second = picker.pick(nullptr);
        group.loads[first].active = 0;
        CHECK(first != second);
        counts[first] += 1;
        counts[second] += 1;
    }
    CHECK(counts == std::vector<std::uint32_t>{20, 20, 20});
}
