#include "server/server.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "advice/test_conf.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "observe/error_line.hpp"
#include "observe/log_opener.hpp"
#include "process/folders.hpp"
#include "process/limits.hpp"
#include "process/notify.hpp"
#include "process/pid_file.hpp"
#include "process/user.hpp"
#include "server/conf_of_options.hpp"
#include "server/peer_states.hpp"
#include "server/resolve.hpp"

namespace sluice::server {

namespace {

constexpr int our_signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH};

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

std::shared_ptr<route::Snapshot> compile_text(const std::string& text) {
    const config::MemoryFiles files({{"flags", text}});
    auto conf = config::parse(files, "flags");
    config::check(conf);
    return compile::compile(std::move(conf));
}

/// Where the log of a conf is, which may be wrong in other places.
std::string start_log_of(const config::Conf& conf, const ConfPlace& place) {
    std::string target = place.error_log.empty() ? "logs/error.log" : place.error_log;
    const auto own = std::ranges::find_if(conf.directives, [](const auto& d) { return d.name.value == "error_log" && !d.args.empty(); });
    if (own != conf.directives.end()) target = own->args[0].value;
    return target == "stderr" || target.starts_with("syslog:") ? target : config::resolve_path(place.prefix, target);
}

}  // namespace

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

/// What the keeper is for under that conf.
process::KeeperDuties duties_of(const route::Snapshot& snapshot) {
    process::KeeperDuties out;
    const auto full = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); };
    for (const auto& log : snapshot.files)
        if (!log.options.by_line && log.name != "-" && log.name != "stderr" && !log.name.starts_with("syslog:")) out.logs.push_back(full(log.name));
    for (config::SourceId i = 0; i < snapshot.conf.sources.size(); ++i) {
        const auto& path = snapshot.conf.sources[i].path;
        if (std::ranges::find(out.confs, full(path)) == out.confs.end()) out.confs.push_back(full(path));
    }
    return out;
}

}  // namespace

std::shared_ptr<route::Snapshot> read_conf(const ConfPlace& place, const route::Snapshot* before, const config::Files& files) {
    const auto path = config::resolve_path(place.prefix, place.path);
    auto conf = config::parse(files, path, {.prefix = std::string(config::folder_of(path)), .globals = place.globals});
    config::check(conf);
    return compile::compile(std::move(conf), {.prefix = place.prefix, .error_log = place.error_log, .before = before});
}

Server::Server() = default;

Server::~Server() {
    observe::set_log_opener({});
    if (shared_) shared_->workers.clear();
    if (!pid_path_.empty()) process::remove_pid_file(pid_path_, getpid());
}

std::string Server::start(const Options& options) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto conf = conf_of(options);
    if (!conf.message.empty()) return conf.message;
    auto snapshot = compile_text(conf.text);
    if (!snapshot->conf.ok()) return "flags make a conf that is wrong: " + config::render(snapshot->conf.diagnostics, snapshot->conf.sources);
    const auto workers = snapshot->main.workers;
    Deployed deployed;
    if (auto wrong = deploy(std::move(snapshot), deployed); !wrong.empty()) return "--access-log \"" + options.access_log + "\": " + wrong;
    ListenTable::Change change;
    if (const auto failure = listens_.open(*deployed.snapshot, workers, change); failure.listening) return explain(*deployed.snapshot, failure, &options);
    watch_end(deployed);
    return make_workers(deployed, workers, change);
}

std::string Server::emerg_line(const std::string& text) const {
    std::string line;
    observe::append_error_prefix(line, clock_.wall(), "emerg");
    return line + text + '\n';
}

/// As on standard error, but each mistake begins as a line of the log does.
std::string Server::problems_for_log(const config::Conf& conf) const {
    constexpr std::string_view start = "sluice: [emerg] ";
    std::ostringstream text;
    advice::print_problems(conf, true, text);
    std::istringstream lines(text.str());
    std::string out;
    for (std::string line; std::getline(lines, line);) out += line.starts_with(start) ? emerg_line(line.substr(start.size())) : line + '\n';
    return out;
}

void Server::write_emerg(const std::shared_ptr<observe::LogFile>& file, const std::string& lines) {
    const auto channel = log_writer_.make_channel(file);
    channel->append(lines);
    channel->publish();
}

