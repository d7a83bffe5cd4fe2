#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "support/catch.hpp"

namespace sluice::test {

Reader::Reader(int fd) : fd_(fd), thread_([this] { run(); }) {}

Reader::~Reader() {
    thread_.join();
    close(fd_);
}

void Reader::run() {
    char bytes[4096];
    for (;;) {
        const ssize_t n = read(fd_, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        const std::lock_guard lock(mutex_);
        ended_ = n <= 0;
        if (n > 0) text_.append(bytes, static_cast<std::size_t>(n));
        changed_.notify_all();
        if (ended_) return;
    }
}

std::string Reader::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

std::string Reader::wait_for_line(std::string_view what) const {
    std::unique_lock lock(mutex_);
    std::size_t at = std::string::npos, end = std::string::npos;
    const auto found = [&] {
        at = text_.find(what);
        end = text_.find('\n', at);
        return at != std::string::npos && end != std::string::npos;
    };
    if (!changed_.wait_for(lock, patience, [&] { return found() || ended_; }))
        throw TimedOut("no line with \"" + std::string(what) + "\" in:\n" + text_);
    if (!found()) throw Closed("no line with \"" + std::string(what) + "\" in:\n" + text_);
    const std::size_t start = text_.rfind('\n', at) + 1;  // npos + 1 is the beginning
    return text_.substr(start, end - start);
}

std::string Reader::wait_for_end() const {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return ended_; })) throw TimedOut("an output was not closed");
    return text_;
}

Process::Pipe::Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read = ends[0], write = ends[1];
}

Process::Process(const std::vector<std::string>& words)
    : pid_(start(words)), output_(output_pipe_.read), errors_(error_pipe_.read) {}

pid_t Process::start(const std::vector<std::string>& words) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output_pipe_.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error_pipe_.write, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(output_pipe_.write);
    close(error_pipe_.write);
    if (error != 0) throw std::runtime_error("cannot start " + words[0]);
    return pid;
}

Process::~Process() {
    if (ended_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
    if (!ended_) kill(pid_, number);
}

int Process::wait() {
    if (ended_) return status_;
    const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    pollfd p{fd, POLLIN, 0};
    const int ready = poll(&p, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
    close(fd);
    if (ready == 0) throw TimedOut("the process did not end");
    int status = 0;
    waitpid(pid_, &status, 0);
    ended_ = true;
    return status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

namespace {

std::vector<std::string> command(const std::string& flags, unsigned descriptors) {
    std::vector<std::string> out;
    if (descriptors) out = {"/bin/sh", "-c", "ulimit -n " + std::to_string(descriptors) + " && exec \"$@\"", "sh"};
    out.push_back(SLUICE_BINARY);
    if (flags.find("--listen") == std::string::npos) out.insert(out.end(), {"--listen", "127.0.0.1:0"});
    std::istringstream words(flags);
    for (std::string word; words >> word;) out.push_back(word);
    return out;
}

}  // namespace

Sluice::Sluice(const std::string& flags, unsigned descriptors) : process_(command(flags, descriptors)) {
    constexpr std::string_view says = "sluice: listening on ";
    process_.errors().wait_for_line("sluice: forwarding to ");
    address_ = process_.errors().wait_for_line(says).substr(says.size());
}

Sluice::~Sluice() {
    if (process_.has_ended()) return;
    process_.signal(SIGTERM);
    int status = -1;
    CHECK_NOTHROW(status = process_.wait());
    INFO(errors());
    CHECK(status == 0);
}

Message Sluice::ask(std::string_view head, std::string_view body) const {
    Socket client = connect();
    client.send(std::string(head) + "Connection: close\r\n\r\n" + std::string(body));
    Message out = read_response(client, head.substr(0, head.find(' ')));
    if (!client.ends()) throw std::runtime_error("the connection did not end after the answer");
    return out;
}

Message Sluice::get(std::string_view path) const {
    return ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n");
}

std::size_t Sluice::resident_kib() const {
    std::ifstream in("/proc/" + std::to_string(process_.pid()) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
}

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no folder for the test");
    path_ = name;
}

Folder::~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

std::string read_file(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

std::vector<std::string> wait_for_lines(const std::string& path, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const std::string text = read_file(path);
        auto lines = lines_of(text);
        if (lines.size() >= count && (text.ends_with('\n') || (count == 0 && std::filesystem::exists(path))))
            return lines;
        if (std::chrono::steady_clock::now() > until) throw TimedOut("too few lines in the log:\n" + text);
        poll(nullptr, 0, 1);
    }
}

}  // namespace sluice::test
