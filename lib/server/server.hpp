// Start-up, signals, shutdown: from options to running workers.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/options.hpp"
#include "server/worker.hpp"

namespace sluice::server {

/// The process: the control thread is the one that calls start() and run().
class Server {
  public:
    Server();
    ~Server();

    /// Resolves, opens logs, listens, makes the workers. What went wrong, in one line that names the flag; "" if all is
    /// well. Nothing is accepted before run().
    std::string start(const Options& options);

    /// The addresses listened on, with the ports that the kernel chose.
    const std::vector<net::Address>& addresses() const { return addresses_; }
    /// "127.0.0.1:9001, 127.0.0.1:9002 (weight 2)".
    std::string describe_backends() const;

    /// Serves until SIGTERM or SIGINT (at once), SIGQUIT (when all exchanges are done), or quit().
    void run();

    /// Any thread: as SIGQUIT.
    void quit();

  private:
    struct Socket {
        int fd;
        std::size_t address;
        bool shared;
    };
    struct SocketFile {
        std::string path;
        dev_t device;
        ino_t inode;
    };
    std::string open_logs(const Options& options);
    std::string make_group(const Options& options);
    std::string listen(const AddressText& where, unsigned threads);
    std::string listen_on(const net::Address& address, const AddressText& where, unsigned threads);
    void make_workers(unsigned threads);
    void remove_socket_files();
    void wait_for_signal();
    void on_signal(int number);

    core::SystemClock clock_;
    observe::LogWriter log_writer_;
    int access_file_ = -1, error_file_ = -1;
    std::unique_ptr<upstream::Group> group_;
    std::unique_ptr<Shared> shared_;
    std::vector<net::Address> addresses_;
    std::vector<std::vector<Socket>> sockets_;  // per worker
    std::vector<SocketFile> socket_files_;
    std::vector<std::thread> threads_;
    core::Duration log_patience_ = std::chrono::seconds(5);  // how long the end waits for a log that is not taken
    boost::asio::io_context control_{1};
    boost::asio::signal_set signals_{control_};
    std::size_t running_ = 0;
};

}  // namespace sluice::server
