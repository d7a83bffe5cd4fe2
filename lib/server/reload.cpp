// What the control thread does on signals: reload, reopen, drain, stop.
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "process/notify.hpp"
#include "process/pid_file.hpp"
#include "server/server.hpp"

namespace sluice::server {

namespace {

/// Files that only root may read come from the keeper.
class KeptFiles final : public config::DiskFiles {
  public:
    explicit KeptFiles(process::Keeper& keeper) : keeper_(keeper) {}
    Read read(const std::string& path) const override {
        auto plain = DiskFiles::read(path);
        if (plain.error != std::strerror(EACCES) || !keeper_.is_running()) return plain;
        const int fd = keeper_.open_conf(std::filesystem::absolute(path).lexically_normal());
        if (fd < 0) return plain;
        auto kept = read_descriptor(fd);
        close(fd);
        return kept;
    }

  private:
    static Read read_descriptor(int fd) {
        Read out;
        char part[16384];
        for (ssize_t n; (n = ::read(fd, part, sizeof part)) != 0;) {
            if (n < 0) return {"", std::strerror(errno)};
            out.bytes.append(part, static_cast<std::size_t>(n));
        }
        return out;
    }
    process::Keeper& keeper_;
};

}  // namespace

void Server::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
        if (error) return;
        on_signal(number);
        wait_for_signal();
    });
}

void Server::on_signal(int number) {
    if (number == SIGUSR1) return log_writer_.reopen();
    if (number == SIGHUP) return reload();
    if (number == SIGWINCH) return;
    if (number == SIGUSR2) return log(exchange::Level::notice, "SIGUSR2: a new program takes a restart; a new conf takes SIGHUP");
    process::notify_stopping();
    log_patience_ = number == SIGQUIT ? std::chrono::seconds(5) : std::chrono::milliseconds(200);
    for (auto& worker : shared_->workers) number == SIGQUIT ? worker->drain() : worker->stop();
    if (number == SIGQUIT) set_shutdown_alarm();
}

/// worker_shutdown_timeout: those who are still there then are sent away.
void Server::set_shutdown_alarm() {
    const auto time = deployed_.snapshot->main.shutdown_timeout;
    if (time.count() == 0) return;
    auto timer = std::make_shared<boost::asio::steady_timer>(control_, time);
    timer->async_wait([this, timer](const boost::system::error_code& error) {
        if (error) return;
        for (auto& worker : shared_->workers) worker->stop();
    });
    shutdown_alarm_ = timer;
}

/// worker_shutdown_timeout after a reload: requests and tunnels under the old configuration are broken off then.
void Server::set_end_of(const std::shared_ptr<const route::Snapshot>& old) {
    const auto time = old->main.shutdown_timeout;
    if (time.count() == 0) return;
    auto timer = std::make_shared<boost::asio::steady_timer>(control_, time);
    timer->async_wait([this, timer, old = std::weak_ptr(old)](const boost::system::error_code& error) {
        if (error) return;
        const auto still_used = old.lock();
        if (!still_used) return;
        for (auto& worker : shared_->workers)
            worker->loop().post([&worker = *worker, still_used] { worker.abort_users_of(*still_used); });
    });
}

/// A configuration's last user is gone: what nginx's worker processes say when they end.
/// That user is a worker amid its requests: taking a large configuration apart is left to the control thread.
void Server::on_snapshot_gone(std::shared_ptr<const route::Snapshot> gone) {
    if (!shared_ || running_ == 0) return;
    boost::asio::post(control_, [this, gone = std::move(gone)]() mutable {
        gone.reset();
        if (running_ > 0) log(exchange::Level::notice, "worker process " + std::to_string(getpid()) + " of the old configuration exited with code 0");
    });
}

void Server::reload() {
    if (!from_conf_) return;  // nothing to read anew: the settings came from flags
    process::notify_reloading();
    const auto refuse = [this](const std::string& text) {
        write_to_error_logs(text);
        log(exchange::Level::error, "the new configuration is refused, the old one stays");
        process::notify_ready();
    };
    auto snapshot = read_conf(place_, compile_options(), KeptFiles(keeper_));
    if (!snapshot->conf.ok()) return refuse(problems_for_log(snapshot->conf));
    const auto old = deployed_.snapshot;
    if (const auto wrong = put_in_service(std::move(snapshot)); !wrong.empty()) return refuse(emerg_line(wrong));
    set_end_of(old);
    watch_certificates();
    log(exchange::Level::notice, "reconfiguring");
    process::notify_ready();
}

/// The next request is served by this one. What went wrong, and then nothing has changed; or "".
std::string Server::put_in_service(std::shared_ptr<route::Snapshot> snapshot) {
    Deployed deployed;
    if (auto wrong = make_temp_folders(*snapshot); !wrong.empty()) return wrong;
    if (auto wrong = deploy(std::move(snapshot), deployed); !wrong.empty()) return wrong;
    ListenTable::Change change;
    const auto workers = shared_->workers.size();
    if (const auto failure = listens_.open(*deployed.snapshot, workers, change); failure.listening) return explain(*deployed.snapshot, failure, nullptr);
    watch_end(deployed);
    if (deployed.snapshot->main.workers != workers)
        log(exchange::Level::notice, "worker_processes stays " + std::to_string(workers) + ": a new number takes a restart");
    move_pid_file(*deployed.snapshot);
    for (const auto* where : change.closed) listens_.forget(*where);
    for (std::size_t i = 0; i < workers; ++i) {
        auto& worker = *shared_->workers[i];
        worker.loop().post([&worker, deployed, opened = std::move(change.opened[i]), closed = change.closed] {
            worker.adopt_conf(deployed);
            for (const auto& socket : opened) worker.listen(socket.fd, *socket.where, socket.shared);
            for (const auto* where : closed) worker.stop_listening(*where);
        });
    }
    deployed_ = std::move(deployed);
    staplers_.serve(*deployed_.snapshot);
    calendar_.watch(pairs_in_use(*deployed_.snapshot));
    return "";
}

/// Keys that only root may read come from the keeper.
int Server::open_secret(const char* path, int flags) {
    const int fd = ::open(path, flags);
    if (fd >= 0 || errno != EACCES || !keeper_.is_running()) return fd;
    return keeper_.open_conf(std::filesystem::absolute(path).lexically_normal());
}

int Server::open_noting(const char* path, int flags) {
    const int fd = open_secret(path, flags);
    file_states_[path] = fd >= 0 ? tls::stamp_of(fd) : tls::FileStamp{};
    return fd;
}

/// Those who send signals look where the conf says.
void Server::move_pid_file(const route::Snapshot& snapshot) {
    const auto path = config::resolve_path(place_.prefix, snapshot.main.pid);
    if (path == pid_path_) return;
    if (const auto wrong = process::write_pid_file(path, getpid()); !wrong.empty())
        return log(exchange::Level::error, wrong + "; the pid stays in " + pid_path_);
    process::remove_pid_file(std::exchange(pid_path_, path), getpid());
    open_control_socket();
}

}  // namespace sluice::server
