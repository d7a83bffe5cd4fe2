// What an embedded backend does in place of a real one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::bench {

struct MockProfile {
    std::string name;  // of the upstream, or a peer's address; "": all that have none of their own
    double latency_from = 0, latency_to = 0;         // seconds until the answer begins, evenly between
    std::uint64_t size_from = 1024, size_to = 1024;  // bytes of the body, evenly between
    double fail = 0;                                 // part of requests, 0 to 1, that get a 500
    double reset = 0;                                // part of requests that get a reset
    int status = 200;
};

struct ParsedBackend {
    MockProfile profile;
    std::string message;  // what is wrong with the text and what would be right, or ""
};

/// "api=latency=5ms..20ms;size=2k;fail=1%", "latency=5ms" (for all), "10.0.0.1:80=reset=0.1%;status=204".
ParsedBackend parse_backend(std::string_view text);

}  // namespace sluice::bench
