// Requests whose body is read before a backend is asked: memory, files, what backends, logs and folders show of it.
#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

std::string body_of(std::size_t size) {
    std::string out;
    while (out.size() < size) out += std::to_string(out.size()) + ' ';
    return out.substr(0, size);
}

std::string in_chunks(std::string_view text, std::size_t size) {
    std::string out;
    char head[32];
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        const auto piece = text.substr(0, size);
        std::snprintf(head, sizeof head, "%zx\r\n", piece.size());
        ((out += head) += piece) += "\r\n";
    }
    return out + "0\r\n\r\n";
}

std::string with_length(const std::string& body, const std::string& target = "/") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
}
std::string chunked(const std::string& target = "/") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
}

/// The names of all files in the folder, at any depth.
std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) out.push_back(entry.path());
    return out;
}

/// A conf with one backend, which learns and logs what the variables say.
std::string conf(const Origin& origin, const std::string& words = "") {
    return "log_format t '$status <$request_body> <$request_body_file> $content_length';\naccess_log @ROOT@/access.log t;\n"
           "client_body_temp_path @ROOT@/body 1 2;\nproxy_temp_path @ROOT@/proxy;\n"
           "server { listen @LISTEN@;\n" +
           words + "\nlocation / { proxy_pass http://" + origin.address() +
           "; proxy_set_header X-File $request_body_file; proxy_set_header X-Length $content_length; } }";
}

std::string log_line(const ConfServer& server, std::size_t count = 1) {
    return wait_for_line_in(server.folder() / "access.log", " ", count);
}

}  // namespace

TEST_CASE("a backend is asked when the whole body is here, and gets it with a length") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin));
    auto client = server.connect();
    client.send(chunked() + "\r\n5\r\nhello\r\n");
    CHECK(server.get("/first").body == "got it");  // by then the half body has been seen, too, in all likelihood
    CHECK(origin.requests() == 1);
    client.send("5\r\nworld\r\n0\r\nX-Trailer: gone\r\n\r\n");
    CHECK(read_response(client).body == "got it");
    CHECK(origin.last().body == "helloworld");
    CHECK(origin.last()["Content-Length"] == "10");
    CHECK(origin.last()["X-Length"] == "10");
    CHECK_FALSE(origin.last().has("Transfer-Encoding"));
    CHECK_FALSE(origin.last().has("X-File"));
    CHECK(log_line(server, 2) == "200 <helloworld> <-> 10");
}

TEST_CASE("an empty chunked body has the length 0") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin));
    CHECK(server.ask(chunked(), "0\r\n\r\n").body == "got it");
    CHECK(origin.last()["Content-Length"] == "0");
    CHECK(log_line(server) == "200 <> <-> 0");
}

TEST_CASE("a body that does not fit into memory goes through a file that has no name any more") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin, "client_body_buffer_size 1k;"));
    const auto body = body_of(300'000);
    const bool in_pieces = GENERATE(false, true);
    CHECK(server.ask(in_pieces ? chunked() : with_length(body), in_pieces ? in_chunks(body, 7'777) : body).body == "got it");
    CHECK((origin.last().body == body));
    CHECK(origin.last()["Content-Length"] == "300000");
    const auto name = origin.last()["X-File"];
    CHECK(name.find(server.folder() / "body/") == 0);
    CHECK(name.size() == (server.folder() / "body/1/00/0000000001").size());
    CHECK(files_in(server.folder() / "body").empty());
    CHECK(log_line(server) == "200 <-> <" + name + "> 300000");
    server.wait_for_error("a client request body is buffered to a temporary file " + name);
}

TEST_CASE("client_body_buffer_size: a known length may be a quarter more") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin, "client_body_buffer_size 1000;"));
    for (const std::size_t size : {1000u, 1249u}) {
        auto client = server.connect();
        client.send(with_length(body_of(size)) + "\r\n");
        client.send(body_of(size));
        CHECK(read_response(client).body == "got it");
    }
    CHECK(origin.last().body == body_of(1249));
    CHECK(server.error_log().find("temporary file") == std::string::npos);
}

TEST_CASE("client_body_in_file_only: on keeps the file, clean removes it after the request") {
    const Origin origin(ok("got it"));
    const std::string word = GENERATE(as<std::string>(), "on", "clean");
    const ConfServer server(conf(origin, "client_body_in_file_only " + word + ";"));
    CHECK(server.ask(with_length("hello"), "hello").body == "got it");
    const auto name = origin.last()["X-File"];
    CHECK(origin.last().body == "hello");
    CHECK(log_line(server) == "200 <-> <" + name + "> 5");
    if (word == "on") {
        CHECK(read_file(name) == "hello");
        CHECK(server.ask(with_length(""), "").body == "got it");
        CHECK(read_file(origin.last()["X-File"]).empty());
    } else {
        wait_until_gone(name);
    }
    CHECK(server.get().body == "got it");
    CHECK_FALSE(origin.last().has("X-File"));
}

