// The client of --demo: a dozen requests and what became of each.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/address.hpp"

namespace sluice::server {

/// One row of the table.
struct DemoRequest {
    std::string_view method, path;
    std::string_view field, value;  // a request field to set; "" for none
    std::string_view body;
    int status;             // that it should have
    std::string_view note;  // what there is to see
};

std::span<const DemoRequest> demo_requests();

struct DemoAnswer {
    int status = 0;      // 0: none came
    std::string origin;  // "" when sluice itself has answered
    long microseconds = 0;
    std::string body;
    std::string error;
};

/// Sends it on a connection of its own and waits until that is closed: the log then has its line.
DemoAnswer send(const DemoRequest& request, const net::Address& to);

}  // namespace sluice::server
