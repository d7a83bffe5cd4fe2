#include "server/server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>

#include "advice/test_conf.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "observe/error_line.hpp"
#include "observe/log_opener.hpp"
#include "process/limits.hpp"
#include "process/notify.hpp"
#include "process/pid_file.hpp"
#include "server/conf_of_options.hpp"
#include "server/peer_states.hpp"
#include "server/resolve.hpp"

namespace sluice::server {

namespace {

/// As many open files as the system allows, unless worker_rlimit_nofile has said how many.
int settle_descriptor_limit(bool is_said) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (!is_said) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
}

/// Kept free for the peers of the clients that are here, so that what was accepted can also be served.
int descriptor_reserve(int limit) { return std::clamp(limit / 8, 8, 256); }

/// Ignored by nginx, too: a socket's other side has gone, or somebody sends what nobody here waits for.
void ignore_signals() {
    for (const int number : {SIGPIPE, SIGALRM, SIGIO, SIGSYS}) std::signal(number, SIG_IGN);
}

std::shared_ptr<route::Snapshot> compile_text(const std::string& text) {
    const config::MemoryFiles files({{"flags", text}});
    auto conf = config::parse(files, "flags");
    config::check(conf);
    return compile::compile(std::move(conf));
}

}  // namespace

Server::Server() = default;

Server::~Server() {
    observe::set_log_opener({});
    if (shared_) shared_->workers.clear();
    if (!pid_path_.empty()) process::remove_pid_file(pid_path_, getpid());
}

std::string Server::start(const Options& options) {
    ignore_signals();
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

/// What a conf is compiled with, at start and later.
compile::Options Server::compile_options() {
    compile::Options out;
    out.prefix = place_.prefix;
    out.conf_folder = config::folder_of(config::resolve_path(place_.prefix, place_.path));
    out.error_log = place_.error_log;
    out.tls = &tls_store_;
    out.before = deployed_.snapshot.get();
    if (shared_) out.workers = static_cast<unsigned>(shared_->workers.size());
    return out;
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
    ignore_signals();
    from_conf_ = true;
    place_ = place;
    const auto fail = [&](const std::string& text) {
        if (start_log_ && start_log_->target() != "stderr") write_emerg(start_log_, emerg_line(text));
        std::cerr << "sluice: [emerg] " << text << std::endl;
        start_report_.failed("");
        log_writer_.stop(std::chrono::seconds(1));
        return false;
    };
    auto snapshot = read_conf(place, compile_options());
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
    if (auto wrong = make_temp_folders(conf); !wrong.empty()) return fail(wrong);
    if (auto wrong = enter_service(conf); !wrong.empty()) return fail(wrong);
    watch_end(deployed);
    if (auto wrong = make_workers(deployed, workers, change); !wrong.empty()) return fail(wrong);
    if (std::ranges::none_of(conf.main.error_logs, [](const auto& log) { return log.target == "stderr"; })) log_writer_.take_stderr(start_log_, !conf.main.error_logs.empty() && conf.main.error_logs.front().json);
    start_report_.started();
    process::notify_ready();
    return true;
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
    const int limit = settle_descriptor_limit(deployed.snapshot->main.open_files.has_value());
    shared_.reset(new Shared{clock_, log_writer_, spool_, upstream::dial, limit - descriptor_reserve(limit)});
    shared_->census = this;
    shared_->ocsp = &ocsp_;
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
    spool_.start();
    running_ = shared_->workers.size();
    watch_certificates();
    staplers_.serve(*deployed_.snapshot);
    calendar_.watch(pairs_in_use(*deployed_.snapshot));
    for (auto& worker : shared_->workers)
        threads_.emplace_back([this, &worker] {
            worker->run();
            boost::asio::post(control_, [this] {
                if (--running_ == 0) control_.stop();
            });
        });
    control_.run();
    for (auto& thread : threads_) thread.join();
    spool_.stop();
    listens_.forget_all();
    control_socket_.reset();
    if (!pid_path_.empty()) process::remove_pid_file(std::exchange(pid_path_, ""), getpid());
    const bool logs_complete = log_writer_.stop(log_patience_);
    keeper_.finish();  // the log's thread may have asked it until now
    if (!logs_complete || ocsp_fetcher_.is_busy()) std::_Exit(0);
    // Not before: the log's thread may be about to nudge a worker's loop.
    shared_->workers.clear();
    deployed_ = {};
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

void Server::answer(const boost::json::object& question, Control::Reply reply) {
    const auto* word = question.if_contains("ask");
    if (word && word->is_string() && word->get_string() == "peers")
        return ask_peers(control_, shared_->workers, deployed_.snapshot, clock_.now(), std::move(reply));
    reply(boost::json::object{{"error", "there is only {\"ask\": \"peers\"}"}});
}

void Server::quit() {
    boost::asio::post(control_, [this] { on_signal(SIGQUIT); });
}

}  // namespace sluice::server
