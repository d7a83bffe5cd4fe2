#include "process/limits.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "core/system_text.hpp"

namespace sluice::process {

namespace {

struct Words {
    const char *directive, *name, *service, *shell;
};

std::string in_words(rlim_t limit) { return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit); }

/// The hard limit is only ever raised: a reload may want more again, without the rights to raise it.
std::string limit(int resource, std::uint64_t wanted, const Words& words) {
    rlimit now{};
    if (getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0)
        return core::failed("getrlimit()", words.name, errno);
    const auto set = [&](rlim_t soft, rlim_t hard) {
        const rlimit value{soft, hard};
        return setrlimit(static_cast<__rlimit_resource_t>(resource), &value) == 0;
    };
    if (set(wanted, std::max<rlim_t>(wanted, now.rlim_max))) return "";
    const int error = errno;
    const bool raised = wanted > now.rlim_max && set(now.rlim_max, now.rlim_max);
    return std::string(words.directive) + " " + std::to_string(wanted) + ": " +
           core::failed("setrlimit()", words.name, error) + "; the limit is " +
           in_words(raised ? now.rlim_max : now.rlim_cur) + ": raise " + words.service + " of the service, or " +
           words.shell;
}

}  // namespace

std::string limit_open_files(std::uint64_t count) {
    return limit(RLIMIT_NOFILE, count, {"worker_rlimit_nofile", "RLIMIT_NOFILE", "LimitNOFILE", "ulimit -Hn"});
}

std::string limit_core(std::uint64_t bytes) {
    return limit(RLIMIT_CORE, bytes, {"worker_rlimit_core", "RLIMIT_CORE", "LimitCORE", "ulimit -Hc"});
}

}  // namespace sluice::process
