// Files by their paths: what stands there, opened for reading or not.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace sluice::files {

/// disable_symlinks.
enum class LinkRule : std::uint8_t { any, none, same_owner };

/// How a path may be walked.
struct Walk {
    LinkRule links = LinkRule::any;
    std::size_t trusted = 0;  // bytes at the start of the path that are not looked at, up to before a slash

    bool operator==(const Walk&) const = default;
};

struct Info {
    enum class Kind : std::uint8_t { file, folder, other };
    Kind kind = Kind::other;
    std::uint64_t size = 0;     // bytes
    std::int64_t modified = 0;  // seconds since the epoch
    ::dev_t device = 0;
    ::ino_t number = 0;

    bool is_same_as(const Info& other) const { return device == other.device && number == other.number; }
};

/// Owns a descriptor, or none.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor();

    explicit operator bool() const { return fd_ >= 0; }
    int number() const { return fd_; }

  private:
    int fd_ = -1;
};

/// What a look at a path brought. `error` is an errno, 0 if something is there; `call` is what failed, for messages.
struct Look {
    int error = 0;
    const char* call = "";
    Info info;
    Descriptor descriptor;  // a file that was to be opened
};

/// One stat, if links do not matter. `path` ends with a NUL.
Look look_at(const char* path, Walk walk);

/// Opens what is there, never waits for a writer of a pipe. Of a folder only the kind comes back.
Look open_file(const char* path, Walk walk);

}  // namespace sluice::files
