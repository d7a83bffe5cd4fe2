// Failing origins: what is tried again, what is not, what the client and the log learn.
#include <algorithm>
#include <regex>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n";

/// Reads the request, then breaks the connection.
void reset(Origin::Visit& visit) {
    visit.read_request();
    visit.reset();
}

std::vector<std::string> lines_with(const std::string& text, std::string_view what) {
    auto out = lines_of(text);
    std::erase_if(out, [&](const std::string& line) { return line.find(what) == std::string::npos; });
    return out;
}

/// The request id in the body of an error, or in a line of a log.
std::string id_in(const std::string& text) {
    std::smatch found;
    return std::regex_search(text, found, std::regex("[0-9a-f]{32}")) ? found.str() : "none";
}

}  // namespace

TEST_CASE("an origin resets the connection: GET goes to another") {
    const Origin broken(reset), well(ok("well"));
    const Sluice proxy("--threads 1" + backends(broken, well));
    CHECK(proxy.get().body == "well");
    CHECK(broken.requests() == 1);
    CHECK(well.requests() == 1);
}

TEST_CASE("an origin resets the connection: POST gets a 502 and is not sent twice") {
    const Origin broken(reset), well(ok("well"));
    const Sluice proxy("--threads 1" + backends(broken, well));
    const Message answer = proxy.ask(post, "hi");
    CHECK(answer.status == 502);
    CHECK(answer.body.find("reason: peer_reset") != std::string::npos);
    CHECK(broken.requests() == 1);
    CHECK(well.requests() == 0);
}

TEST_CASE("an origin closes without an answer: PUT with its body goes to another") {
    const auto closes = [](Origin::Visit& visit) { visit.read_request(); };
    const Origin broken(closes), well(ok("well"));
    const Sluice proxy("--threads 1" + backends(broken, well));
    Socket client = proxy.connect();
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
    client.send("3\r\nyou\r\n0\r\nX-Sum: 5\r\n\r\n");
    CHECK(read_response(client).body == "well");
    CHECK(broken.last().body == "hiyou");
    CHECK(well.last().body == "hiyou");
    CHECK(well.last().trailer("X-Sum") == "5");
}

TEST_CASE("nobody listens: even POST goes to another, for nothing of it was sent") {
    const Port dead;
    const Origin well(ok("well"));
    const Sluice proxy("--threads 1" + backends(dead, well));
    CHECK(proxy.ask(post, "hi").body == "well");
    CHECK(well.last().body == "hi");
}

TEST_CASE("all origins dead: a 502 with a reason and an id, no word of what lies behind, one error in the log") {
    const Port one, two;
    const Folder folder;
    const Sluice proxy("--threads 1 --access-log " + folder / "log" + backends(one, two));
    const Message answer = proxy.ask(post, "hi");
    CHECK(answer.status == 502);
    CHECK(answer["Content-Type"] == "text/html");
    CHECK(answer.body.find("<!-- reason: peer_refused -->") != std::string::npos);
    CHECK(answer.body.find("<!-- request id: " + id_in(answer.body)) != std::string::npos);
    for (const Port* port : {&one, &two}) CHECK((answer.head + answer.body).find(port->address()) == std::string::npos);
    CHECK((answer.head + answer.body).find("127.0.0.1") == std::string::npos);

    const std::string error = proxy.wait_for_error("[error]");
    CHECK(lines_with(proxy.errors(), "[error]").size() == 1);
    CHECK(error.find(two.address()) != std::string::npos);
    CHECK(error.find("(connect)") != std::string::npos);
    CHECK(error.find("Connection refused") != std::string::npos);
    CHECK(error.find(id_in(answer.body)) != std::string::npos);
    const std::string line = wait_for_lines(folder / "log", 1)[0];
    CHECK(line.find("peer=" + one.address() + ", " + two.address()) != std::string::npos);
    CHECK(line.find("reason=peer_refused id=" + id_in(answer.body)) != std::string::npos);
}

TEST_CASE("an origin that is back on its port gets the next request") {
    Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    for (int i = 0; i < 5; ++i) {
        CHECK(proxy.get().body == "a");
        origin.stop();
        CHECK(proxy.get().status == 502);
        CHECK(proxy.get().status == 502);
        origin.start();
    }
}

TEST_CASE("no idempotent request fails while one of two origins is stopped and started") {
    Origin restless(ok("a"));
    const Origin steady(ok("b"));
    const Sluice proxy("--threads 2 --backend " + restless.address() + ";fail_timeout=1ms" + backends(steady));
    Gate done;
    std::atomic<bool> over{false};
    std::thread restarts([&] {
        for (int i = 0; i < 20; ++i) {
            restless.stop();
            restless.start();
            restless.wait_for_requests(restless.requests() + 1);
        }
        over = true;
    });
    int failed = 0;
    Socket client = proxy.connect();
    while (!over) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        failed += read_response(client).status != 200;
    }
    restarts.join();
    CHECK(failed == 0);
}

TEST_CASE("max_fails failures mark an origin down for fail_timeout, and the log says so once") {
    const Origin broken(reset), well(ok("well"));
    const Sluice proxy("--threads 1 --backend " + broken.address() + ";max_fails=2;fail_timeout=1h" + backends(well));
    for (int i = 0; i < 10; ++i) CHECK(proxy.get().body == "well");
    CHECK(broken.requests() == 2);
    const std::string line = proxy.wait_for_error(" is down ");
    CHECK(line.find("[warn]") != std::string::npos);
    CHECK(line.find("peer " + broken.address() + " is down for 3600 s after 2 failure(s)") != std::string::npos);
    CHECK(lines_with(proxy.errors(), " is down ").size() == 1);
}

TEST_CASE("max_fails=0 never marks an origin down") {
    const Origin broken(reset), well(ok("well"));
    const Sluice proxy("--threads 1 --backend " + broken.address() + ";max_fails=0" + backends(well));
    for (int i = 0; i < 10; ++i) CHECK(proxy.get().body == "well");
    CHECK(broken.requests() == 10);
}

TEST_CASE("an origin that is up again is told in the log, and gets its share") {
    Origin restless(ok("a"));
    const Origin steady(ok("b"));
    const Sluice proxy("--threads 1 --backend " + restless.address() + ";fail_timeout=1ms" + backends(steady));
    restless.stop();
    CHECK(proxy.get().body == "b");
    CHECK(proxy.wait_for_error(" is down ").find("peer " + restless.address()) != std::string::npos);
    restless.start();
    // The trial is due after a millisecond.
    for (int tries = 0; tries < 1000 && proxy.get().body != "a"; ++tries) {
    }
    CHECK(proxy.wait_for_error(" is up again").find("peer " + restless.address()) != std::string::npos);
    CHECK(proxy.get().body != proxy.get().body);
}
