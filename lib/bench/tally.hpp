// What came of requests, counted and told apart.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::bench {

/// Why a request has no whole answer. The order is that of reports.
enum class Trouble : std::uint8_t {
    connect,    // refused, unreachable, no more local ports
    handshake,  // of TLS, the certificate's verification included
    connect_timeout,
    timeout,
    reset,       // the connection was broken, before the answer or in it
    closed,      // closed in order, before any of the answer
    short_body,  // closed in order, in the answer
    malformed,   // what came is not HTTP/1.1
    unsent,      // open loop: its patience ended before there was a free connection
};
inline constexpr std::size_t troubles = 9;

struct TroubleName {
    std::string_view key;   // in JSON
    std::string_view text;  // in words
};
inline constexpr std::array<TroubleName, troubles> trouble_names = {{
    {"connect", "could not connect"},
    {"handshake", "TLS handshake failed"},
    {"connect_timeout", "timed out connecting"},
    {"timeout", "timed out waiting for the answer"},
    {"reset", "connection reset"},
    {"closed", "closed without an answer"},
    {"short_body", "answer cut short"},
    {"malformed", "answer is not HTTP"},
    {"unsent", "never sent: no connection was free in time"},
}};

struct Tally {
    std::uint64_t answers = 0;
    std::array<std::uint64_t, 600> status{};  // by code; what is beyond counts as 599
    std::array<std::uint64_t, troubles> trouble{};
    std::uint64_t bytes_in = 0, body_bytes = 0, bytes_out = 0;
    std::uint64_t connections = 0, resumed = 0;  // made; of TLS with a session taken up again
    std::uint64_t retried = 0;                   // sent again: the kept connection had been closed
    std::uint64_t waited = 0;                    // open loop: for a free connection
    std::uint64_t late = 0;                      // open loop: the generator itself was over 1 ms late

    std::uint64_t failed() const {
        std::uint64_t out = 0;
        for (const auto n : trouble) out += n;
        return out;
    }
    /// 1 to 5; 0 for what is none of these.
    std::uint64_t of_class(unsigned hundreds) const {
        std::uint64_t out = 0;
        for (std::size_t i = hundreds * 100; i < hundreds * 100 + 100; ++i) out += status[i];
        return out;
    }
    void add(Trouble kind) { ++trouble[static_cast<std::size_t>(kind)]; }
    void merge(const Tally& other);
};

}  // namespace sluice::bench
