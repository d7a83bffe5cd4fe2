#include "process/folders.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/system_text.hpp"

namespace sluice::process {

namespace {

constexpr mode_t owners_rights = 0700;

std::string not_a_folder(const std::string& path) { return "\"" + path + "\" is there but is not a directory"; }

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
    if (fd < 0 && errno == ENOTDIR) return not_a_folder(folder.path);
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

FolderTrial::~FolderTrial() {
    for (auto path = made_.rbegin(); path != made_.rend(); ++path) rmdir(path->c_str());
}

std::string FolderTrial::make(const std::string& path) {
    if (mkdir(path.c_str(), owners_rights) == 0) {
        made_.push_back(path);
        return "";
    }
    if (errno != EEXIST) return core::failed("mkdir()", path, errno);
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return core::failed("stat()", path, errno);
    return S_ISDIR(found.st_mode) ? "" : not_a_folder(path);
}

}  // namespace sluice::process
