#include "config/files.hpp"

#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace sluice::config {

namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20;

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Globbed {
    glob_t found{};
    Globbed() = default;
    Globbed(const Globbed&) = delete;
    Globbed& operator=(const Globbed&) = delete;
    ~Globbed() { globfree(&found); }
};

}  // namespace

Files::Read DiskFiles::read(const std::string& path) const {
    struct stat about {};
    // Before opening: opening a pipe that nobody writes to would wait for ever.
    if (stat(path.c_str(), &about) != 0) return {"", std::strerror(errno)};
    if (S_ISDIR(about.st_mode)) return {"", "it is a folder"};
    if (!S_ISREG(about.st_mode)) return {"", "it is not a file"};
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
    if (!file) return {"", std::strerror(errno)};
    Read out;
    char part[16384];
    while (const std::size_t n = std::fread(part, 1, sizeof part, file.get())) {
        out.bytes.append(part, n);
        if (out.bytes.size() > largest_file) return {"", "it is over 64 MiB"};
    }
    if (std::ferror(file.get())) return {"", std::strerror(errno)};
    return out;
}

std::vector<std::string> DiskFiles::glob(const std::string& pattern) const {
    Globbed globbed;
    if (::glob(pattern.c_str(), 0, nullptr, &globbed.found) != 0) return {};
    return {globbed.found.gl_pathv, globbed.found.gl_pathv + globbed.found.gl_pathc};
}

Files::Read MemoryFiles::read(const std::string& path) const {
    const auto file = files_.find(path);
    if (file == files_.end()) return {"", std::strerror(ENOENT)};
    return {file->second, ""};
}

std::vector<std::string> MemoryFiles::glob(const std::string& pattern) const {
    std::vector<std::string> out;
    for (const auto& [path, bytes] : files_)
        if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) out.push_back(path);
    return out;
}

bool has_glob(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

std::string resolve_path(std::string_view folder, std::string_view path) {
    if (path.starts_with('/') || folder.empty()) return std::string(path);
    std::string out(folder);
    if (!out.ends_with('/')) out += '/';
    return out.append(path);
}

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash + 1);
}

}  // namespace sluice::config
