// Start-up, signals, reload, shutdown: from a conf to running workers.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "process/daemon.hpp"
#include "process/keeper.hpp"
#include "server/certificate_calendar.hpp"
#include "server/conf_place.hpp"
#include "server/control.hpp"
#include "server/file_watch.hpp"
#include "server/listen_table.hpp"
#include "server/ocsp_desk.hpp"
#include "server/options.hpp"
#include "server/staplers.hpp"
#include "server/worker.hpp"
#include "spool/thread.hpp"
#include "tls/store.hpp"

namespace sluice::server {

/// The process: the control thread is the one that calls start() and run().
class Server final : exchange::Census {
  public:
    Server();
    virtual ~Server();

    /// From flags. What went wrong, in one line that names the flag; "" if all is well. Nothing is accepted before run().
    std::string start(const Options& options);

    /// From a conf, as a service: logs, user, pid file, in nginx's order. What went wrong has been told on standard error
    /// and in the error log. Returns in the daemon if the conf asks for one.
    bool start(const ConfPlace& place);

    /// The addresses listened on, with the ports that the kernel chose.
    std::vector<net::Address> addresses() const { return listens_.addresses(); }
    /// "127.0.0.1:9001, 127.0.0.1:9002 (weight 2)": the peers of the first group.
    std::string describe_backends() const;

    /// Serves until SIGTERM or SIGINT (at once), SIGQUIT (when all exchanges are done), or quit().
    void run();

    /// Any thread: as SIGQUIT.
    void quit();

  private:
    static constexpr int our_signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH};

    std::string deploy(std::shared_ptr<route::Snapshot> snapshot, Deployed& out);
    void watch_end(Deployed& deployed);
    std::string emerg_line(const std::string& text) const;
    std::string problems_for_log(const config::Conf& conf) const;
    void write_emerg(const std::shared_ptr<observe::LogFile>& file, const std::string& lines);
    exchange::Totals totals() const override;
    std::string open_logs(const route::Snapshot& snapshot, Deployed& out);
    std::string explain(const route::Snapshot& snapshot, const ListenTable::Failure& failure, const Options* options) const;
    std::string enter_service(const route::Snapshot& snapshot);
    std::string make_temp_folders(const route::Snapshot& snapshot);
    std::string become_user(const route::Snapshot& snapshot);
    void open_control_socket();
    void answer(const boost::json::object& question, Control::Reply reply);
    std::string make_workers(const Deployed& deployed, unsigned count, ListenTable::Change& change);
    void wait_for_signal();
    void on_signal(int number);
    void reload();
    void log(exchange::Level level, const std::string& text);
    compile::Options compile_options();
    std::string put_in_service(std::shared_ptr<route::Snapshot> snapshot);
    void renew_certificates();
    std::vector<std::string> changed_files();
    void watch_certificates();
    void renew_in(std::chrono::seconds time);
    void write_to_error_logs(const std::string& lines);
    int open_secret(const char* path, int flags);
    int open_noting(const char* path, int flags);
    void move_pid_file(const route::Snapshot& snapshot);
    void on_snapshot_gone(std::shared_ptr<const route::Snapshot> gone);
    void set_shutdown_alarm();
    void set_end_of(const std::shared_ptr<const route::Snapshot>& old);

    core::SystemClock clock_;
    tls::Store tls_store_{clock_, [this](const char* path, int flags) { return open_noting(path, flags); }};
    observe::LogWriter log_writer_;
    spool::SpoolThread spool_;
    std::shared_ptr<observe::LogFile> start_log_;  // what start-up has to say
    ConfPlace place_;
    bool from_conf_ = false;
    std::string pid_path_;
    process::StartReport start_report_;
    process::Keeper keeper_;
    Deployed deployed_;
    std::unique_ptr<Shared> shared_;
    ListenTable listens_;
    std::vector<std::thread> threads_;
    core::Duration log_patience_ = std::chrono::seconds(5);  // how long the end waits for a log that is not taken
    boost::asio::io_context control_{1};
    boost::asio::signal_set signals_{control_};
    std::unique_ptr<Control> control_socket_;
    OcspFetcher ocsp_fetcher_{control_, clock_};
    OcspDesk ocsp_{control_, clock_, [this](exchange::Level level, const std::string& text) { log(level, text); },
                   [this](OcspDesk::Question question, OcspFetcher::Done done) { ocsp_fetcher_.ask(std::move(question), std::move(done)); }};
    Staplers staplers_{control_, clock_, ocsp_};
    FileWatch certificate_watch_{control_, [this] { renew_certificates(); }};
    std::map<std::string, tls::FileStamp> file_states_;  // of the files of TLS, when they were read last
    std::vector<std::string> unheeded_files_;         // changed, but the conf could not be put in service then
    boost::asio::steady_timer renew_again_{control_};
    CertificateCalendar calendar_{control_, clock_, [this](const std::string& text) { log(exchange::Level::warn, text); }};
    std::shared_ptr<boost::asio::steady_timer> shutdown_alarm_;
    std::atomic<std::size_t> running_{0};  // workers
};

}  // namespace sluice::server
