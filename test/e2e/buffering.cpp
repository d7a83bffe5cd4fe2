// Answers that are read ahead of a slow client: the backend is done with them, memory is bounded, what is cut stays cut.
#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

std::string body_of(std::size_t size) {
    std::string out;
    while (out.size() < size) out += std::to_string(out.size()) + ' ';
    return out.substr(0, size);
}

const std::size_t large = 30'000'000;

/// Answers with `size` bytes, and opens the gate when they have all been taken.
Origin::Script sends(const std::string& fields, std::size_t size, Gate& done) {
    return [=, &done](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            visit.send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(size) + "\r\n\r\n");
            visit.send(body_of(size));
            done.open();
        }
    };
}

std::string conf(const Origin& origin, const std::string& words = "") {
    return "log_format t '$status $upstream_response_length';\naccess_log @ROOT@/access.log t;\n"
           "proxy_temp_path @ROOT@/proxy 1 2;\nclient_body_temp_path @ROOT@/body;\n"
           "server { listen @LISTEN@;\n" +
           words + "\nlocation / { proxy_pass http://" + origin.address() + "; } }";
}

Socket ask_slowly(const ConfServer& server) {
    auto client = server.connect();
    client.take_little();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return client;
}

}  // namespace

// Sanitizers keep what is freed for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t most_kib = 64'000;
#else
constexpr std::size_t most_kib = 4'000;
#endif

TEST_CASE("proxy_buffering: a backend is done while its client has taken next to nothing") {
    Gate done;
    const Origin origin(sends("", large, done));
    const ConfServer server(conf(origin));
    const auto before = server.resident_kib();
    auto client = ask_slowly(server);
    done.wait();
    CHECK(server.resident_kib() < before + most_kib);
    server.wait_for_error("an upstream response is buffered to a temporary file " + server.folder() / "proxy/");
    CHECK((read_response(client).body == body_of(large)));
    CHECK(wait_for_line_in(server.folder() / "access.log", " ") == "200 " + std::to_string(large));
}

TEST_CASE("the connection to a backend that is done is used again, however slow the client") {
    Gate done;
    const Origin origin(sends("", large, done));
    const ConfServer server(conf(origin, "proxy_http_version 1.1; proxy_set_header Connection '';"), "worker_processes 1; error_log @ROOT@/error.log info;");
    auto client = ask_slowly(server);
    done.wait();
    server.wait_for_error("buffered to a temporary file");
    auto second = ask_slowly(server);
    origin.wait_for_requests(2);
    CHECK((read_response(client).body.size() == large));
    CHECK((read_response(second).body.size() == large));
}

TEST_CASE("what keeps a backend waiting: proxy_buffering off, no file, its own word") {
    const auto [words, fields] = GENERATE(table<std::string, std::string>({
        {"proxy_buffering off;", ""},
        {"proxy_max_temp_file_size 0;", ""},
        {"proxy_max_temp_file_size 1m;", ""},
        {"", "X-Accel-Buffering: no\r\n"},
    }));
    std::atomic<std::size_t> taken{0};
    Gate stuck;
    const std::string own_fields = fields;
    const auto script = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\n" + own_fields + "Content-Length: " + std::to_string(large) + "\r\n\r\n");
        const auto body = body_of(large);
        std::string_view rest = body;
        while (!rest.empty()) {
            const auto n = visit.socket.send_some(rest);
            rest.remove_prefix(n);
            taken += n;
            if (n == 0 && !visit.socket.wait_for_room(std::chrono::milliseconds(500))) stuck.open();
        }
    };
    const Origin origin(script);
    const ConfServer server(conf(origin, words));
    auto client = ask_slowly(server);
    stuck.wait();
    CHECK(taken < large);
    const auto answer = read_response(client);
    CHECK((answer.body == body_of(large)));
    CHECK_FALSE(answer.has("X-Accel-Buffering"));
}

TEST_CASE("X-Accel-Buffering: yes has an answer read ahead although proxy_buffering is off") {
    Gate done;
    const Origin origin(sends("X-Accel-Buffering: yes\r\n", large, done));
    const ConfServer server(conf(origin, "proxy_buffering off;"));
    auto client = ask_slowly(server);
    done.wait();
    CHECK((read_response(client).body == body_of(large)));
}

