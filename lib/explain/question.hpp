// The request that `sluice explain` is asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/address.hpp"

namespace sluice::explain {

/// What the peers of a group do with a request that gets to them, as far as it leads on.
struct PeerAnswer {
    std::string group = {};     // its name, or a peer's address; "": those of all groups
    int status = 0;             // 0: it leads nowhere
    bool reset = false;         // instead of an answer, again at each try
    std::string redirect = {};  // X-Accel-Redirect
    std::string spares = {};    // a request with this in its URI gets an answer that leads nowhere; "": none does
};

/// As on the command line.
struct Question {
    std::string method = "GET";
    std::string url = {};                  // "http://host:port/path", "host/path" or "/path"
    std::vector<std::string> fields = {};  // "Name: value"
    std::string from = "127.0.0.1";        // an address, perhaps with a port
    bool without_host = false;  // HTTP/1.0, where a request may name no host
    bool brief = false;         // only what happens: not who lost, nor what the answer gets on its way
    std::optional<PeerAnswer> peers = {};
};

/// The same as a client would put it.
struct Asked {
    std::string head;  // of the request, to its empty line
    std::string host;  // of the URL, without port
    std::optional<std::uint16_t> port;
    std::optional<bool> secure;  // nullopt: the URL has no scheme
    net::Address client;
    bool brief = false;
    std::optional<PeerAnswer> peers;
    std::string error;  // what is wrong with the question; "" if nothing
};

Asked ask(const Question& question);

}  // namespace sluice::explain
