#include "advice/modes.hpp"

#include <sys/stat.h>

namespace sluice::advice {

std::optional<unsigned> DiskModes::mode(const std::string& path) const {
    struct stat about {};
    if (stat(path.c_str(), &about) != 0) return std::nullopt;
    return about.st_mode & 07777u;
}

std::optional<unsigned> MemoryModes::mode(const std::string& path) const {
    const auto found = modes_.find(path);
    return found == modes_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sluice::advice
