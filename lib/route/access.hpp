// allow and deny: who may come, by the address of the client.
#pragma once

#include <cstdint>
#include <vector>

#include "config/source.hpp"
#include "net/address.hpp"
#include "vars/address.hpp"
#include "vars/intervals.hpp"

namespace sluice::route {

/// One line.
struct AccessRule {
    bool allows = false;
    config::Span where;
};

/// The rules of one level, in the conf's order: the first that matches decides. Filled by the compiler, which seals it once;
/// then read by all workers. A question costs one binary search, however many rules there are.
class AccessList {
  public:
    void add(const vars::Network& network, AccessRule rule);
    /// "unix:": whoever comes by a Unix socket.
    void add_unix(AccessRule rule);
    /// "all"
    void add_all(AccessRule rule);
    void seal();

    /// nullptr: no rule matches. An IPv4 client may come as ::ffff:1.2.3.4.
    const AccessRule* find(const net::Address& client) const;

  private:
    static constexpr std::uint32_t nobody = 0;  // the others are numbers of rules, from 1
    struct Entry {
        vars::Network network;
        std::uint32_t rule;
    };

    std::uint32_t add(AccessRule rule);
    const AccessRule* rule(std::uint32_t number) const { return number == nobody ? nullptr : &rules_[number - 1]; }

    std::vector<AccessRule> rules_;
    std::vector<Entry> v4_entries_, v6_entries_;  // until sealed
    vars::Intervals<std::uint32_t> v4_;
    vars::Intervals<vars::Wide> v6_;
    std::uint32_t unix_ = nobody;
    bool knows_v4_ = false;
};

}  // namespace sluice::route
