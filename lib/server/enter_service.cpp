// From a program that has read its conf to a service: background, pid file, folders, rights.
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "observe/log_opener.hpp"
#include "process/folders.hpp"
#include "process/pid_file.hpp"
#include "process/user.hpp"
#include "server/server.hpp"

namespace sluice::server {

namespace {

/// What the keeper is for under that conf.
process::KeeperDuties duties_of(const route::Snapshot& snapshot) {
    process::KeeperDuties out;
    const auto full = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); };
    for (const auto& log : snapshot.files)
        if (!log.options.by_line && log.name != "-" && log.name != "stderr" && !log.name.starts_with("syslog:")) out.logs.push_back(full(log.name));
    for (const auto& path : snapshot.tls_files) out.confs.push_back(full(path));
    for (config::SourceId i = 0; i < snapshot.conf.sources.size(); ++i) {
        const auto& path = snapshot.conf.sources[i].path;
        if (std::ranges::find(out.confs, full(path)) == out.confs.end()) out.confs.push_back(full(path));
    }
    return out;
}

}  // namespace

/// In nginx's order: background, pid file, rights. Before any thread is started.
std::string Server::enter_service(const route::Snapshot& snapshot) {
    if (snapshot.main.daemon)
        if (auto wrong = process::detach(start_report_); !wrong.empty()) return wrong;
    // Who finds the pid file may send signals at once: they wait until we listen to them.
    sigset_t signals;
    sigemptyset(&signals);
    for (int number : our_signals) sigaddset(&signals, number);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    const auto pid_path = config::resolve_path(place_.prefix, snapshot.main.pid);
    if (auto wrong = process::write_pid_file(pid_path, getpid()); !wrong.empty()) return wrong;
    pid_path_ = pid_path;
    open_control_socket();
    // Folders of keys are often open for root alone.
    certificate_watch_.watch(snapshot.tls_files);
    return become_user(snapshot);
}

/// Without it we serve all the same.
void Server::open_control_socket() {
    control_socket_ = std::make_unique<Control>(
        control_, [this](const boost::json::object& question, Control::Reply reply) { answer(question, std::move(reply)); });
    const auto wrong = control_socket_->open(pid_path_ + ".sock");
    if (wrong.empty()) return;
    std::cerr << "sluice: [warn] no control socket: " << wrong << std::endl;
    control_socket_.reset();
}

/// Where the conf says nothing, a folder that cannot be made is missed only when a body is too large for memory.
std::string Server::make_temp_folders(const route::Snapshot& snapshot) {
    if (snapshot.temp_folders.empty()) return "";
    std::optional<uid_t> owner;
    if (process::is_superuser()) {
        process::User user;
        const auto& main = snapshot.main;
        auto wrong = main.user.empty() ? process::find_default_user(user) : process::find_user(main.user, main.group, user);
        if (!wrong.empty()) return wrong;
        owner = user.uid;
    }
    for (const auto& folder : snapshot.temp_folders) {
        const auto wrong = process::make_folders({{folder.path, owner}});
        if (wrong.empty()) continue;
        if (folder.where.known()) return wrong + " in " + snapshot.place(folder.where);
        std::cerr << "sluice: [warn] " << wrong << "; bodies too large for memory will be passed on as they come" << std::endl;
    }
    return "";
}

std::string Server::become_user(const route::Snapshot& snapshot) {
    const auto& main = snapshot.main;
    if (!process::is_superuser()) {
        if (!main.user.empty()) std::cerr << "sluice: [warn] " << process::user_is_ignored << std::endl;
        return "";
    }
    process::User user;
    auto wrong = main.user.empty() ? process::find_default_user(user) : process::find_user(main.user, main.group, user);
    if (!wrong.empty()) return wrong;
    if (wrong = log_writer_.give_to(user.uid); !wrong.empty()) std::cerr << "sluice: [warn] " << wrong << std::endl;
    auto duties = duties_of(snapshot);
    duties.user = user.uid;
    duties.remove.push_back(pid_path_);
    if (control_socket_) duties.remove.push_back(control_socket_->path());
    if (wrong = keeper_.start(std::move(duties)); !wrong.empty()) return wrong;
    observe::set_log_opener([this](const std::string& path, bool secret) { return keeper_.open_log(path, secret); });
    wrong = process::become(user, main.needs_raw_sockets);
    // Changing the user has taken away the right to leave a core file.
    if (main.core_size) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return wrong;
}

}  // namespace sluice::server
