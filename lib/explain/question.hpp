// The request that `sluice explain` is asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/address.hpp"

namespace sluice::explain {

/// As on the command line.
struct Question {
    std::string method = "GET";
    std::string url = {};                  // "http://host:port/path", "host/path" or "/path"
    std::vector<std::string> fields = {};  // "Name: value"
    std::string from = "127.0.0.1";        // an address, perhaps with a port
};

/// The same as a client would put it.
struct Asked {
    std::string head;  // of the request, to its empty line
    std::string host;  // of the URL, without port
    std::optional<std::uint16_t> port;
    std::optional<bool> secure;  // nullopt: the URL has no scheme
    net::Address client;
    std::string error;  // what is wrong with the question; "" if nothing
};

Asked ask(const Question& question);

}  // namespace sluice::explain
