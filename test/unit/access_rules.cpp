// allow and deny: the first rule that matches, with many of them; and how checks are joined.
#include "route/access.hpp"

#include "core/rng.hpp"
#include "route/checks.hpp"
#include "support/catch.hpp"

using namespace sluice;
using route::AccessList;
using route::CheckOutcome;
using route::JoinedChecks;

namespace {

net::Address address(const std::string& ip) {
    return ip == "unix:" ? net::Address::unix_socket("/s") : *net::Address::parse(ip, 1);
}

/// "allow 10.0.0.0/8", in their order; where.offset is the number of a rule.
AccessList list_of(const std::vector<std::string>& lines) {
    AccessList out;
    for (std::uint32_t i = 0; i < lines.size(); ++i) {
        const auto space = lines[i].find(' ');
        const auto who = lines[i].substr(space + 1);
        const route::AccessRule rule{lines[i].starts_with("allow"), {0, i, 1}};
        if (who == "all")
            out.add_all(rule);
        else if (who == "unix:")
            out.add_unix(rule);
        else
            out.add(vars::parse_network(who).value().network, rule);
    }
    out.seal();
    return out;
}

/// The number of the rule, or -1.
int found(const AccessList& list, const net::Address& client) {
    const auto* rule = list.find(client);
    return rule ? static_cast<int>(rule->where.offset) : -1;
}

bool holds(const vars::Network& network, const vars::Ip& ip) {
    if (network.base.size != ip.size) return false;
    for (unsigned bit = 0; bit < network.prefix; ++bit)
        if (((network.base.bytes[bit / 8] ^ ip.bytes[bit / 8]) >> (7 - bit % 8)) & 1) return false;
    return true;
}

/// Few different bits, so that networks lie in one another often.
vars::Ip some_ip(core::Rng& rng, bool v4) {
    vars::Ip ip;
    ip.size = v4 ? 4 : 16;
    for (std::size_t i = 0; i < ip.size; ++i) ip.bytes[i] = static_cast<std::uint8_t>(rng.next() & 0x81);
    return ip;
}

CheckOutcome refused(int status) { return {CheckOutcome::Kind::refused, {route::Decision::Kind::refuse, status, {}, "", {}}}; }
const CheckOutcome granted{CheckOutcome::Kind::granted, {}};
const CheckOutcome silent{};

/// The status, 0 if the request may go on; and how many were asked.
std::pair<int, int> joined(route::Satisfy satisfy, const std::vector<CheckOutcome>& outcomes) {
    JoinedChecks checks(satisfy);
    int asked = 0;
    for (const auto& outcome : outcomes) {
        ++asked;
        if (!checks.take(outcome)) break;
    }
    return {checks.refusal() ? checks.refusal()->status : 0, asked};
}

}  // namespace

TEST_CASE("the first rule that matches decides") {
    const auto list = list_of({"deny 10.0.0.1", "allow 10.0.0.0/8", "deny 10.1.0.0/16", "deny 2001:db8::1", "allow 2001:db8::/32", "allow unix:",
                               "allow 10.0.0.1", "deny all", "allow 192.0.2.1"});
    CHECK(found(list, address("10.0.0.1")) == 0);
    CHECK(found(list, address("10.0.0.2")) == 1);
    CHECK(found(list, address("10.1.0.2")) == 1);  // the smaller network comes too late
    CHECK(found(list, address("2001:db8::1")) == 3);
    CHECK(found(list, address("2001:db8::2")) == 4);
    CHECK(found(list, address("unix:")) == 5);
    CHECK(found(list, address("192.0.2.1")) == 7);
    CHECK(found(list, address("::")) == 7);
    CHECK(found(list_of({"deny 0.0.0.0/0"}), address("::1")) == -1);
    CHECK(found(list_of({"deny 0.0.0.0/0"}), address("unix:")) == -1);
    CHECK(found(list_of({"deny unix:"}), address("127.0.0.1")) == -1);
    CHECK(found(list_of({}), address("127.0.0.1")) == -1);
    CHECK(found(list_of({"deny all"}), net::Address()) == -1);
}

TEST_CASE("the same as trying one rule after the other, with thousands of them") {
    core::Rng rng(7);
    for (const std::size_t size : {1u, 3u, 20u, 5000u}) {
        std::vector<vars::Network> networks;
        AccessList list;
        for (std::uint32_t i = 0; i < size; ++i) {
            const bool v4 = rng.next() % 2;
            auto network = vars::parse_network(vars::to_string(some_ip(rng, v4)) + "/" + std::to_string(rng.next() % (v4 ? 33 : 129))).value().network;
            networks.push_back(network);
            list.add(network, {rng.next() % 2 == 0, {0, i, 1}});
        }
        list.seal();
        for (int i = 0; i < 500; ++i) {
            const auto ip = some_ip(rng, rng.next() % 2);
            int expected = -1;
            for (std::size_t n = 0; n < size && expected < 0; ++n)
                if (holds(networks[n], ip)) expected = static_cast<int>(n);
            REQUIRE(found(list, net::Address::ip_socket({ip.bytes.data(), ip.size}, 1)) == expected);
        }
    }
}

TEST_CASE("satisfy: all must pass, or one is enough") {
    using route::Satisfy;
    using Result = std::pair<int, int>;
    CHECK(joined(Satisfy::all, {silent, silent}) == Result(0, 2));
    CHECK(joined(Satisfy::all, {granted, granted}) == Result(0, 2));
    CHECK(joined(Satisfy::all, {refused(403), granted}) == Result(403, 1));
    CHECK(joined(Satisfy::all, {granted, refused(401), granted}) == Result(401, 2));
    CHECK(joined(Satisfy::any, {silent, silent}) == Result(0, 2));
    CHECK(joined(Satisfy::any, {granted, refused(401)}) == Result(0, 1));
    CHECK(joined(Satisfy::any, {refused(403), granted, refused(403)}) == Result(0, 2));
    CHECK(joined(Satisfy::any, {refused(403), silent}) == Result(403, 2));
    CHECK(joined(Satisfy::any, {refused(403), refused(401)}) == Result(401, 2));
    CHECK(joined(Satisfy::any, {refused(401), refused(403)}) == Result(401, 2));
}
