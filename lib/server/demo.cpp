#include "server/demo.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/demo_client.hpp"
#include "server/demo_origins.hpp"
#include "server/server.hpp"
#include "version.hpp"

namespace sluice::server {

namespace {

/// Where the proxy writes its access log: what the user said, or else a file of our own, gone at the end.
class DemoLog {
  public:
    explicit DemoLog(const std::string& chosen) : path_(chosen) {
        if (chosen == "off") make_file();
        std::error_code error;
        if (is_file()) start_ = std::filesystem::file_size(path_, error);
        if (error) start_ = 0;
    }
    ~DemoLog() {
        if (ours_) std::remove(path_.c_str());
    }
    DemoLog(const DemoLog&) = delete;
    DemoLog& operator=(const DemoLog&) = delete;

    const std::string& path() const { return path_; }
    bool is_file() const { return path_ != "off" && path_ != "-"; }
    /// What has been written since the demo began.
    std::ifstream open() const {
        std::ifstream in(path_);
        in.seekg(static_cast<std::streamoff>(start_));
        return in;
    }

  private:
    void make_file() {
        std::error_code error;
        std::string name = (std::filesystem::temp_directory_path(error) / "sluice-demo-XXXXXX").string();
        const int fd = mkstemp(name.data());
        if (fd < 0) return;  // a demo without a log is still one
        close(fd);
        path_ = name;
        ours_ = true;
    }

    std::string path_;
    bool ours_ = false;
    std::uintmax_t start_ = 0;
};

/// Where a client on this machine reaches what listens on `address`.
net::Address reachable(const net::Address& address) {
    if (address.family() == net::Address::Family::unix_path || (address.ip() != "::" && address.ip() != "0.0.0.0"))
        return address;
    sockaddr_in loopback{};
    loopback.sin_family = AF_INET;
    loopback.sin_port = htons(address.port());
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return net::Address::from(reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback);
}

Options with_origins(Options options, const DemoOrigins& origins, const DemoLog& log) {
    for (const DemoOrigin& origin : origins.all()) {
        const auto address = "127.0.0.1:" + std::to_string(origin.port());
        // One broken connection is part of the show and no reason to leave an origin out.
        options.backends.push_back({parse_address(address).address, 1, {.max_fails = 3}, false});
    }
    options.access_log = log.path();
    return options;
}

void print_picture(const std::string& proxy, const DemoOrigins& origins) {
    std::printf("sluice %s, a demo: three origins, sluice in front of them, a dozen requests\n\n", version);
    std::string left = "  client ---> sluice " + proxy + " --";
    for (const DemoOrigin& origin : origins.all()) {
        std::printf("%s+--> %-5s  127.0.0.1:%u\n", left.c_str(), origin.name.c_str(), unsigned{origin.port()});
        left.assign(left.size(), ' ');
    }
}

void print_row(std::size_t number, const DemoRequest& request, const DemoAnswer& answer) {
    const std::string what = std::string(request.method) + " " + std::string(request.path);
    const std::string who = answer.origin.empty() ? "sluice itself" : answer.origin;
    if (answer.status == 0) {
        std::printf("  %2zu  %-22s  no answer: %s\n", number, what.c_str(), answer.error.c_str());
        return;
    }
    std::printf("  %2zu  %-22s  %d  %-13s  %6.1f ms%s%.*s\n", number, what.c_str(), answer.status, who.c_str(),
                static_cast<double>(answer.microseconds) / 1000, request.note.empty() ? "" : "  ",
                static_cast<int>(request.note.size()), request.note.data());
}

/// True: every answer was as it should be.
bool send_all(const net::Address& proxy) {
    std::printf("\n   #  request               status  answered by         time  what there is to see\n");
    bool well = true;
    std::size_t number = 0;
    std::string said;
    for (const DemoRequest& request : demo_requests()) {
        const DemoAnswer answer = send(request, proxy);
        print_row(++number, request, answer);
        well = well && answer.status == request.status;
        if (request.field == "X-Forwarded-For") said = answer.body;
    }
    std::printf("\nWhat the origin saw of the request that came through another proxy, in its own words\n\n  %s",
                said.c_str());
    return well;
}

void print_log(const DemoLog& log) {
    if (!log.is_file()) return;
    std::printf(
        "\nThe access log: nginx's \"combined\" fields, then the origin and the seconds that each step took\n"
        "(rt: request, ct: connect, ht: response head, ut: whole response; one value per attempt)\n\n");
    auto in = log.open();
    for (std::string line; std::getline(in, line);) {
        // Two lines of the screen for one of the log: the times go below.
        const auto times = std::min(line.find(" rt="), line.size());
        std::printf("  %.*s\n     %s\n", static_cast<int>(times), line.c_str(), line.c_str() + times);
    }
}

void print_counts(const DemoOrigins& origins) {
    std::printf("\nWhat each origin got\n\n");
    for (const DemoOrigin& origin : origins.all()) {
        const unsigned count = origin.requests;
        std::printf("  %-5s  127.0.0.1:%u  %2u  %s\n", origin.name.c_str(), unsigned{origin.port()}, count,
                    std::string(count, '#').c_str());
    }
}

void print_invitation(const net::Address& proxy, const DemoLog& log) {
    if (proxy.family() == net::Address::Family::unix_path) {
        std::printf("\nStill running on %s until Ctrl-C. Try\n\n  curl -i --unix-socket %s http://localhost/\n",
                    proxy.text().c_str(), proxy.path().c_str());
    } else {
        const std::string url = "http://" + proxy.text();
        std::printf("\nStill running on %s/ until Ctrl-C. Try\n\n", url.c_str());
        std::printf("  curl -i %s/\n  curl -d 'some text' %s/orders\n  curl %s/unlucky\n", url.c_str(), url.c_str(),
                    url.c_str());
    }
    if (log.is_file()) std::printf("  tail -f %s\n", log.path().c_str());
}

bool show(const Options& options, const net::Address& proxy, const DemoOrigins& origins, const DemoLog& log) {
    print_picture(proxy.text(), origins);
    const bool well = send_all(proxy);
    print_log(log);
    print_counts(origins);
    if (!options.once) print_invitation(proxy, log);
    std::fflush(stdout);
    return well;
}

}  // namespace

int run_demo(const Options& options) {
    const DemoOrigins origins;
    const DemoLog log(options.access_log);
    Server server;
    if (const auto wrong = server.start(with_origins(options, origins, log)); !wrong.empty()) {
        std::fprintf(stderr, "sluice: %s (another address: --demo --listen 9000)\n", wrong.c_str());
        return 1;
    }
    bool well = false;
    std::thread visitor([&] {
        well = show(options, reachable(server.addresses().front()), origins, log);
        if (options.once) server.quit();
    });
    server.run();
    visitor.join();
    return well || !options.once ? 0 : 1;
}

}  // namespace sluice::server