TEST_CASE("client_max_body_size: too many chunks are a 413, and no backend is asked") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin, "client_max_body_size 2000; client_body_buffer_size 1000;"));
    CHECK(server.ask(chunked(), in_chunks(body_of(2001), 100)).status == 413);
    CHECK(origin.requests() == 0);
    CHECK(server.ask(chunked(), in_chunks(body_of(2000), 100)).body == "got it");
}

TEST_CASE("a client that leaves in the middle of its body is a 400 in the log, and no backend is asked") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin));
    {
        auto client = server.connect();
        client.send(with_length("hello world") + "\r\nhello");
    }
    CHECK(log_line(server) == "400 <-> <-> 11");
    CHECK(origin.requests() == 0);
}

TEST_CASE("proxy_request_buffering off: bytes go out as they come") {
    Gate half;
    const auto reads = [&](Origin::Visit& visit) {
        visit.read_head();
        visit.socket.read_exactly(5);
        half.open();
        visit.socket.read_exactly(5);
        visit.send(ok("got it"));
    };
    const Origin origin(reads);
    const ConfServer server(conf(origin, "proxy_request_buffering off;"));
    auto client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    half.wait();
    client.send("world");
    CHECK(read_response(client).body == "got it");
}

TEST_CASE("a body in a file is sent again to another backend") {
    const auto closes = [](Origin::Visit& visit) { visit.read_request(); };
    const Origin broken(closes), well(ok("well"));
    const ConfServer server("upstream b { server " + broken.address() + "; server " + well.address() +
                            "; }\nclient_body_temp_path @ROOT@/body;\nserver { listen @LISTEN@; client_body_buffer_size 1k;\n"
                            "location / { proxy_pass http://b; } }");
    const auto body = body_of(200'000);
    for (int i = 0; i < 2; ++i) {
        const auto head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        CHECK(server.ask(head, body).body == "well");
        CHECK((well.last().body == body));
    }
    CHECK(broken.requests() >= 1);
}

TEST_CASE("an error page in a named location gets the body again") {
    const Origin failing("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"), well(ok("well"));
    const ConfServer server("client_body_temp_path @ROOT@/body;\nserver { listen @LISTEN@; client_body_buffer_size 1k;\n"
                            "location / { proxy_pass http://" + failing.address() +
                            "; proxy_intercept_errors on; error_page 503 = @other; }\nlocation @other { proxy_pass http://" +
                            well.address() + "; } }");
    for (const std::size_t size : {5u, 100'000u}) {
        const auto body = body_of(size);
        CHECK(server.ask(with_length(body), body).body == "well");
        CHECK((well.last().body == body));
    }
}

TEST_CASE("an error page that needs a body which was passed on as it came is a 500, and says so") {
    const Origin failing("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"), well(ok("well"));
    const ConfServer server("server { listen @LISTEN@; proxy_request_buffering off; proxy_intercept_errors on;\n"
                            "location / { proxy_pass http://" + failing.address() +
                            "; error_page 503 = @other; }\nlocation @other { proxy_pass http://" + well.address() + "; } }");
    const auto body = body_of(300'000);
    CHECK(server.ask(with_length(body), body).status == 500);
    CHECK(well.requests() == 0);
    CHECK(server.wait_for_error("the request's body has been sent to another peer, and was not kept").find("[error]") != std::string::npos);
    CHECK(server.ask("GET / HTTP/1.1\r\nHost: a\r\n").body == "well");
}

TEST_CASE("temporary folders are made at start, for their owner only") {
    const Origin origin(ok("a"));
    const ConfServer server(conf(origin));
    for (const auto* name : {"body", "proxy"}) {
        struct stat found {};
        REQUIRE(stat((server.folder() / name).c_str(), &found) == 0);
        CHECK((found.st_mode & 07777) == 0700);
    }
}

TEST_CASE("a temporary folder that cannot be made") {
    ConfFolder folder;
    const std::string rest = "server { listen @LISTEN@; location / { proxy_pass http://127.0.0.1:1; } }";
    folder.write("client_body_temp_path @ROOT@/none/below;\n" + rest, "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command());
    INFO(outcome.errors);
    CHECK(outcome.status != 0);
    CHECK(outcome.errors.find("mkdir() \"" + (folder / "none/below") + "\" failed (2: No such file or directory)") != std::string::npos);
    CHECK(outcome.errors.find(folder.conf_path() + ":") != std::string::npos);
}

TEST_CASE("a disk that refuses: the body is passed on as it comes, and that is said once") {
    const Origin origin(ok("got it"));
    const ConfServer server(conf(origin, "client_body_buffer_size 1k;"));
    std::filesystem::remove_all(server.folder() / "body");
    const auto body = body_of(200'000);
    for (int i = 0; i < 3; ++i) {
        CHECK(server.ask(with_length(body), body).body == "got it");
        CHECK((origin.last().body == body));
        CHECK(server.ask(chunked(), in_chunks(body, 5'000)).body == "got it");
        CHECK((origin.last().body == body));
    }
    server.wait_for_error("mkdir() \"" + (server.folder() / "body/"));
    CHECK(count_lines(server.folder().error_log_path(), "are passed on as they come") == 1);
}
