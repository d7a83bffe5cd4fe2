// The command line of `sluice bench`. Pure but for the files that flags name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/plan.hpp"

namespace sluice::bench {

struct Outputs {
    std::string json, plot;  // paths; "-" for standard output (JSON); "": none
    std::vector<std::string> compare;
    std::string name;
    bool quiet = false;
};

struct Options {
    std::vector<Wanted> wanted;
    std::string method;
    std::vector<std::string> fields;
    std::string body;
    bool has_body = false, random = false;
    std::string connect;  // where to connect instead of the URLs' hosts; "": there
    std::string sni;
    std::optional<double> rate, seconds;
    double warmup = 0;
    std::vector<Phase> phases;
    Plan plan;  // its origins, addresses, requests and phases come with plan_of()
    Outputs outputs;
    std::vector<std::string> backends;  // of `bench conf`
    std::string prefix;                 // of `bench conf`: where relative paths start; "": the working folder
    bool help = false;
};

struct ParsedOptions {
    Options options;
    std::string message;  // one line: flag, value, what would be right; or ""
};

/// `args` follow "bench", or "bench conf FILE".
enum class Command : std::uint8_t { bench, conf };
ParsedOptions parse_options(std::span<const std::string> args, Command command = Command::bench);

/// A number of bytes: "2048", "64k", "10m", up to 1g; nullopt if it is none.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// The phases that the flags stand for, the one to warm up among them.
std::vector<Phase> phases_of(const Options& options);

/// Everything but addresses: see find_addresses().
Plan plan_of(const Options& options);

std::string help_text(Command command);

}  // namespace sluice::bench
