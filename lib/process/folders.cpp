#include "process/folders.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/system_text.hpp"

namespace sluice::process {

namespace {

constexpr mode_t owners_rights = 0700;

/// `fd` is the folder itself: what its name stands for may change meanwhile.
std::string give(int fd, const FolderSpec& folder) {
    struct stat found {};
    if (fstat(fd, &found) != 0) return core::failed("stat()", folder.path, errno);
    if (found.st_mode & S_ISVTX) return "";
    if (folder.owner && found.st_uid != *folder.owner && fchown(fd, *folder.owner, static_cast<gid_t>(-1)) != 0)
        return core::failed("chown()", folder.path, errno);
    if ((found.st_mode & owners_rights) != owners_rights && fchmod(fd, (found.st_mode & 07777) | owners_rights) != 0)
        return core::failed("chmod()", folder.path, errno);
    return "";
}

std::string make_folder(const FolderSpec& folder) {
    if (mkdir(folder.path.c_str(), owners_rights) != 0 && errno != EEXIST)
        return core::failed("mkdir()", folder.path, errno);
    const int fd = open(folder.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOTDIR) return "\"" + folder.path + "\" is there but is not a directory";
    if (fd < 0) return core::failed("open()", folder.path, errno);
    auto wrong = give(fd, folder);
    close(fd);
    return wrong;
}

}  // namespace

std::string make_folders(const std::vector<FolderSpec>& folders) {
    for (const auto& folder : folders)
        if (auto wrong = make_folder(folder); !wrong.empty()) return wrong;
    return "";
}

}  // namespace sluice::process
