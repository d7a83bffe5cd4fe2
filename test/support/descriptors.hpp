// For tests with many connections.
#pragma once

#include <sys/resource.h>

namespace sluice::test {

/// As many descriptors for this process as the system allows; false if these are too few.
inline bool may_open(rlim_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur >= count;
}

}  // namespace sluice::test
