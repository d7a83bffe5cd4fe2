// ssl_certificate_cache.
#include "tls/pair_cache.hpp"

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/temporary.hpp"

using namespace sluice;
using namespace sluice::tls;
using sluice::test::Certificates;
using std::chrono::seconds;

namespace {

struct Kept {
    test::Temporary folder;
    unsigned opened = 0;
    core::Instant now{1'000'000};
    PairCache cache;

    explicit Kept(PairCacheRule rule) : cache(rule, [this](const char* path, int flags) { return ++opened, system_opener()(path, flags); }) {}

    void put(const std::string& name, const std::string& certificate, const std::string& key) {
        std::ofstream(folder / (name + ".crt")) << Certificates::all().text(certificate);
        std::ofstream(folder / (name + ".key")) << Certificates::all().text(key);
    }
    std::shared_ptr<const LoadedPair> get(const std::string& name) {
        Complaints complaints;
        auto out = cache.get({{folder / (name + ".crt"), 0}, {folder / (name + ".key"), 0}}, {}, now, complaints);
        CHECK(complaints.empty() == (out != nullptr));
        return out;
    }
};

}  // namespace

TEST_CASE("without a cache each pair is read each time") {
    Kept kept({});
    kept.put("a", "chain.pem", "leaf.key");
    const auto first = kept.get("a");
    REQUIRE(first);
    CHECK(kept.get("a") != first);
    CHECK(kept.opened == 4);
    CHECK(kept.cache.size() == 0);
}

TEST_CASE("a pair is kept, looked at again after its time, and read again if it has changed") {
    Kept kept({2, seconds(10), seconds(60)});
    kept.put("a", "chain.pem", "leaf.key");
    const auto first = kept.get("a");
    REQUIRE(first);
    CHECK(kept.get("a") == first);
    CHECK(kept.opened == 2);
    kept.now = kept.now + seconds(60);
    CHECK(kept.get("a") == first);
    CHECK(kept.opened == 4);
    std::filesystem::remove(kept.folder / "a.crt");
    kept.put("a", "second-chain.pem", "second.key");
    CHECK(kept.get("a") == first);
    kept.now = kept.now + seconds(60);
    const auto second = kept.get("a");
    REQUIRE(second);
    CHECK(second != first);
    CHECK(second->facts.subject != first->facts.subject);
    std::filesystem::remove(kept.folder / "a.key");
    kept.now = kept.now + seconds(60);
    CHECK_FALSE(kept.get("a"));
    CHECK(kept.cache.size() == 0);
}

TEST_CASE("of too many pairs that one goes which was used longest ago, and those that nobody uses") {
    Kept kept({2, seconds(10), seconds(60)});
    for (const std::string name : {"a", "b", "c"}) kept.put(name, "chain.pem", "leaf.key");
    const auto a = kept.get("a"), b = kept.get("b");
    CHECK(kept.get("a") == a);
    kept.get("c");
    CHECK(kept.cache.size() == 2);
    CHECK(kept.get("a") == a);
    CHECK(kept.get("b") != b);
    kept.now = kept.now + seconds(11);
    kept.get("c");
    CHECK(kept.cache.size() == 1);
}
