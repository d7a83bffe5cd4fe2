#include "bench/staged_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds start_patience = 30s, stop_patience = 5s, step = 10ms;

bool accepts(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool out = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return out;
}

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream out;
    out << in.rdbuf();
    std::string text = std::move(out).str();
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

/// In the child, where only few functions may be called.
[[noreturn]] void become(char* const* words, int said, pid_t parent) {
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
    execv("/proc/self/exe", words);
    _exit(127);
}

}  // namespace

std::string StagedProxy::start(const std::string& conf, const std::string& prefix, const std::string& said,
                               std::span<const std::uint16_t> ports) {
    std::vector<std::string> words{"sluice", "-c", conf, "-g", "daemon off;", "-e", said};
    if (!prefix.empty()) words.insert(words.end(), {"-p", prefix});
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int fd = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return "cannot write " + said;
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(pointers.data(), fd, parent);
    close(fd);
    if (pid_ < 0 || clock_getcpuclockid(pid_, &clock_) != 0) return "cannot start a process";
    const auto end = Clock::now() + start_patience;
    for (const std::uint16_t port : ports)
        while (!accepts(port)) {
            if (!runs()) return text_of(said);
            if (Clock::now() > end) return "it does not accept connections: " + text_of(said);
            std::this_thread::sleep_for(step);
        }
    return runs() ? "" : text_of(said);
}

bool StagedProxy::runs() {
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
}

void StagedProxy::stop() {
    if (!runs()) return;
    kill(pid_, SIGTERM);
    for (const auto end = Clock::now() + stop_patience; runs() && Clock::now() < end;)
        std::this_thread::sleep_for(step);
    if (!runs()) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

double StagedProxy::cpu() const {
    timespec time{};
    if (pid_ <= 0 || clock_gettime(clock_, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace sluice::bench
