#include "process/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::process {

static_assert(capability::net_bind_service == 1ull << CAP_NET_BIND_SERVICE &&
              capability::dac_override == 1ull << CAP_DAC_OVERRIDE && capability::fowner == 1ull << CAP_FOWNER && capability::net_raw == 1ull << CAP_NET_RAW);

namespace {
__user_cap_header_struct header() { return {_LINUX_CAPABILITY_VERSION_3, 0}; }
Capabilities join(std::uint32_t low, std::uint32_t high) { return low | static_cast<Capabilities>(high) << 32; }
}  // namespace

Held held_capabilities() {
    auto head = header();
    __user_cap_data_struct data[2] = {};
    if (syscall(SYS_capget, &head, data) != 0) return {};
    return {join(data[0].effective, data[1].effective), join(data[0].permitted, data[1].permitted),
            join(data[0].inheritable, data[1].inheritable)};
}

bool keep_capabilities(Capabilities these) {
    const auto kept = these & held_capabilities().permitted;
    auto head = header();
    __user_cap_data_struct data[2] = {};
    for (int half = 0; half < 2; ++half)
        data[half].effective = data[half].permitted = static_cast<std::uint32_t>(kept >> (32 * half));
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, data) == 0;
}

}  // namespace sluice::process