TEST_CASE("an answer that ends too early is cut after what has come of it") {
    Gate sent;
    const auto breaks = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large) + "\r\n\r\n");
        visit.send(body_of(large - 1));
        sent.open();
    };
    const Origin origin(breaks);
    const ConfServer server(conf(origin));
    auto client = ask_slowly(server);
    sent.wait();
    const auto [bytes, ending] = client.read_to_end();
    const auto body = bytes.substr(bytes.find("\r\n\r\n") + 4);
    CHECK((body == body_of(large - 1)));
    server.wait_for_error("ended its answer too early");
}

TEST_CASE("a client that leaves ends the reading ahead") {
    std::atomic<bool> ended{false};
    Gate begun, over;
    const auto endless = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
        try {
            for (int i = 0;; ++i) {
                visit.send(chunk);
                if (i == 200) begun.open();
            }
        } catch (...) {
            over.open();
            throw;
        }
    };
    const Origin origin(endless);
    const ConfServer server(conf(origin));
    {
        auto client = ask_slowly(server);
        begun.wait();
        client.reset();
    }
    over.wait();
}

TEST_CASE("events reach the client as they come, although buffering is on") {
    Gate next;
    const auto streams = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        next.wait();
        visit.send("data: 2\n\n");
    };
    const Origin origin(streams);
    const ConfServer server(conf(origin));
    auto client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.read_until("data: 1\n\n");
    next.open();
    client.read_until("data: 2\n\n");
}

TEST_CASE("a disk that refuses: the backend waits, nothing is lost, and that is said") {
    Gate done;
    const Origin origin(sends("", large, done));
    const ConfServer server(conf(origin));
    std::filesystem::remove_all(server.folder() / "proxy");
    auto client = ask_slowly(server);
    server.wait_for_error("answers wait for their clients");
    CHECK((read_response(client).body == body_of(large)));
}

TEST_CASE("proxy_buffer_size: a head that is larger is a 502") {
    const auto with_head = [](Origin::Visit& visit) {
        for (;;) {
            const auto size = std::stoul(visit.read_request().start_line.substr(5));
            const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Long: ";
            visit.send(start + std::string(size - start.size() - 4, 'a') + "\r\n\r\nok");
        }
    };
    const Origin origin(with_head);
    const ConfServer server(conf(origin, "proxy_buffer_size 8k; proxy_busy_buffers_size 8k;"));
    CHECK(server.get("/8192").status == 200);
    CHECK(server.get("/8193").status == 502);
    server.wait_for_error("upstream sent too big header");
}

TEST_CASE("sizes of buffers that do not fit together are refused as in nginx") {
    const auto [words, complaint] = GENERATE(table<std::string, std::string>({
        {"proxy_buffers 1 4k;", "there must be at least 2 \"proxy_buffers\""},
        {"proxy_buffer_size 16k;", "must be less than the size of all \"proxy_buffers\" minus one buffer"},
        {"proxy_busy_buffers_size 29k;", "must be less than the size of all \"proxy_buffers\" minus one buffer"},
        {"proxy_busy_buffers_size 2k;", "\"proxy_busy_buffers_size\" is 2k and must be at least one buffer"},
        {"proxy_temp_file_write_size 2k;", "\"proxy_temp_file_write_size\" is 2k and must be at least one buffer"},
        {"proxy_max_temp_file_size 2k;", "\"proxy_max_temp_file_size\" is 2k and must be at least one buffer"},
        {"proxy_temp_path /tmp/a 4;", "4"},
    }));
    ConfFolder folder;
    folder.write(words + "server { listen @LISTEN@; }", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command());
    INFO(words << '\n' << outcome.errors);
    CHECK(outcome.status != 0);
    CHECK(outcome.errors.find(complaint) != std::string::npos);
}

TEST_CASE("sizes that the sites correct are fine") {
    const Origin origin(ok("fine"));
    const ConfServer server("proxy_buffer_size 16k; proxy_temp_path @ROOT@/p; client_body_temp_path @ROOT@/b;\n"
                            "server { listen @LISTEN@; proxy_buffers 4 16k; location / { proxy_pass http://" +
                            origin.address() + "; } }");
    CHECK(server.get().body == "fine");
}
