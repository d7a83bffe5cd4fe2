#include "server/server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "balance/balancer.hpp"
#include "net/listen.hpp"
#include "server/resolve.hpp"

namespace sluice::server {

namespace {

/// As many open files as the system allows.
int raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
}

/// Kept free for the peers of the clients that are here, so that what was accepted can also be served.
int descriptor_reserve(int limit) { return std::clamp(limit / 8, 8, 256); }

bool is_any(const net::Address& a) {
    return a.family() == net::Address::Family::v6 && a.ip() == "::";
}

}  // namespace

Server::Server() = default;

Server::~Server() {
    for (auto& worker_sockets : sockets_)
        for (auto& socket : worker_sockets)
            if (socket.fd >= 0) close(socket.fd);
    if (shared_) shared_->workers.clear();
}

std::string Server::start(const Options& options) {
    std::signal(SIGPIPE, SIG_IGN);
    const unsigned threads = options.threads ? options.threads : std::max(std::thread::hardware_concurrency(), 1u);
    const int limit = raise_descriptor_limit();
    sockets_.resize(threads);
    if (auto wrong = open_logs(options); !wrong.empty()) return wrong;
    if (auto wrong = make_group(options); !wrong.empty()) return wrong;
    for (const auto& where : options.listen)
        if (auto wrong = listen(where, threads); !wrong.empty()) return wrong;
    shared_.reset(new Shared{clock_, *group_, {}, {}, {}, limit - descriptor_reserve(limit), {0}, {}});
    try {
        make_workers(threads);
    } catch (const std::system_error& error) {
        return "cannot make " + std::to_string(threads) + " workers: " + error.code().message() + "; --threads or ulimit -n";
    }
    // Before anybody is told that we have started: a signal that follows is for us to handle.
    for (int number : {SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGHUP}) signals_.add(number);
    wait_for_signal();
    return "";
}

std::string Server::open_logs(const Options& options) {
    error_file_ = log_writer_.add_file("stderr");
    if (options.access_log == "off") return "";
    access_file_ = log_writer_.add_file(options.access_log);
    if (access_file_ >= 0) return "";
    const std::string why = errno == ENXIO ? "it is a pipe from which nobody reads" : std::strerror(errno);
    return "--access-log \"" + options.access_log + "\": cannot open it: " + why;
}

std::string Server::make_group(const Options& options) {
    std::vector<upstream::Group::PeerSpec> peers;
    for (const auto& backend : options.backends) {
        const auto resolved = resolve(backend.address);
        if (!resolved.message.empty()) return "--backend \"" + backend.address.text + "\": " + resolved.message;
        for (const auto& address : resolved.addresses) peers.push_back({address, backend.weight, backend.health, backend.backup});
    }
    group_ = std::make_unique<upstream::Group>("backends", *balance::find_balancer(options.balance), peers);
    return "";
}

std::string Server::listen(const AddressText& where, unsigned threads) {
    auto resolved = resolve(where);
    if (!resolved.message.empty()) return "--listen \"" + where.text + "\": " + resolved.message;
    for (const auto& address : resolved.addresses)
        if (auto wrong = listen_on(address, where, threads); !wrong.empty()) return wrong;
    return "";
}

std::string Server::listen_on(const net::Address& wanted, const AddressText& where, unsigned threads) {
    const bool is_unix = wanted.family() == net::Address::Family::unix_path;
    net::Address address = wanted;
    // Sockets that share a port would also share it with another process of this user: look first whether it is free.
    auto probe = net::listen_on(address, false);
    if (probe.fd < 0 && is_any(address) && probe.error == EAFNOSUPPORT) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_port = htons(wanted.port());
        address = net::Address::from(reinterpret_cast<const sockaddr*>(&any), sizeof any);
        probe = net::listen_on(address, false);
    }
    if (probe.fd < 0) return "--listen \"" + where.text + "\": cannot listen on " + address.text() + ": " + std::strerror(probe.error);
    if (!is_unix) address = net::local_address(probe.fd);
    const auto index = addresses_.size();
    addresses_.push_back(address);
    if (is_unix) {
        struct stat file {};
        if (lstat(address.path().c_str(), &file) == 0) socket_files_.push_back({address.path(), file.st_dev, file.st_ino});
        for (unsigned i = 0; i < threads; ++i) {
            const int fd = i == 0 ? probe.fd : fcntl(probe.fd, F_DUPFD_CLOEXEC, 0);
            if (fd < 0) return "--listen \"" + where.text + "\": cannot listen on " + address.text() + ": " + std::strerror(errno);
            sockets_[i].push_back({fd, index, true});
        }
        return "";
    }
    close(probe.fd);
    for (unsigned i = 0; i < threads; ++i) {
        const auto opened = net::listen_on(address, true);
        if (opened.fd < 0) return "--listen \"" + where.text + "\": cannot listen on " + address.text() + ": " + std::strerror(opened.error);
        sockets_[i].push_back({opened.fd, index, false});
    }
    return "";
}

void Server::make_workers(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
        auto* access = access_file_ >= 0 ? &log_writer_.add_channel(access_file_) : nullptr;
        shared_->workers.push_back(std::make_unique<Worker>(*shared_, access, log_writer_.add_channel(error_file_)));
        for (auto& socket : sockets_[i]) {
            const int fd = std::exchange(socket.fd, -1);
            shared_->workers.back()->listen(fd, addresses_[socket.address], socket.shared);
        }
    }
}

std::string Server::describe_backends() const {
    std::string out;
    for (const auto& peer : group_->peers()) {
        if (!out.empty()) out += ", ";
        out += peer->name;
        if (peer->weight != 1) out += " (weight " + std::to_string(peer->weight) + ")";
        if (peer->backup) out += " (backup)";
    }
    return out;
}

void Server::run() {
    log_writer_.start();
    running_ = shared_->workers.size();
    for (auto& worker : shared_->workers)
        threads_.emplace_back([this, &worker] {
            worker->run();
            boost::asio::post(control_, [this] {
                if (--running_ == 0) signals_.cancel();
            });
        });
    control_.run();
    for (auto& thread : threads_) thread.join();
    remove_socket_files();
    const bool logs_complete = log_writer_.stop(log_patience_);
    if (!logs_complete) std::_Exit(0);
    // Not before: the log's thread may be about to nudge a worker's loop.
    shared_->workers.clear();
}

/// Only what is still ours: another process may have put its own socket there meanwhile.
void Server::remove_socket_files() {
    for (const auto& socket : socket_files_) {
        struct stat file {};
        if (lstat(socket.path.c_str(), &file) == 0 && file.st_dev == socket.device && file.st_ino == socket.inode)
            unlink(socket.path.c_str());
    }
}

void Server::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
        if (error) return;
        on_signal(number);
        wait_for_signal();
    });
}

void Server::on_signal(int number) {
    if (number == SIGUSR1) return log_writer_.reopen();
    if (number == SIGHUP) return;  // nothing to read anew: the settings came from flags
    log_patience_ = number == SIGQUIT ? std::chrono::seconds(5) : std::chrono::milliseconds(200);
    for (auto& worker : shared_->workers) number == SIGQUIT ? worker->drain() : worker->stop();
}

void Server::quit() {
    boost::asio::post(control_, [this] { on_signal(SIGQUIT); });
}

}  // namespace sluice::server
