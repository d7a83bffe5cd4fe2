#include "upstream/group.hpp"

#include <netinet/in.h>

#include <string>

#include "core/clock.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using upstream::Group;
using upstream::GroupAtWorker;

namespace {

std::vector<Group::PeerSpec> specs(int count, int backups = 0, std::uint32_t max_fails = 1) {
    std::vector<Group::PeerSpec> out;
    for (int i = 0; i < count; ++i) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(static_cast<std::uint16_t>(9001 + i));
        out.push_back({net::Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in),
                       1,
                       {max_fails, 10s},
                       i >= count - backups});
    }
    return out;
}

struct Fixture {
    explicit Fixture(const std::vector<Group::PeerSpec>& peers)
        : group("g", *balance::find_balancer("round_robin"), peers), worker(group), other_worker(group) {}

    /// The next peer as a letter; capital: a trial; '-': none.
    char pick(bool may_trial = true) { return letter(worker.pick(tried, may_trial, clock.now())); }
    std::string picks(int count, bool may_trial = true) {
        std::string out;
        for (int i = 0; i < count; ++i) out += pick(may_trial);
        return out;
    }
    char letter(const core::result<GroupAtWorker::Pick>& picked) {
        if (!picked) {
            CHECK(picked.error().code == core::Code::no_live_peer);
            return '-';
        }
        last = *picked;
        return static_cast<char>((last.trial ? 'A' : 'a') + static_cast<int>(last.peer->index));
    }
    void fail(std::size_t peer) { worker.report_failure({group.peers()[peer].get(), false}, clock.now()); }

    core::ManualClock clock;
    Group group;
    GroupAtWorker worker, other_worker;
    GroupAtWorker::Pick last;
    balance::PeerSet tried;
};

}  // namespace

TEST_CASE("peers take turns; those tried are left out") {
    Fixture f(specs(3));
    CHECK(f.picks(6) == "abcabc");
    f.tried = balance::PeerSet(3);
    f.tried.insert(0);
    for (int i = 0; i < 4; ++i) CHECK(f.pick() != 'a');
    f.tried.insert(1);
    f.tried.insert(2);
    CHECK(f.pick() == '-');
}

TEST_CASE("a peer that fails is left out, at every worker, until it is tried again") {
    Fixture f(specs(2));
    f.fail(0);
    CHECK(f.picks(3) == "bbb");
    CHECK(f.letter(f.other_worker.pick({}, true, f.clock.now())) == 'b');
    f.clock.advance(10s);
    CHECK(f.picks(2, false) == "bb");  // what cannot be repeated is not risked
    CHECK(f.pick() == 'A');
    const auto trial = f.last;
    CHECK(f.picks(2) == "bb");  // one at a time
    CHECK(f.worker.report_success(trial));
    CHECK(f.picks(4).find('a') != std::string::npos);
}

TEST_CASE("a trial that tells nothing leaves it to another") {
    Fixture f(specs(2));
    f.fail(0);
    f.clock.advance(10s);
    CHECK(f.pick() == 'A');
    f.worker.report_nothing(f.last);
    CHECK(f.pick() == 'A');
    CHECK_FALSE(f.worker.report_failure(f.last, f.clock.now()));
    CHECK(f.picks(2) == "bb");
}

TEST_CASE("when all are down each takes its turn, and one exchange at a time is its trial") {
    Fixture f(specs(2));
    f.fail(0);
    f.fail(1);
    CHECK(f.picks(3, false) == "ABa");
    f.clock.advance(10s);
    CHECK(f.picks(3) == "ABb");
}

TEST_CASE("a backup serves when all others are down") {
    Fixture f(specs(3, 1));
    CHECK(f.picks(4) == "abab");
    f.fail(0);
    CHECK(f.picks(2) == "bb");
    f.fail(1);
    CHECK(f.picks(2) == "cc");
    f.fail(2);
    CHECK(f.picks(4) == "ABab");
}

TEST_CASE("peers that are never marked down") {
    Fixture f(specs(2, 0, 0));
    for (int i = 0; i < 10; ++i) f.fail(0);
    CHECK(f.picks(4) == "abab");
}

TEST_CASE("peers have the names that logs show") {
    Group group("g", *balance::find_balancer("least_conn"), specs(2));
    CHECK(group.name() == "g");
    CHECK(group.peers()[0]->name == "0.0.0.0:9001");
    CHECK(group.balancer().name == "least_conn");
}
