// What a run is to do: everything resolved and checked, ready for the threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/phases.hpp"
#include "bench/target.hpp"
#include "net/address.hpp"

namespace sluice::bench {

struct TlsPlan {
    bool verify = true;
    std::string authorities;  // a file; "": the system's
    bool resume = false;      // take sessions up again on new connections
    std::string version;      // "1.2", "1.3"; "": any
    std::string certificate, key;
};

struct Plan {
    std::vector<Origin> origins;
    std::vector<net::Address> addresses;  // of each origin, the first that answered
    std::vector<Request> requests;
    bool random = false;  // in random order by weight, not in turn
    std::vector<Phase> phases;
    bool poisson = false;
    std::uint32_t connections = 50;
    unsigned threads = 1;
    std::uint32_t per_connection = 0;  // requests, then a new connection; 0: as many as the server takes
    std::uint64_t requests_limit = 0;  // 0: none
    double timeout = 10;               // seconds
    std::uint64_t seed = 1;
    TlsPlan tls;

    bool open() const { return !phases.empty() && phases.front().open(); }
};

}  // namespace sluice::bench
