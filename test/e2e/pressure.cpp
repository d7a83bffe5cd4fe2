// Bodies far larger than memory should be: sluice holds a few buffers of them, however slow one side is.
#include <algorithm>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Shadow memory is resident too, and everything takes long.
constexpr bool measures_memory = false;
constexpr std::size_t large = std::size_t{256} << 20;
#else
constexpr bool measures_memory = true;
constexpr std::size_t large = std::size_t{1} << 30;
#endif

constexpr std::size_t may_grow_kib = 2048;
const std::string piece(1 << 20, 'x');

/// How much more memory sluice has used, at most, than before.
class Growth {
  public:
    explicit Growth(const Sluice& proxy) : proxy_(proxy), before_(proxy.resident_kib()) {}
    void look() { most_ = std::max(most_, proxy_.resident_kib()); }
    bool is_small() {
        look();
        UNSCOPED_INFO("resident memory grew from " << before_ << " to " << most_ << " KiB");
        return !measures_memory || most_ <= before_ + may_grow_kib;
    }

  private:
    const Sluice& proxy_;
    std::size_t before_, most_ = 0;
};

/// Sends until nothing is taken for a while: every buffer on the way is full. Returns what was sent.
std::size_t send_until_full(Socket& socket) {
    std::size_t sent = 0;
    while (socket.wait_for_room(std::chrono::milliseconds(300))) sent += socket.send_some(piece);
    return sent;
}

/// Reads `size` bytes and throws them away.
void skip(Socket& socket, std::size_t size, Growth* growth = nullptr) {
    while (size > 0) {
        const std::size_t got = socket.read_some().size();
        if (got == 0 || got > size) throw Closed("not as long as it said");
        if (growth && size / piece.size() != (size - got) / piece.size()) growth->look();
        size -= got;
    }
}

std::string with_length(const std::string& line, std::size_t size) {
    return line + "\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

void send_large(Socket& socket) {
    for (std::size_t sent = 0; sent < large; sent += piece.size()) socket.send(piece);
}

}  // namespace

TEST_CASE("a download of a gigabyte takes a few buffers") {
    const auto generous = [](Origin::Visit& visit) {
        visit.read_request();
        visit.send(with_length("HTTP/1.1 200 OK", large));
        send_large(visit.socket);
    };
    const Origin origin(generous);
    const Sluice proxy(backends(origin));
    Growth growth(proxy);
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.read_until("\r\n\r\n");
    skip(client, large, &growth);
    CHECK(growth.is_small());
}

TEST_CASE("an upload of a gigabyte takes a few buffers") {
    const auto thorough = [](Origin::Visit& visit) {
        visit.read_head();
        skip(visit.socket, large);
        visit.send(ok("thanks"));
    };
    const Origin origin(thorough);
    const Sluice proxy(backends(origin));
    Growth growth(proxy);
    Socket client = proxy.connect();
    client.send(with_length("POST / HTTP/1.1", large));
    for (std::size_t sent = 0; sent < large; sent += piece.size()) {
        client.send(piece);
        growth.look();
    }
    CHECK(read_response(client).body == "thanks");
    CHECK(growth.is_small());
}

TEST_CASE("clients that do not read hold up their origins, not memory; then they get everything") {
    constexpr std::size_t clients = 5;
    std::atomic<std::size_t> full{0}, most_sent{0};
    Gate go_on, all_full;
    const auto generous = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send(with_length("HTTP/1.1 200 OK", large));
        const std::size_t sent = send_until_full(visit.socket);
        most_sent = std::max<std::size_t>(most_sent, sent);
        if (++full == clients) all_full.open();
        go_on.wait();
        if (visit.number == 1) visit.send(std::string(large - sent, 'y'));
    };
    const Origin origin(generous);
    const Sluice proxy("--threads 2" + backends(origin));
    Growth growth(proxy);
    std::vector<Socket> slow;
    for (std::size_t i = 0; i < clients; ++i) {
        slow.push_back(proxy.connect());
        slow.back().take_little();
        slow.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        origin.wait_for_requests(static_cast<unsigned>(i) + 1);
    }
    all_full.wait();
    REQUIRE(most_sent < large);
    CHECK(growth.is_small());
    go_on.open();
    slow[0].read_until("\r\n\r\n");
    skip(slow[0], large);
    CHECK(growth.is_small());
}

TEST_CASE("an origin that stops reading holds up its clients, not memory; then it gets everything") {
    Gate go_on;
    std::atomic<bool> complete{false};
    const auto stalls = [&](Origin::Visit& visit) {
        visit.socket.take_little();
        visit.read_head();
        go_on.wait();
        skip(visit.socket, large);
        complete = true;
        visit.send(ok("thanks"));
    };
    const Origin origin(stalls);
    const Sluice proxy(backends(origin));
    Growth growth(proxy);
    Socket client = proxy.connect();
    client.send(with_length("POST / HTTP/1.1", large));
    std::size_t sent = send_until_full(client);
    CHECK(sent < large / 2);
    CHECK(growth.is_small());
    go_on.open();
    for (; sent < large; sent += std::min(piece.size(), large - sent))
        client.send(std::string_view(piece).substr(0, large - sent));
    CHECK(read_response(client).body == "thanks");
    CHECK(complete);
    CHECK(growth.is_small());
}
