#include "files/open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sluice::files {

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

namespace {

constexpr int reading = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
constexpr int passing = O_PATH | O_DIRECTORY | O_CLOEXEC;  // to look further from there

Info info_of(const struct stat& found) {
    Info out;
    out.kind = S_ISREG(found.st_mode)   ? Info::Kind::file
               : S_ISDIR(found.st_mode) ? Info::Kind::folder
                                        : Info::Kind::other;
    out.size = static_cast<std::uint64_t>(found.st_size);
    out.modified = found.st_mtim.tv_sec;
    out.device = found.st_dev;
    out.number = found.st_ino;
    return out;
}

Look failed(const char* call) {
    Look out;
    out.error = errno;
    out.call = call;
    return out;
}

/// What `fd` is open on.
Look look_inside(Descriptor fd) {
    struct stat found {};
    if (::fstat(fd.number(), &found) != 0) return failed("fstat()");
    Look out;
    out.info = info_of(found);
    if (out.info.kind == Info::Kind::file) out.descriptor = std::move(fd);
    return out;
}

/// openat() that follows a link only if it belongs to whom what it leads to belongs; errno ELOOP otherwise. The owner
/// is asked of what has been opened, so that nobody can change the link in between.
Descriptor open_of_same_owner(int at, const char* name, int flags) {
    struct stat link {};
    Descriptor fd(::openat(at, name, flags));
    if (!fd) return {};
    if (::fstatat(at, name, &link, AT_SYMLINK_NOFOLLOW) != 0) return {};
    if (!S_ISLNK(link.st_mode)) return fd;
    struct stat target {};
    if (::fstat(fd.number(), &target) != 0) return {};
    if (link.st_uid == target.st_uid) return fd;
    errno = ELOOP;
    return {};
}

Descriptor step(int at, const char* name, int flags, LinkRule links) {
    if (links == LinkRule::same_owner) return open_of_same_owner(at, name, flags);
    // A link to a folder is "not a directory" then, as in nginx; one at the end of a path a loop.
    return Descriptor(::openat(at, name, flags | O_NOFOLLOW));
}

/// Opens the path folder by folder, none of them through a forbidden link.
Look walk_to(std::string path, Walk walk, int flags) {
    Descriptor at;
    std::size_t from = 0;
    if (walk.trusted > 0 && walk.trusted < path.size()) {
        path[walk.trusted] = '\0';
        at = Descriptor(::open(path.c_str(), passing));
        if (!at) return failed("open()");
        from = walk.trusted + 1;
    } else if (path.starts_with('/')) {
        at = Descriptor(::open("/", passing));
        if (!at) return failed("open()");
        from = 1;
    }
    const auto folder = [&] { return at ? at.number() : AT_FDCWD; };
    for (auto slash = path.find('/', from); slash != path.npos; from = slash + 1, slash = path.find('/', from)) {
        if (slash == from) continue;
        path[slash] = '\0';
        auto next = step(folder(), path.data() + from, passing, walk.links);
        if (!next) return failed("openat()");
        at = std::move(next);
    }
    Descriptor end = from == path.size() ? Descriptor(::openat(folder(), ".", flags))
                                         : step(folder(), path.data() + from, flags, walk.links);
    if (!end) return failed("openat()");
    return look_inside(std::move(end));
}

}  // namespace

Look look_at(const char* path, Walk walk) {
    if (walk.links != LinkRule::any) {
        auto out = walk_to(path, walk, reading);
        out.descriptor = Descriptor();
        return out;
    }
    struct stat found {};
    if (::stat(path, &found) != 0) return failed("stat()");
    Look out;
    out.info = info_of(found);
    return out;
}

Look open_file(const char* path, Walk walk) {
    if (walk.links != LinkRule::any) return walk_to(path, walk, reading);
    Descriptor fd(::open(path, reading));
    if (!fd) return failed("open()");
    return look_inside(std::move(fd));
}

}  // namespace sluice::files
