// What is to be known of TLS in the kernel (Linux, Documentation/networking/tls.rst). Any thread.
#pragma once

#include <span>

namespace sluice::tls {

/// Whether this kernel has it, and its module is there: looked up once.
bool kernel_has_tls();

/// The whole of the `struct tls12_crypto_info_*` of <linux/tls.h> that begins at `keys`; {}: not one of those known here.
std::span<const char> kernel_keys(const void* keys);

}  // namespace sluice::tls
