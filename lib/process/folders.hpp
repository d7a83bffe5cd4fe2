// Folders for temporary files and caches, made at start.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace sluice::process {

struct FolderSpec {
    std::string path;
    std::optional<uid_t> owner;  // who is to write into it; only root can give it away
};

/// Makes each folder that is not there, with mode 0700; the one it is in must be there. One that is there is given to
/// its owner, who gets every right on it, unless it is shared (sticky, as /tmp). What went wrong first, or "".
std::string make_folders(const std::vector<FolderSpec>& folders);

/// Finds out whether folders could be made: those that it has made go with it.
class FolderTrial {
  public:
    FolderTrial() = default;
    ~FolderTrial();
    FolderTrial(const FolderTrial&) = delete;
    FolderTrial& operator=(const FolderTrial&) = delete;

    /// What would go wrong, or "".
    std::string make(const std::string& path);

  private:
    std::vector<std::string> made_;
};

}  // namespace sluice::process
