#include "tls/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/system_text.hpp"
#include "tls/complain.hpp"

namespace sluice::tls {

namespace {

constexpr std::string_view data_prefix = "data:";

std::int64_t nanoseconds(const ::timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

Opener system_opener() {
    return [](const char* path, int flags) { return ::open(path, flags); };
}

std::string FileStamp::text() const {
    std::string out;
    for (const std::int64_t part : {static_cast<std::int64_t>(device), static_cast<std::int64_t>(number),
                                    static_cast<std::int64_t>(size), changed, status_changed})
        (out += std::to_string(part)) += ' ';
    return out;
}

FileStamp stamp_of(int fd) {
    struct ::stat found {};
    if (::fstat(fd, &found) != 0) return {};
    return {found.st_dev, found.st_ino, found.st_size, nanoseconds(found.st_mtim), nanoseconds(found.st_ctim)};
}

OpenItem::OpenItem(const Item& item, const Opener& open, bool wait) : item_(item), data_(is_data(item)) {
    if (data_) return;
    fd_ = open(item.text.c_str(), O_RDONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK));
    if (fd_ < 0) {
        error_ = core::failed("open()", "", errno);
        return;
    }
    stamp_ = stamp_of(fd_);
}

OpenItem::~OpenItem() {
    if (fd_ >= 0) ::close(fd_);
}

std::string OpenItem::identity() const { return data_ ? item_.text : stamp_.text() + item_.text; }

std::optional<std::string> OpenItem::read() {
    if (data_) return item_.text.substr(data_prefix.size());
    if (fd_ < 0) return std::nullopt;
    std::string out;
    for (;;) {
        const std::size_t had = out.size();
        out.resize(had + std::max<std::size_t>(4096, static_cast<std::size_t>(stamp_.size) + 1 -
                                                         std::min(had, static_cast<std::size_t>(stamp_.size))));
        const ::ssize_t got = ::read(fd_, out.data() + had, out.size() - had);
        if (got < 0 && errno == EINTR) {
            out.resize(had);
            continue;
        }
        if (got < 0) {
            error_ = core::failed("read()", "", errno);
            return std::nullopt;
        }
        out.resize(had + static_cast<std::size_t>(got));
        if (got == 0) return out;
        if (out.size() > most_bytes) {
            error_ = "it is larger than 256 MiB";
            return std::nullopt;
        }
    }
}

}  // namespace sluice::tls
