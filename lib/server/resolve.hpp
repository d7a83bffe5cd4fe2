// Names to addresses, at start-up, on the control thread.
#pragma once

#include <string>
#include <vector>

#include "net/address.hpp"
#include "server/options.hpp"

namespace sluice::server {

struct Resolved {
    std::vector<net::Address> addresses;
    std::string message;  // what is wrong; empty when all is well
};

/// Every address of the name; the any-address for an empty host. Blocks.
Resolved resolve(const AddressText& where);

}  // namespace sluice::server
