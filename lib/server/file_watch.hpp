// Tells when files may have changed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sluice::server {

/// By inotify(7) on their folders: files are mostly replaced, by renaming or by another link, and not written to. The
/// control thread's.
class FileWatch {
  public:
    /// `changed` is called a moment after something has happened to one of the files, so that those which change
    /// together are seen together.
    FileWatch(boost::asio::io_context& control, std::function<void()> changed);

    /// Watches these, and no others any more. What went wrong, or "". A folder that was watched before may have been shut
    /// meanwhile: who gives up root's rights watches first.
    std::string watch(const std::vector<std::string>& paths);

  private:
    std::string watch_name(const std::string& path);
    void wait();
    bool read_events();

    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer pause_;
    std::function<void()> changed_;
    std::map<std::string, int> folders_;
    std::multimap<int, std::string> names_;  // in a watched folder
    std::map<std::string, std::vector<std::string>> ways_;  // names on the way to each file, as far as they could be seen
};

}  // namespace sluice::server
