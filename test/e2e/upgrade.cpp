// WebSocket tunnels, and upgrades that are none.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string upgrade =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
const std::string agree =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: y\r\n\r\n";

/// Agrees, then sends back what it gets, and "bye" when that ends.
void echo(Origin::Visit& visit) {
    visit.read_request();
    visit.send(agree);
    for (std::string bytes; !(bytes = visit.socket.read_some()).empty();) visit.send(bytes);
    visit.send("bye");
}

}  // namespace

TEST_CASE("a WebSocket is a tunnel both ways") {
    const Origin origin(echo);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(upgrade);
    const Message answer = read_response(client);
    CHECK(answer.status == 101);
    CHECK(answer["Upgrade"] == "websocket");
    CHECK(answer["Connection"] == "upgrade");
    CHECK(answer["Sec-WebSocket-Accept"] == "y");
    CHECK(origin.last()["Upgrade"] == "websocket");
    CHECK(origin.last()["Connection"] == "upgrade");
    CHECK(origin.last()["Sec-WebSocket-Key"] == "x");
    for (int i = 0; i < 10; ++i) {
        client.send("message " + std::to_string(i));
        CHECK(client.read_exactly(9) == "message " + std::to_string(i));
    }
    const std::string large(1'000'000, 'x');
    std::thread sender([&] { client.send(large); });
    const bool same = client.read_exactly(large.size()) == large;
    sender.join();
    CHECK(same);
}

TEST_CASE("bytes that come with the upgrade request and with the 101 are not lost") {
    const auto eager = [](Origin::Visit& visit) {
        visit.read_request();
        visit.send(agree + "hello");
        visit.send(visit.socket.read_exactly(5));
    };
    const Origin origin(eager);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(upgrade + "early");
    CHECK(read_response(client).status == 101);
    CHECK(client.read_exactly(10) == "helloearly");
    CHECK(client.ends());
}

TEST_CASE("the client closing its half of a tunnel is passed on, and the other half lives on") {
    const Origin origin(echo);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(upgrade);
    CHECK(read_response(client).status == 101);
    client.send("last words");
    client.shutdown_send();
    CHECK(client.read_to_end() == std::pair<std::string, Ending>("last wordsbye", Ending::closed));
}

TEST_CASE("the origin closing its half of a tunnel is passed on, and the other half lives on") {
    std::string got;
    Gate done;
    const auto listens = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send(agree);
        visit.socket.shutdown_send();
        got = visit.socket.read_to_end().first;
        done.open();
    };
    const Origin origin(listens);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(upgrade);
    CHECK(read_response(client).status == 101);
    CHECK(client.ends());
    client.send("still here");
    client.close();
    done.wait();
    CHECK(got == "still here");
}

TEST_CASE("an origin may decline: an ordinary answer, and the connection goes on in HTTP") {
    const Origin origin(ok("no"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 2; ++i) {
        client.send(upgrade);
        CHECK(read_response(client).body == "no");
    }
}

TEST_CASE("no other protocol is upgraded to: h2c does not reach the origin") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    for (const char* token : {"h2c", "websocket, h2c", "h2c, websocket", "TLS/1.0"}) {
        CHECK(proxy
                  .ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " +
                       std::string(token) + "\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n")
                  .body == "a");
        CHECK_FALSE(origin.last().has("Upgrade"));
        CHECK_FALSE(origin.last().has("Connection"));
        CHECK_FALSE(origin.last().has("HTTP2-Settings"));
    }
}

TEST_CASE("a 101 that nobody asked for is a broken answer") {
    const Origin origin(agree + "whatever");
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer.status == 502);
    CHECK(answer.body.find("whatever") == std::string::npos);
}
