#include "server/control.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstring>

namespace sluice::server {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {
constexpr std::chrono::seconds patience{5};  // from the connection to the end of the answer
}

/// Lives as long as one of its operations.
class Control::Session : public std::enable_shared_from_this<Session> {
  public:
    Session(stream_protocol::socket socket, std::shared_ptr<int> count)
        : socket_(std::move(socket)), alarm_(socket_.get_executor(), patience), count_(std::move(count)) {
        ++*count_;
    }
    ~Session() { --*count_; }

    void run(const Ask& ask) {
        alarm_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->socket_.close(error);
        });
        asio::async_read_until(socket_, asio::dynamic_buffer(question_, longest_question), '\n',
                               [self = shared_from_this(), ask](error_code error, std::size_t size) {
                                   if (error == asio::error::not_found)
                                       self->answer(wrong("the question is too long"));
                                   else if (error)
                                       self->alarm_.cancel();
                                   else
                                       self->take(ask, size);
                               });
    }

    static json::value wrong(std::string_view what) { return json::object{{"error", what}}; }

  private:
    void take(const Ask& ask, std::size_t size) {
        error_code error;
        const auto question = json::parse(std::string_view(question_).substr(0, size), error);
        if (error || !question.is_object()) return answer(wrong("a question is a JSON object on one line"));
        ask(question.get_object(), [self = shared_from_this()](const json::value& value) { self->answer(value); });
    }

    void answer(const json::value& value) {
        answer_ = json::serialize(value) + '\n';
        asio::async_write(socket_, asio::buffer(answer_), [self = shared_from_this()](error_code error, std::size_t) {
            self->alarm_.cancel();
            self->socket_.close(error);
        });
    }

    stream_protocol::socket socket_;
    asio::steady_timer alarm_;
    std::string question_, answer_;
    std::shared_ptr<int> count_;
};

std::string Control::open(const std::string& path) {
    // Asio throws for a path that does not fit.
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return path + ": the path is too long for a socket";
    const auto failed = [&](const char* call, const error_code& error) {
        return std::string(call) + " \"" + path + "\": " + error.message();
    };
    error_code error;
    struct stat file {};
    if (lstat(path.c_str(), &file) == 0 && !S_ISSOCK(file.st_mode)) return path + " is there, and no socket";
    unlink(path.c_str());
    acceptor_.open(stream_protocol(), error);
    if (error) return failed("socket()", error);
    acceptor_.bind(stream_protocol::endpoint(path), error);
    if (error) return failed("bind()", error);
    path_ = path;
    if (lstat(path.c_str(), &file) == 0) file_ = {file.st_dev, file.st_ino};
    // Nobody gets in before listen().
    if (chmod(path.c_str(), 0600) != 0) return failed("chmod()", error_code(errno, boost::system::system_category()));
    acceptor_.listen(most_at_once, error);
    if (error) return failed("listen()", error);
    accept();
    return "";
}

void Control::close() {
    error_code ignored;
    acceptor_.close(ignored);
    struct stat file {};
    const bool is_ours =
        !path_.empty() && lstat(path_.c_str(), &file) == 0 && file_ == std::pair(file.st_dev, file.st_ino);
    if (is_ours) unlink(path_.c_str());
    path_.clear();
}

void Control::accept() {
    acceptor_.async_accept([this](error_code error, stream_protocol::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (!error && *sessions_ < most_at_once) std::make_shared<Session>(std::move(socket), sessions_)->run(ask_);
        // Without descriptors an accept fails at once, again and again.
        if (error) {
            auto pause = std::make_shared<asio::steady_timer>(acceptor_.get_executor(), std::chrono::milliseconds(100));
            return pause->async_wait([this, pause](error_code) {
                if (acceptor_.is_open()) accept();
            });
        }
        accept();
    });
}

}  // namespace sluice::server
