// Who may read and write a file: the disk, or a table in tests.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace sluice::advice {

class FileModes {
  public:
    virtual ~FileModes() = default;

    /// Permission bits as in stat(2), 0 to 07777; nullopt if there is no such file.
    virtual std::optional<unsigned> mode(const std::string& path) const = 0;
};

class DiskModes : public FileModes {
  public:
    std::optional<unsigned> mode(const std::string& path) const override;
};

class MemoryModes : public FileModes {
  public:
    explicit MemoryModes(std::map<std::string, unsigned> modes = {}) : modes_(std::move(modes)) {}

    std::optional<unsigned> mode(const std::string& path) const override;

  private:
    std::map<std::string, unsigned> modes_;
};

}  // namespace sluice::advice
