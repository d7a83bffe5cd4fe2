// Where conf files come from: the disk, or a table in tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

class Files {
  public:
    virtual ~Files() = default;

    /// `error` is "" or the reason in the system's words.
    struct Read {
        std::string bytes;
        std::string error;
    };
    virtual Read read(const std::string& path) const = 0;

    /// The files that a pattern with *, ? and [...] names, sorted.
    virtual std::vector<std::string> glob(const std::string& pattern) const = 0;
};

/// What an include of that name reads where there is no such file; nothing: sluice brings none along.
std::optional<std::string_view> shipped_file(std::string_view name);

class DiskFiles : public Files {
  public:
    Read read(const std::string& path) const override;
    std::vector<std::string> glob(const std::string& pattern) const override;
};

class MemoryFiles : public Files {
  public:
    explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

    Read read(const std::string& path) const override;
    std::vector<std::string> glob(const std::string& pattern) const override;

  private:
    std::map<std::string, std::string> files_;
};

bool has_glob(std::string_view path);

/// `path` as seen from `folder`, unless it is absolute.
std::string resolve_path(std::string_view folder, std::string_view path);

/// The folder of a file: "" for a file of the working folder, else with its final slash.
std::string_view folder_of(std::string_view path);

}  // namespace sluice::config
