#include "spool/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace sluice::spool {

using core::result;
using net::Task;

namespace {

/// Numbers of the process's files. One that is there from an earlier run is jumped away from: it has neighbours.
std::uint64_t next_number(bool taken) {
    static std::atomic<std::uint64_t> last{0};
    constexpr std::uint64_t far = 1'618'033'989;
    constexpr std::uint64_t beyond = 10'000'000'000;  // ten digits
    return (last.fetch_add(taken ? far : 1, std::memory_order_relaxed) + 1) % beyond;
}

/// The folders between folder.path and the file.
int make_levels(const Folder& folder, const std::string& path) {
    for (auto slash = path.find('/', folder.path.size() + 1); slash != path.npos; slash = path.find('/', slash + 1))
        if (mkdir(path.substr(0, slash).c_str(), 0700) != 0 && errno != EEXIST) return errno;
    return 0;
}

struct Opening final : Job {
    Opening(const Folder& where, Name what) : folder(where), name(what) {}
    const Folder& folder;
    const Name name;
    std::string path;
    int fd = -1;
    DiskError error;

    void work() override {
        constexpr int most = 1000;
        bool taken = false;
        for (int i = 0; i < most; ++i) {
            path = path_of(folder, next_number(taken));
            fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            if (fd < 0 && errno == ENOENT && folder.levels[0] != 0) {
                if (const int wrong = make_levels(folder, path)) {
                    error = {"mkdir()", wrong};
                    return;
                }
                fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            }
            if (fd >= 0) {
                if (name == Name::none) ::unlink(path.c_str());
                return;
            }
            error = {"open()", errno};
            taken = errno == EEXIST;
            if (!taken && errno != EINTR) return;
        }
    }
    bool takes_room() const override { return true; }
    void refuse(int os_error) override {
        path = path_of(folder, next_number(false));
        error = {"open()", os_error};
    }
};

struct Writing final : Job {
    Writing(int where, std::span<const char> what, std::uint64_t from) : fd(where), bytes(what), offset(from) {}
    const int fd;
    std::span<const char> bytes;
    std::uint64_t offset;
    int error = 0;

    void work() override {
        while (!bytes.empty()) {
            const auto n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) {
                error = n < 0 ? errno : ENOSPC;
                return;
            }
            bytes = bytes.subspan(static_cast<std::size_t>(n));
            offset += static_cast<std::uint64_t>(n);
        }
    }
    void refuse(int os_error) override { error = os_error; }
    bool takes_room() const override { return true; }
};

struct Reading final : Job {
    Reading(int where, std::span<char> into, std::uint64_t from) : fd(where), room(into), offset(from) {}
    const int fd;
    const std::span<char> room;
    const std::uint64_t offset;
    std::size_t size = 0;
    int error = 0;

    void work() override {
        while (size < room.size()) {
            const auto n = ::pread(fd, room.data() + size, room.size() - size, static_cast<off_t>(offset + size));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) error = errno;
            if (n <= 0) return;
            size += static_cast<std::size_t>(n);
        }
    }
    void refuse(int os_error) override { error = os_error; }
};

/// Giving back the blocks of a large file can take long.
struct Closing final : Job {
    Closing(int which, std::string name) : fd(which), path(std::move(name)) {}
    const int fd;
    const std::string path;  // "": there is no name to take away

    void work() override {
        if (!path.empty()) ::unlink(path.c_str());
        ::close(fd);
    }
    void refuse(int) override { work(); }
};

}  // namespace

File::~File() {
    if (fd_ >= 0) disk_.discard(new Closing(fd_, name_ == Name::temporary ? path_ : std::string()));
}

core::Failure File::failed(const char* call, int os_error) {
    error_ = {call, os_error};
    return {core::Code::system, core::Side::self, core::Stage::request_body, os_error};
}

Task<result<void>> File::open(const Folder& folder, Name name) {
    Opening job(folder, name);
    co_await disk_.run(job);
    path_ = std::move(job.path);
    if (job.fd < 0) co_return failed(job.error.call, job.error.os_error);
    fd_ = job.fd;
    name_ = name;
    co_return result<void>{};
}

Task<result<void>> File::append(std::span<const char> bytes) {
    Writing job(fd_, bytes, size_);
    co_await disk_.run(job);
    if (job.error) co_return failed("pwrite()", job.error);
    size_ += bytes.size();
    co_return result<void>{};
}

Task<result<std::span<char>>> File::read(std::uint64_t offset, std::span<char> room) {
    if (offset >= size_) co_return room.first(0);
    if (size_ - offset < room.size()) room = room.first(static_cast<std::size_t>(size_ - offset));
    Reading job(fd_, room, offset);
    co_await disk_.run(job);
    if (job.error) co_return failed("pread()", job.error);
    // Somebody else has cut a file that is ours.
    if (job.size < room.size()) co_return failed("pread()", EIO);
    co_return room;
}

}  // namespace sluice::spool
