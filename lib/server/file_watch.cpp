#include "server/file_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <set>

namespace sluice::server {

namespace {
constexpr std::uint32_t interesting = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;
constexpr auto settling = std::chrono::milliseconds(500);  // between the certificate and its key

namespace fs = std::filesystem;

/// The links that are followed to get to the file, and the file: any of them may be replaced. Folders may be links too
/// (Kubernetes changes all files of one by one link in it). Not `seen`: there is a folder that we may not look into.
std::vector<std::string> names_on_way(const std::string& path, bool& seen) {
    constexpr int most_links = 40;  // as the kernel has it
    std::vector<std::string> out;
    const fs::path whole(path);
    std::deque<fs::path> left(whole.begin(), whole.end());
    fs::path done;
    for (int links = 0; !left.empty();) {
        const auto part = std::move(left.front());
        left.pop_front();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            done = done.parent_path();
            continue;
        }
        const auto here = done / part;  // "/" begins anew
        std::error_code error;
        const auto target = fs::read_symlink(here, error);
        if (error == std::errc::permission_denied) seen = false;
        out.push_back(here);  // a folder, too, may be replaced by another
        if (error || ++links > most_links) {
            done = here;
            continue;
        }
        left.insert(left.begin(), target.begin(), target.end());
    }
    out.push_back(done);
    return out;
}

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& control, std::function<void()> changed)
    : events_(control), pause_(control), changed_(std::move(changed)) {}

std::string FileWatch::watch(const std::vector<std::string>& paths) {
    names_.clear();
    if (paths.empty()) return "";
    if (!events_.is_open()) {
        const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd < 0) return std::string("inotify_init1() failed: ") + std::strerror(errno);
        events_.assign(fd);
        wait();
    }
    std::string wrong;
    for (const auto& path : paths) {
        auto& way = ways_[path];
        bool seen = true;
        auto names = names_on_way(path, seen);
        if (seen || way.empty()) way = std::move(names);
        for (const auto& name : way)
            if (auto failed = watch_name(name); !failed.empty()) wrong = std::move(failed);
    }
    return wrong;
}

std::string FileWatch::watch_name(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto folder = path.substr(0, slash + 1);
    const auto known_folder = folders_.find(folder);
    int watched = inotify_add_watch(events_.native_handle(), folder.c_str(), interesting);
    if (watched < 0 && errno == EACCES && known_folder != folders_.end()) watched = known_folder->second;
    if (watched < 0) return "cannot watch \"" + folder + "\": " + std::strerror(errno);
    folders_[folder] = watched;
    auto name = path.substr(slash + 1);
    const auto [first, last] = names_.equal_range(watched);
    for (auto known = first; known != last; ++known)
        if (known->second == name) return "";
    names_.emplace(watched, std::move(name));
    return "";
}

void FileWatch::wait() {
    events_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        if (read_events()) {
            pause_.expires_after(settling);
            pause_.async_wait([this](const boost::system::error_code& ended) {
                if (!ended) changed_();
            });
        }
        wait();
    });
}

/// Whether one of them is about our files.
bool FileWatch::read_events() {
    alignas(inotify_event) char room[4096];
    bool ours = false;
    for (ssize_t size; (size = ::read(events_.native_handle(), room, sizeof room)) > 0;) {
        for (ssize_t at = 0; at < size;) {
            const auto* event = reinterpret_cast<const inotify_event*>(room + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            const std::string_view name(event->name, event->len ? std::strlen(event->name) : 0);
            const auto [first, last] = names_.equal_range(event->wd);
            for (auto known = first; known != last; ++known) ours = ours || known->second == name;
            if (event->mask & IN_Q_OVERFLOW) ours = true;
        }
    }
    return ours;
}

}  // namespace sluice::server
