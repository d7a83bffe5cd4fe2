// A directive is a row: what it is called, where it may stand, what it takes, what it does. Argument checks, "not
// allowed here", suggestions and the reference all come from the rows. One table per module; rows.cpp lists the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

/// A set of the blocks that a directive may stand in.
using Contexts = std::uint32_t;

namespace in {
constexpr Contexts main = 1u << 0;  // outside of all blocks
constexpr Contexts events = 1u << 1;
constexpr Contexts http = 1u << 2;
constexpr Contexts server = 1u << 3;
constexpr Contexts location = 1u << 4;
constexpr Contexts upstream = 1u << 5;
constexpr Contexts server_if = 1u << 6;
constexpr Contexts location_if = 1u << 7;
constexpr Contexts limit_except = 1u << 8;
constexpr Contexts stream = 1u << 9;
constexpr Contexts stream_server = 1u << 10;
constexpr Contexts stream_upstream = 1u << 11;
constexpr Contexts entries = 1u << 12;  // map, geo, types…: holds entries, not directives
constexpr Contexts opaque = 1u << 13;   // mail: not looked into
constexpr unsigned count = 14;

constexpr Contexts sites = http | server | location;
constexpr Contexts of_stream = stream | stream_server | stream_upstream;
constexpr Contexts any = ~Contexts{0};
}  // namespace in

struct Arity {
    static constexpr std::uint8_t no_end = 255;
    std::uint8_t least = 1;
    std::uint8_t most = 1;

    bool accepts(std::size_t n) const { return n >= least && (most == no_end || n <= most); }
};
constexpr Arity no_args{0, 0};

enum class Support : std::uint8_t {
    here,            // does what it says
    without_effect,  // accepted; `reason` says why nothing is lost
    later,           // nginx has it, sluice will
    never,           // nginx has it, sluice will not; `reason` says what to do instead
};

struct Row {
    std::string_view name;
    Contexts contexts = 0;
    Arity args = {};
    Contexts opens = 0;  // what its block is; 0 if it has none
    bool repeats = false;
    /// One pattern per argument, the last one for all that follow if "..." stands behind it. A pattern is alternatives
    /// with "|" between them: words as they are, <flag> <number> <2-32> <size> <offset> <time> <seconds> <any>.
    /// "" leaves the arguments alone.
    std::string_view values = {};
    std::string_view standard = {};  // what holds without the directive; "" if nothing
    std::string_view example = {};   // arguments; "" if `standard` is one
    Support support = Support::later;
    std::string_view reason = {};
    std::string_view since = {};  // nginx's version that brought it; "" for one of its first years
    std::string_view doc = {};

    bool block() const { return opens != 0; }
};

/// The tables of all modules.
std::span<const std::span<const Row>> tables();

/// All rows of a name: "server" is one thing in http and another in an upstream.
std::span<const Row* const> find_rows(std::string_view name);

/// The row of `name` that may stand in `context`, or nullptr.
const Row* find_row(std::string_view name, Contexts context);

/// The names of the rows that may stand in `context`, or of all with in::any; in alphabetical order.
std::vector<std::string_view> names_in(Contexts context);

struct Directive;

/// As the row says, but for "off" of a word that comes later and is off without it: there is nothing to do.
Support support_of(const Row& row, const Directive& directive);
/// Why nothing is lost, of what is accepted without effect; or what to do instead.
std::string_view reason_of(const Row& row, const Directive& directive);

/// "nginx has it since 1.5.4", "nginx has it from its first years on"
std::string known_since(const Row& row);

/// "in http, server and location", "outside of all blocks"
std::string describe(Contexts contexts);

/// A line that is right: "keepalive_timeout 75s;"
std::string example_of(const Row& row);

}  // namespace sluice::config