bool Server::start(const ConfPlace& place) {
    std::signal(SIGPIPE, SIG_IGN);
    from_conf_ = true;
    place_ = place;
    const auto fail = [&](const std::string& text) {
        if (start_log_ && start_log_->target() != "stderr") write_emerg(start_log_, emerg_line(text));
        std::cerr << "sluice: [emerg] " << text << std::endl;
        start_report_.failed("");
        log_writer_.stop(std::chrono::seconds(1));
        return false;
    };
    auto snapshot = read_conf(place);
    advice::print_problems(snapshot->conf, false, std::cerr);
    // Scripts read the error log, also of a server that has never run.
    std::string ignored;
    const auto target = start_log_of(snapshot->conf, place);
    if (target != "stderr") start_log_ = log_writer_.open(target, ignored);
    if (!snapshot->conf.ok()) {
        if (start_log_) write_emerg(start_log_, problems_for_log(snapshot->conf));
        log_writer_.stop(std::chrono::seconds(1));
        return false;
    }
    const auto workers = snapshot->main.workers;
    Deployed deployed;
    if (auto wrong = deploy(std::move(snapshot), deployed); !wrong.empty()) return fail(wrong);
    const auto& conf = *deployed.snapshot;
    if (!conf.main.error_logs.empty()) start_log_ = deployed.files[conf.main.error_logs.front().file];
    if (conf.main.core_size)
        if (const auto warning = process::limit_core(*conf.main.core_size); !warning.empty()) std::cerr << "sluice: [warn] " << warning << std::endl;
    if (conf.main.open_files)
        if (const auto warning = process::limit_open_files(*conf.main.open_files); !warning.empty()) std::cerr << "sluice: [warn] " << warning << std::endl;
    ListenTable::Change change;
    if (const auto failure = listens_.open(conf, workers, change); failure.listening) return fail(explain(conf, failure, nullptr));
    if (auto wrong = enter_service(conf); !wrong.empty()) return fail(wrong);
    watch_end(deployed);
    if (auto wrong = make_workers(deployed, workers, change); !wrong.empty()) return fail(wrong);
    if (std::ranges::none_of(conf.main.error_logs, [](const auto& log) { return log.target == "stderr"; })) log_writer_.take_stderr(start_log_, !conf.main.error_logs.empty() && conf.main.error_logs.front().json);
    start_report_.started();
    process::notify_ready();
    return true;
}

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

void Server::answer(const boost::json::object& question, Control::Reply reply) {
    const auto* word = question.if_contains("ask");
    if (word && word->is_string() && word->get_string() == "peers")
        return ask_peers(control_, shared_->workers, deployed_.snapshot, clock_.now(), std::move(reply));
    reply(boost::json::object{{"error", "there is only {\"ask\": \"peers\"}"}});
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
    observe::set_log_opener([this](const std::string& path) { return keeper_.open_log(path); });
    wrong = process::become(user, main.needs_raw_sockets);
    // Changing the user has taken away the right to leave a core file.
    if (main.core_size) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return wrong;
}

/// Opens what the snapshot needs.
std::string Server::deploy(std::shared_ptr<route::Snapshot> snapshot, Deployed& out) {
    if (auto wrong = open_logs(*snapshot, out); !wrong.empty()) return wrong;
    out.snapshot = std::move(snapshot);
    return "";
}

/// From now on somebody hears when the last user of the snapshot has gone.
void Server::watch_end(Deployed& deployed) {
    const auto* made = deployed.snapshot.get();
    deployed.snapshot = std::shared_ptr<const route::Snapshot>(
        made, [this, kept = deployed.snapshot](const route::Snapshot*) mutable { on_snapshot_gone(std::move(kept)); });
}

std::string Server::open_logs(const route::Snapshot& snapshot, Deployed& out) {
    for (const auto& target : snapshot.files) {
        std::string error;
        auto file = log_writer_.open(target.name, error, target.options);
        if (!file) return from_conf_ ? error : "cannot open it: " + error;
        out.files.push_back(std::move(file));
    }
    return "";
}

