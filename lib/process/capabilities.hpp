// The parts of root's rights that are kept. Linux gives each thread its own: call before any thread is started.
#pragma once

#include <cstdint>

namespace sluice::process {

/// Bits of a set of capabilities, by their numbers in linux/capability.h.
using Capabilities = std::uint64_t;

namespace capability {
inline constexpr Capabilities none = 0;
inline constexpr Capabilities chown = 1ull << 0;              // give files away
inline constexpr Capabilities dac_override = 1ull << 1;       // files, whatever their mode
inline constexpr Capabilities fowner = 1ull << 3;             // files of others, in sticky folders too
inline constexpr Capabilities net_bind_service = 1ull << 10;  // ports under 1024
inline constexpr Capabilities net_raw = 1ull << 13;           // addresses of others, for proxy_bind ... transparent
}  // namespace capability

/// What the thread has, and what it could take.
struct Held {
    Capabilities effective = 0, permitted = 0, inheritable = 0;
};
Held held_capabilities();

/// Of what the thread is permitted, keeps these, in effect, and gives the rest up for good. False: errno says why.
bool keep_capabilities(Capabilities these);

}  // namespace sluice::process
