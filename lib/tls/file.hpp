// Files of certificates, keys and lists: their bytes, and whether they have changed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tls/description.hpp"

namespace sluice::tls {

/// open(2): a descriptor, or -1 with errno. Another than the kernel's where the process may no longer open its keys
/// itself.
using Opener = std::function<int(const char* path, int flags)>;
Opener system_opener();

/// Which state of which file: what was made of it can be used again as long as this is equal.
struct FileStamp {
    ::dev_t device = 0;
    ::ino_t number = 0;
    ::off_t size = 0;
    std::int64_t changed = 0, status_changed = 0;  // nanoseconds since the epoch: mtime and ctime

    bool operator==(const FileStamp&) const = default;
    std::string text() const;
};

/// Of an open file; nothing that is equal to any file's, if the kernel does not tell.
FileStamp stamp_of(int fd);

/// A file opened for reading, or the text of a "data:" item.
class OpenItem {
  public:
    /// Never waits for the writer of a pipe, unless `wait`.
    OpenItem(const Item& item, const Opener& open, bool wait = false);
    ~OpenItem();
    OpenItem(const OpenItem&) = delete;
    OpenItem& operator=(const OpenItem&) = delete;

    bool is_open() const { return fd_ >= 0 || data_; }
    /// What failed, in nginx's form: "open() failed (2: No such file or directory)".
    const std::string& error() const { return error_; }
    /// What tells this state of this item from others: of "data:" the text itself.
    std::string identity() const;
    /// All of it, most_bytes at most; nothing: error().
    std::optional<std::string> read();

    static constexpr std::size_t most_bytes = std::size_t{256}
                                              << 20;  // the largest lists of revoked certificates have some 100 MB

  private:
    const Item& item_;
    bool data_ = false;
    int fd_ = -1;
    FileStamp stamp_;
    std::string error_;
};

}  // namespace sluice::tls
