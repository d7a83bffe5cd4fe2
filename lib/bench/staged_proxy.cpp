#include "bench/staged_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "bench/scratch.hpp"
#include "bench/signals.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;
using config::concat;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds start_patience = 30s, stop_patience = 5s;
constexpr std::string_view notify_variable = "NOTIFY_SOCKET=";

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream out;
    out << in.rdbuf();
    std::string text = std::move(out).str();
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

/// Where a service says to its manager how far it is (sd_notify(3)). Ours, so that nobody else's is told anything.
class NotifySocket {
  public:
    explicit NotifySocket(const std::string& path)
        : path_(path), fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)), signals_(ending_signals_descriptor()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) return;
        std::memcpy(address.sun_path, path.data(), path.size());
        bound_ = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~NotifySocket() {
        close(fd_);
        close(signals_);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    bool bound() const { return bound_; }
    std::string variable() const { return std::string(notify_variable) + path_; }

    /// False: whom `other` stands for is gone, we are to end, or the time is over.
    bool wait_until_ready(int other, std::chrono::milliseconds patience) const {
        const auto end = Clock::now() + patience;
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
            pollfd waiting[] = {{fd_, POLLIN, 0}, {other, POLLIN, 0}, {signals_, POLLIN, 0}};
            const int n = left > 0 ? poll(waiting, 3, static_cast<int>(left)) : 0;
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return false;
            if (waiting[2].revents != 0 || (waiting[0].revents & POLLIN) == 0) return false;
            char said[512];
            const auto size = recv(fd_, said, sizeof said, 0);
            if (size > 0 && std::string_view(said, static_cast<std::size_t>(size)).starts_with("READY=1")) return true;
        }
    }

  private:
    const std::string path_;
    const int fd_, signals_;
    bool bound_ = false;
};

/// Words for exec(3).
struct Words {
    std::vector<std::string> texts;
    std::vector<char*> pointers;

    char* const* get() {
        pointers.clear();
        for (std::string& text : texts) pointers.push_back(text.data());
        pointers.push_back(nullptr);
        return pointers.data();
    }
};

/// Ours, but for who is told how far the process is.
Words environment(const std::string& notify) {
    Words out;
    for (char** variable = environ; *variable; ++variable)
        if (!std::string_view(*variable).starts_with(notify_variable)) out.texts.emplace_back(*variable);
    out.texts.push_back(notify);
    return out;
}

/// In the child, where only few functions may be called.
[[noreturn]] void become(char* const* words, char* const* variables, int said, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setpgid(0, 0);  // Ctrl-C is ours: we end it when the results are there
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(said, STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    execve("/proc/self/exe", words, variables);
    _exit(127);
}

}  // namespace

std::string StagedProxy::start(const std::string& conf, const std::string& prefix, const std::string& folder) {
    const std::string said = folder + "said";
    const NotifySocket notify(concat({folder, notify_name}));
    if (!notify.bound()) return "cannot make a socket in " + folder;
    Words words{{"sluice", "-c", conf, "-g", "daemon off;", "-e", said}, {}};
    if (!prefix.empty()) words.texts.insert(words.texts.end(), {"-p", prefix});
    Words variables = environment(notify.variable());
    char* const* const argument_list = words.get();
    char* const* const variable_list = variables.get();
    const int fd = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return "cannot write " + said;
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(argument_list, variable_list, fd, parent);
    close(fd);
    if (pid_ > 0) handle_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (handle_ < 0 || clock_getcpuclockid(pid_, &clock_) != 0) return "cannot start a process";
    if (notify.wait_until_ready(handle_, start_patience)) return "";
    return runs() ? "it does not get ready: " + text_of(said) : text_of(said);
}

bool StagedProxy::runs() {
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) != 0) {
        pid_ = -1;
        close(handle_);
        handle_ = -1;
    }
    return pid_ > 0;
}

bool StagedProxy::wait_for_end(std::chrono::milliseconds patience) {
    pollfd waiting{handle_, POLLIN, 0};
    return poll(&waiting, 1, static_cast<int>(patience.count())) == 1;
}

void StagedProxy::stop() {
    if (!runs()) return;
    kill(pid_, SIGTERM);
    if (handle_ < 0 || !wait_for_end(stop_patience)) kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(handle_);
    pid_ = handle_ = -1;
}

double StagedProxy::cpu() const {
    timespec time{};
    if (pid_ <= 0 || clock_gettime(clock_, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace sluice::bench
