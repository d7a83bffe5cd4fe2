// The ways in which something goes wrong in the middle of a script.
#pragma once

#include <span>

#include "support/run.hpp"

namespace sluice::test {

struct Fault {
    enum class Kind {
        harmless,  // the script goes on as if nothing had been
        client,
        peer,   // one connection to a peer; other peers are well
        peers,  // all of them
        drain,
        stop,
        several,
    };
    const char* name;
    Kind kind;
    void (*happen)(Run& run);
    bool of_disk = false;  // concerns only scripts with one
};

std::span<const Fault> faults();

}  // namespace sluice::test