std::string Server::explain(const route::Snapshot& snapshot, const ListenTable::Failure& failure, const Options* options) const {
    const auto& where = failure.listening->text;
    if (!options)
        return "bind() to " + where + " failed (" + std::to_string(failure.error) + ": " + std::strerror(failure.error) + ") in " +
               snapshot.place(failure.listening->where);
    for (const auto& listen : options->listen)
        for (const auto& address : resolve(listen).addresses)
            if (address.port() == failure.listening->address.port() || address == failure.listening->address)
                return "--listen \"" + listen.text + "\": cannot listen on " + where + ": " + std::strerror(failure.error);
    return "cannot listen on " + where + ": " + std::strerror(failure.error);
}

std::string Server::make_workers(const Deployed& deployed, unsigned count, ListenTable::Change& change) {
    const int limit = raise_descriptor_limit();
    shared_.reset(new Shared{clock_, log_writer_, upstream::dial, limit - descriptor_reserve(limit)});
    shared_->census = this;
    try {
        for (unsigned i = 0; i < count; ++i) {
            auto& worker = shared_->workers.emplace_back(std::make_unique<Worker>(*shared_, deployed));
            for (const auto& socket : change.opened[i]) worker->listen(socket.fd, *socket.where, socket.shared);
        }
    } catch (const std::system_error& error) {
        return "cannot make " + std::to_string(count) + " workers: " + error.code().message() + "; --threads or ulimit -n";
    }
    deployed_ = deployed;
    // Before anybody is told that we have started: a signal that follows is for us to handle.
    sigset_t signals;
    sigemptyset(&signals);
    for (int number : our_signals) {
        signals_.add(number);
        sigaddset(&signals, number);
    }
    sigprocmask(SIG_UNBLOCK, &signals, nullptr);
    wait_for_signal();
    return "";
}

std::string Server::describe_backends() const {
    std::string out;
    if (deployed_.snapshot->groups.empty()) return "nothing";
    for (const auto& peer : deployed_.snapshot->groups.front()->peers()) {
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
                if (--running_ == 0) control_.stop();
            });
        });
    control_.run();
    for (auto& thread : threads_) thread.join();
    listens_.forget_all();
    control_socket_.reset();
    if (!pid_path_.empty()) process::remove_pid_file(std::exchange(pid_path_, ""), getpid());
    const bool logs_complete = log_writer_.stop(log_patience_);
    keeper_.finish();  // the log's thread may have asked it until now
    if (!logs_complete) std::_Exit(0);
    // Not before: the log's thread may be about to nudge a worker's loop.
    shared_->workers.clear();
    deployed_ = {};
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

exchange::Totals Server::totals() const {
    exchange::Totals out;
    for (const auto& worker : shared_->workers) {
        const auto& counters = worker->counters();
        out.active += worker->connections();
        out.accepted += counters.accepted.load(std::memory_order_relaxed);
        out.requests += counters.requests.load(std::memory_order_relaxed);
        out.reading += counters.reading.load(std::memory_order_relaxed);
        out.writing += counters.writing.load(std::memory_order_relaxed);
    }
    return out;
}

void Server::log(exchange::Level level, const std::string& text) {
    auto& worker = *shared_->workers.front();
    worker.loop().post([&worker, level, text] { worker.tell(level, text); });
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
        const auto& logs = deployed_.snapshot->main.error_logs;
        for (const auto& log : logs) write_emerg(deployed_.files[log.file], text);
        log(exchange::Level::error, "the new configuration is refused, the old one stays");
        process::notify_ready();
    };
    auto snapshot = read_conf(place_, deployed_.snapshot.get(), KeptFiles(keeper_));
    if (!snapshot->conf.ok()) return refuse(problems_for_log(snapshot->conf));
    Deployed deployed;
    if (auto wrong = deploy(std::move(snapshot), deployed); !wrong.empty()) return refuse(emerg_line(wrong));
    ListenTable::Change change;
    const auto workers = shared_->workers.size();
    if (const auto failure = listens_.open(*deployed.snapshot, workers, change); failure.listening) return refuse(emerg_line(explain(*deployed.snapshot, failure, nullptr)));
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
    set_end_of(deployed_.snapshot);
    deployed_ = std::move(deployed);
    log(exchange::Level::notice, "reconfiguring");
    process::notify_ready();
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

void Server::quit() {
    boost::asio::post(control_, [this] { on_signal(SIGQUIT); });
}

}  // namespace sluice::server
