// Certificates that change while the server runs.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "server/server.hpp"

namespace sluice::server {

using exchange::Level;

namespace {
constexpr auto patience = std::chrono::minutes(1);  // with what has nothing to do with certificates: a name that is not found
}

/// Those whose state is not the one in which they were read.
std::vector<std::string> Server::changed_files() {
    std::vector<std::string> out;
    std::map<std::string, tls::FileStamp> now;
    for (const auto& path : deployed_.snapshot->tls_files) {
        std::error_code ignored;
        if (std::filesystem::is_fifo(path, ignored)) continue;  // somebody may be about to write a password into it
        const int fd = open_secret(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        now[path] = fd >= 0 ? tls::stamp_of(fd) : tls::FileStamp{};
        if (fd >= 0) ::close(fd);
        const auto before = file_states_.find(path);
        if (before != file_states_.end() && before->second != now[path]) out.push_back(path);
    }
    file_states_ = std::move(now);
    return out;
}

/// The conf as it was read, with the files of TLS as they are now: nothing else changes, and no connection is touched.
void Server::renew_certificates() {
    certificate_watch_.watch(deployed_.snapshot->tls_files);  // links may lead elsewhere now
    auto changed = changed_files();
    changed.insert(changed.end(), unheeded_files_.begin(), unheeded_files_.end());
    unheeded_files_.clear();
    if (changed.empty()) return;  // touched, and the same as before
    compile::Renewal renewal;
    auto options = compile_options();
    options.renewal = &renewal;
    auto conf = deployed_.snapshot->conf;
    conf.diagnostics = {};
    tls_store_.wait_for_pipes(false);
    auto snapshot = compile::compile(std::move(conf), options);
    tls_store_.wait_for_pipes(true);
    for (const auto& problem : renewal.problems) write_to_error_logs(emerg_line(problem));
    if (!renewal.problems.empty()) log(Level::error, "the changed certificates are refused, the old ones stay");
    if (std::ranges::all_of(changed, [&](const auto& path) { return renewal.kept.contains(path) && !renewal.taken.contains(path); })) return;
    std::string wrong;
    if (!snapshot->conf.ok())
        wrong = problems_for_log(snapshot->conf);
    else if (wrong = put_in_service(std::move(snapshot)); !wrong.empty())
        wrong = emerg_line(wrong);
    if (wrong.empty()) return log(Level::notice, "changed certificates are in service");
    write_to_error_logs(wrong);
    log(Level::error, "the changed certificates have to wait, the old ones stay meanwhile");
    unheeded_files_ = std::move(changed);
    renew_in(patience);
}

void Server::renew_in(std::chrono::seconds time) {
    renew_again_.expires_after(time);
    renew_again_.async_wait([this](const boost::system::error_code& error) {
        if (!error) renew_certificates();
    });
}

void Server::write_to_error_logs(const std::string& lines) {
    for (const auto& log : deployed_.snapshot->main.error_logs) write_emerg(deployed_.files[log.file], lines);
}

/// From now on, and anew after each reload.
void Server::watch_certificates() {
    if (const auto wrong = certificate_watch_.watch(deployed_.snapshot->tls_files); !wrong.empty())
        log(Level::warn, wrong + "; changed certificates take a reload");
    // What has changed since it was read was changed before it was watched.
    unheeded_files_ = changed_files();
    renew_again_.cancel();
    if (!unheeded_files_.empty()) renew_in(std::chrono::seconds(0));
}

}  // namespace sluice::server
