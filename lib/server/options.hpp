// The command line of the quick demo: flags to settings. Pure; opens nothing, resolves nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "upstream/health.hpp"

namespace sluice::server {

/// Where to listen or connect, as written: "8080", "host:port", "[v6]:port", "unix:/path".
struct AddressText {
    enum class Family : std::uint8_t { host, unix_path };
    Family family = Family::host;
    std::string host;  // name or literal without brackets; "" for every address of the machine; or the socket's path
    std::uint16_t port = 0;
    std::string text;  // as written, for messages
};

struct BackendOption {
    AddressText address;
    std::uint32_t weight = 1;
    upstream::HealthRule health;
    bool backup = false;
};

struct Options {
    enum class Action : std::uint8_t { run, demo, print };
    Action action = Action::run;
    std::string print;  // what --help or --version say

    std::vector<AddressText> listen;
    std::vector<BackendOption> backends;
    std::string balance = "round_robin";
    unsigned threads = 0;            // 0: one per core
    std::string access_log = "off";  // a path, "-" for standard output, "off"
    bool once = false;               // --demo --once: end after the requests
};

/// `message` is one line naming the flag, the value and what would be right; empty when all is well.
struct ParsedOptions {
    Options options;
    std::string message;
};

ParsedOptions parse_options(int argc, const char* const* argv);

/// The address of --listen and --backend. A bare port listens everywhere; for a backend it means 127.0.0.1.
/// `message` is empty or says what is wrong with `text` and what would be right, without naming the flag.
struct ParsedAddress {
    AddressText address;
    std::string message;
};
ParsedAddress parse_address(std::string_view text);

}  // namespace sluice::server
