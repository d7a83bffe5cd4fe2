// The control socket: questions to the running process, from whoever may open the socket's file.
//
// A Unix socket beside the pid file, mode 0600. A connection carries one question, a JSON object on one line, and its
// answer, one JSON document, after which we close:
//   {"ask": "peers"}  ->  {"pid": 7, "groups": [{"name": "app", "peers": [{"address": "10.0.0.1:80", "state": "up",
//   ...}]}]} anything else     ->  {"error": "..."}
#pragma once

#include <sys/types.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace sluice::server {

/// Owns the socket and its file. Control thread only.
class Control {
  public:
    /// Takes the answer; once, on the control thread.
    using Reply = std::function<void(const boost::json::value& answer)>;
    using Ask = std::function<void(const boost::json::object& question, Reply reply)>;

    static constexpr std::size_t longest_question = 64 * 1024;
    static constexpr int most_at_once = 16;

    Control(boost::asio::io_context& context, Ask ask) : acceptor_(context), ask_(std::move(ask)) {}
    ~Control() { close(); }
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    /// Takes the place of a socket that is there, as the pid file does. What went wrong, or "".
    std::string open(const std::string& path);
    /// Removes the file if it is still ours. Questions under way are still answered.
    void close();
    const std::string& path() const { return path_; }

  private:
    class Session;
    void accept();

    boost::asio::local::stream_protocol::acceptor acceptor_;
    Ask ask_;
    std::string path_;
    std::pair<dev_t, ino_t> file_{};
    std::shared_ptr<int> sessions_ = std::make_shared<int>(0);
};

}  // namespace sluice::server
