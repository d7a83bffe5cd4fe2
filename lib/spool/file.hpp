// A temporary file for bytes that do not fit into memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/failure.hpp"
#include "net/task.hpp"
#include "spool/disk.hpp"
#include "spool/folder.hpp"

namespace sluice::spool {

/// What becomes of the file's name.
enum class Name : std::uint8_t {
    none,       // taken away at once: the bytes go with whoever holds the file open, however he ends
    temporary,  // there as long as the File
    kept,       // there until somebody else removes it
};

/// What the kernel refused, for a log line: call, path and errno.
struct DiskError {
    const char* call = "";
    int os_error = 0;
};

/// One worker's. One append() and one read() at a time; must not be destroyed during one. What takes time, closing with it, happens on
/// the executor's thread.
class File {
  public:
    explicit File(Disk& disk) : disk_(disk) {}
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// Makes a new file, mode 0600, with the folders of its levels. The folder itself must be there, and outlives the call.
    net::Task<core::result<void>> open(const Folder& folder, Name name);
    bool is_open() const { return fd_ >= 0; }

    /// Adds `bytes`, which stay until then. A failure leaves the size as it was.
    net::Task<core::result<void>> append(std::span<const char> bytes);
    /// Fills `room`, with less than that at the end of the file only; where the bytes lie in it.
    net::Task<core::result<std::span<char>>> read(std::uint64_t offset, std::span<char> room);
    /// Begins again at the front, over what was there.
    void rewind() { size_ = 0; }

    std::uint64_t size() const { return size_; }
    /// As it was made, also if the name is gone; "" before open().
    const std::string& path() const { return path_; }
    /// Of the last failure.
    DiskError error() const { return error_; }

  private:
    core::Failure failed(const char* call, int os_error);

    Disk& disk_;
    std::string path_;
    std::uint64_t size_ = 0;
    int fd_ = -1;
    Name name_ = Name::none;
    DiskError error_;
};

}  // namespace sluice::spool
