#include "support/sim.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/messages.hpp"

namespace sluice::test {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;

namespace {

net::Address ipv4(const char (&bytes)[5], std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, bytes, 4);
    return net::Address::from(reinterpret_cast<const sockaddr*>(&in), sizeof in);
}

/// What the flags of the quick demo would make, with one site on 192.0.2.9:80.
std::string conf_of(const Setup& setup) {
    std::string servers;
    // The first that is up is picked, practically: a script can tell which connection will be used again.
    std::uint32_t weight = 10'000;
    for (std::size_t i = 0; i < setup.peers; ++i)
        servers += "server 192.0.2.2:" + std::to_string(9001 + i) + " weight=" + std::to_string(std::exchange(weight, std::max(weight / 10, 1u))) + ";\n";
    return "error_log /dev/null notice;\nevents {}\nhttp {\nupstream backends {\n" + servers +
           "keepalive 256;\nkeepalive_requests 1000000000;\n}\n"
           "access_log " +
           (setup.log == Setup::Log::none ? "off" : "/dev/zero timed") +
           ";\nserver_tokens off;\nkeepalive_requests 1000000000;\nproxy_tunnel_timeout 1h;\n"
           "server {\nlisten 192.0.2.9:80;\n" +
           (setup.site.empty() ? "client_max_body_size 0;" : setup.site) +
           "\nlocation / {\nproxy_pass http://backends;\n"
           "proxy_set_header Host $authority;\nproxy_set_header X-Real-IP $remote_addr;\n"
           "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\nproxy_set_header X-Forwarded-Proto $scheme;\n"
           "proxy_set_header X-Forwarded-Host $authority;\n}\n}\n}\n";
}

std::shared_ptr<const route::Snapshot> compile_conf(const Setup& setup) {
    auto conf = config::parse(config::MemoryFiles({{"sim", conf_of(setup)}}), "sim");
    config::check(conf);
    auto snapshot = compile::compile(std::move(conf));
    if (!snapshot->conf.ok()) throw std::runtime_error(config::render(snapshot->conf.diagnostics, snapshot->conf.sources));
    return snapshot;
}

/// Writes until the socket takes no more: as long as nobody reads that, it looks like one whose connect goes on.
std::size_t clog(int fd) {
    const std::string junk(4096, '-');
    std::size_t size = 0;
    for (ssize_t n; (n = send(fd, junk.data(), junk.size(), MSG_NOSIGNAL)) > 0;) size += static_cast<std::size_t>(n);
    return size;
}

}  // namespace

thread_local Sim* Sim::current_ = nullptr;

Sim::Sim(const Setup& setup)
    : setup_(setup),
      shared_{clock_, writer_, dial_scripted, 1 << 20},
      client_address_(ipv4("\xc0\x00\x02\x01", 40000)),
      where_{ipv4("\xc0\x00\x02\x09", 80), ipv4("\xc0\x00\x02\x09", 80), 0},
      frames_before_(net::FramePool::outstanding()) {
    where_.number = upstream::endpoint_number(where_.wanted);
    deploy();
    worker_ = std::make_unique<server::Worker>(shared_, deployed_);
    current_ = this;
}

void Sim::deploy() {
    deployed_.snapshot = compile_conf(setup_);
    for (const auto& target : deployed_.snapshot->files) {
        std::string error;
        deployed_.files.push_back(writer_.open(target.name, error, target.options));
    }
}

Sim::~Sim() { current_ = nullptr; }

/// Returns the proxy's end.
int Sim::make_pair(std::unique_ptr<End>& ours) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
        throw std::runtime_error("socketpair");
    if (setup_.send_buffer) setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &setup_.send_buffer, sizeof setup_.send_buffer);
    ours = std::make_unique<End>(fds[0]);
    return fds[1];
}

End& Sim::connect() {
    const int fd = make_pair(clients_.emplace_back());
    worker_->take(fd, client_address_, where_);
    return *clients_.back();
}

End& Sim::client(std::size_t number) {
    while (clients_.size() <= number) connect();
    return *clients_[number];
}

End* Sim::last_peer() { return peer(std::min(peers_.size(), setup_.scripted_peers) - 1); }

core::result<int> Sim::dial_scripted(const net::Address&, const upstream::DialOptions&) { return current_->dial(); }

void Sim::next_dials(std::deque<Dialled> outcomes, Dialled always) {
    dials_ = std::move(outcomes);
    always_ = always;
}

