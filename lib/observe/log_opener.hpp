// Who opens a log that this process may not open itself.
#pragma once

#include <functional>
#include <string>

namespace sluice::observe {

/// A descriptor for appending, or -1 with errno. `secret`: for its owner alone. Called on any thread.
using LogOpener = std::function<int(const std::string& path, bool secret)>;

/// Before the first thread starts; for the whole process. Asked when open() fails for want of rights.
void set_log_opener(LogOpener opener);

}  // namespace sluice::observe
