#include "support/origin.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "net/listen.hpp"
#include "server/resolve.hpp"

namespace sluice::test {

void Gate::open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

void Gate::wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return open_; })) throw TimedOut("a gate stayed shut");
}

// Bound but not listening: nobody else gets the port, and an origin can listen on it beside this socket because both
// say SO_REUSEADDR.
Port::Port() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
        throw std::runtime_error("no port is free");
}

Port::~Port() { close(fd_); }

std::string Port::address() const { return net::local_address(fd_).text(); }

Message Origin::Visit::read_request() {
    Message out = test::read_request(socket);
    origin_.note(out);
    return out;
}

Message Origin::Visit::read_head() {
    Message out = test::read_head(socket);
    origin_.note(out);
    return out;
}

void Origin::Visit::work(std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec patience{seconds.count(), static_cast<long>((time - seconds).count())};
    pollfd waiting{socket.fd(), POLLRDHUP, 0};
    if (time.count() > 0 && ppoll(&waiting, 1, &patience, nullptr) != 0) throw Closed("the client left meanwhile");
}

void Origin::Visit::close() {
    const std::lock_guard lock(origin_.mutex_);
    socket.close();
}

void Origin::Visit::reset() {
    const std::lock_guard lock(origin_.mutex_);
    socket.reset();
}

Origin::Origin(Script script, const std::string& address)
    : script_(std::move(script)), address_(address.empty() ? port_.address() : address) {
    start();
}

Origin::Origin(std::string response) : Origin(answering(std::move(response))) {}

Origin::~Origin() {
    stop();
    if (address_.starts_with("unix:")) unlink(address_.c_str() + 5);
}

void Origin::start() {
    const auto where = server::resolve(server::parse_address(address_).address).addresses.at(0);
    listener_ = net::listen_on(where, {}).fd;
    if (listener_ < 0) throw std::runtime_error("cannot listen on " + address_);
    if (!address_.starts_with("unix:")) address_ = net::local_address(listener_).text();
    stopping_ = false;
    thread_ = std::thread([this] { accept(); });
}

void Origin::stop() {
    if (listener_ < 0) return;
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);  // wakes the thread that accepts
    thread_.join();
    for (Handler& handler : handlers_) {
        end(handler.visit);
        handler.thread.join();
    }
    handlers_.clear();
    close(std::exchange(listener_, -1));
}

void Origin::end(Visit& visit) {
    const std::lock_guard lock(mutex_);
    if (visit.socket.is_open()) shutdown(visit.socket.fd(), SHUT_RDWR);
}

void Origin::accept() {
    while (!stopping_) {
        pollfd p{listener_, POLLIN, 0};
        poll(&p, 1, -1);
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;  // a connection that is gone again, or the end
        Handler& handler = handlers_.emplace_back(Visit(*this, Socket(fd), ++connections_), std::thread());
        handler.thread = std::thread([this, &handler] { run(handler.visit); });
    }
}

void Origin::run(Visit& visit) {
    try {
        script_(visit);
    } catch (const std::exception&) {
        // The other side has gone, or the test ends: the test sees what came of it.
    }
    visit.close();
}

void Origin::note(const Message& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    changed_.notify_all();
}

unsigned Origin::requests() const {
    const std::lock_guard lock(mutex_);
    return static_cast<unsigned>(seen_.size());
}

std::vector<Message> Origin::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void Origin::wait_for_requests(unsigned count) const {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return seen_.size() >= count; }))
        throw TimedOut("too few requests came");
}

Origin::Script answering(std::string response) {
    return [response = std::move(response)](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            visit.send(response);
        }
    };
}

}  // namespace sluice::test