core::result<int> Sim::dial() {
    Dialled outcome = always_;
    if (!dials_.empty()) {
        outcome = dials_.front();
        dials_.pop_front();
    } else if (peers_.size() >= setup_.scripted_peers && setup_.spare == Setup::Spare::refuse) {
        outcome = Dialled::refused;
    }
    if (outcome == Dialled::refused) return Failure{Code::refused, Side::peer, Stage::connect, ECONNREFUSED};
    if (outcome == Dialled::no_descriptors) return Failure{Code::no_descriptors, Side::self, Stage::connect, EMFILE};
    const int fd = make_pair(peers_.emplace_back());
    answered_.push_back(0);
    if (outcome == Dialled::pending) pending_[peers_.back().get()] = clog(fd);
    return fd;
}

void Sim::improvise(std::size_t peer) {
    if (setup_.spare == Setup::Spare::answer && (peer >= peers_.size() || peers_[peer]->sent().empty()))
        improvising_.insert(peer);
}

void Sim::accept_pending() {
    for (auto [end, junk] : pending_) {
        end->skip(junk);
        end->listens(true);
    }
    pending_.clear();
}

bool Sim::move() {
    bool moved = false;
    for (auto& end : clients_) moved |= end->move(setup_.piece);
    for (auto& end : peers_)
        if (!pending_.count(end.get())) moved |= end->move(setup_.piece);
    if (is_running()) moved |= turn();
    read_logs();
    answer_spares();
    return moved;
}

bool Sim::turn() {
    around_turns_(true);
    const int handled = worker_->loop().turn(core::Duration{0});
    around_turns_(false);
    return handled > 0;
}

bool Sim::settle() {
    constexpr int too_many = 2'000'000;  // a message of a megabyte moved byte by byte stays below
    for (int i = 0; i < too_many; ++i)
        if (!move() && !move()) return true;
    return false;
}

bool Sim::pass(core::Duration time) {
    constexpr core::Duration step = std::chrono::seconds(5);
    for (core::Duration passed{}; passed < time; passed += step) {
        advance(step);
        if (!settle()) return false;
    }
    return true;
}

void Sim::answer_spares() {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        if (i < setup_.scripted_peers && !improvising_.count(i)) continue;
        peers_[i]->listens(true);
        const std::string_view unanswered = std::string_view(peers_[i]->received()).substr(answered_[i]);
        if (unanswered.empty()) continue;
        const auto request = read_request(unanswered);
        if (request.status != 0) continue;
        answered_[i] = peers_[i]->received().size() - request.rest.size();
        const bool head = unanswered.substr(0, 5) == "HEAD ";
        peers_[i]->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + std::string(head ? "" : spare_body));
    }
}

void Sim::read_logs(bool also_stuck) {
    const auto read = [](observe::LogChannel& channel, std::string& text) {
        for (auto bytes = channel.oldest(); !bytes.empty(); bytes = channel.oldest()) {
            text += bytes;
            channel.consume(bytes.size());
        }
    };
    if (!worker_) return;
    const auto& channels = worker_->conf().channels;
    read(*channels[0], error_text_);
    if (setup_.log == Setup::Log::written || (setup_.log != Setup::Log::none && also_stuck)) read(*channels[1], access_text_);
}

void Sim::end_worker() {
    read_logs(true);
    worker_.reset();
}

std::vector<std::string> Sim::records() {
    read_logs();
    std::vector<std::string> out;
    for (std::string_view rest = access_text_; !rest.empty();) {
        const auto end = rest.find('\n');
        out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return out;
}

std::string Sim::errors() {
    read_logs();
    return error_text_;
}

std::string Sim::what_leaks(bool idle) {
    std::string out;
    const auto expect = [&](const char* what, std::size_t is, std::size_t should) {
        if (is != should)
            out += std::string(what) + " is " + std::to_string(is) + " and should be " + std::to_string(should) + "; ";
    };
    auto& loop = worker_->loop();
    expect("lent buffers", loop.buffers().lent(), 0);
    expect("coroutine frames", static_cast<std::size_t>(net::FramePool::outstanding() - frames_before_), 0);
    for (const auto& peer : group().peers()) expect("active exchanges", group().load(peer->index).active.load(), 0);
    if (!is_running()) return out;  // what waited for its log lines to be written goes with the worker
    if (idle) expect("connected clients", worker_->connections(), 0);
    expect("watched descriptors", loop.watching(), worker_->idle_connections() + worker_->connections());
    if (loop.turn(core::Duration{0}) + loop.turn(core::Duration{0}) != 0) out += "the loop is not quiet; ";
    return out;
}

}  // namespace sluice::test
