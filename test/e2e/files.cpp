// Static files from the running server: what test/against_nginx does not reach, and each directive without it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

const std::string mebibytes(8 << 20, 'x');

void put(const ConfServer& server, std::string_view name, std::string_view text) {
    const auto path = server.folder() / name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    for (auto at = std::filesystem::path(path).parent_path(); at.string().size() >= server.folder().prefix().size();
         at = at.parent_path())
        ::chmod(at.c_str(), 0755);
    server.folder().write_file(name, text);
    ::chmod(path.c_str(), 0644);
}

/// Another file takes the name.
void replace(const ConfServer& server, const std::string& name, std::string_view text) {
    put(server, name + ".new", text);
    std::filesystem::rename(server.folder() / (name + ".new"), server.folder() / name);
}

Message ask(const ConfServer& server, const std::string& line, const std::string& fields = "") {
    return server.ask(line + " HTTP/1.1\r\nHost: a\r\n" + fields);
}

}  // namespace

TEST_CASE("a location that says nothing serves files from the folder html") {
    const ConfServer server("server { listen @LISTEN@; default_type text/x-own; }");
    put(server, "html/index.html", "<p>");
    put(server, "html/a.bin", "0123456789");
    const auto index = server.get("/");
    CHECK(index.status == 200);
    CHECK(index.body == "<p>");
    CHECK(index["Content-Type"] == "text/html");
    const auto file = server.get("/a.bin");
    CHECK(file["Content-Type"] == "text/x-own");
    CHECK(file["Content-Length"] == "10");
    CHECK(file["Accept-Ranges"] == "bytes");
    CHECK(ask(server, "GET /a.bin", "If-None-Match: " + file["ETag"] + "\r\n").status == 304);
    CHECK(ask(server, "GET /a.bin", "If-Modified-Since: " + file["Last-Modified"] + "\r\n").status == 304);
    CHECK(ask(server, "GET /a.bin", "If-Match: \"x\"\r\n").status == 412);
    CHECK(ask(server, "GET /a.bin", "Range: bytes=2-4\r\n").body == "234");
    const auto beyond = ask(server, "GET /a.bin", "Range: bytes=10-\r\n");
    CHECK(beyond.status == 416);
    CHECK(beyond["Content-Range"] == "bytes */10");
    CHECK(ask(server, "POST /a.bin").status == 405);
    CHECK(server.get("/none").status == 404);
    CHECK(
        server
            .wait_for_error("open() \"" + (server.folder() / "html/none") + "\" failed (2: No such file or directory)")
            .find("[error]") != std::string::npos);
    CHECK(server.get("/%2e%2e/secret").status == 400);
}

TEST_CASE("large files come whole, by sendfile and by reading, to a client that is in no hurry") {
    const auto way =
        GENERATE("sendfile on; sendfile_max_chunk 64k;", "sendfile on; sendfile_max_chunk 0;", "sendfile off;");
    const ConfServer server(std::string("server { listen @LISTEN@; root @ROOT@/www; ") + way + " }");
    put(server, "www/big", mebibytes);
    INFO(way);
    Socket client = server.connect();
    client.take_little();
    for (int i = 0; i < 2; ++i) {
        client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = read_response(client);
        CHECK(answer.status == 200);
        CHECK((answer.body == mebibytes));
    }
    client.send("GET /big HTTP/1.1\r\nHost: a\r\nRange: bytes=1000000-1999999,-100000\r\n\r\n");
    const auto parts = read_response(client);
    CHECK(parts.status == 206);
    CHECK(parts.body.size() > 1'100'000);
    client.send("HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(read_response(client, "HEAD")["Content-Length"] == std::to_string(mebibytes.size()));
}

TEST_CASE("a file that becomes shorter while it is sent ends the connection, and the log tells") {
    const auto way = GENERATE("sendfile on;", "sendfile off;");
    const ConfServer server(std::string("server { listen @LISTEN@; root @ROOT@/www; ") + way + " }");
    put(server, "www/big", mebibytes);
    INFO(way);
    Socket client = server.connect();
    client.take_little();
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto head = read_head(client);
    CHECK(head["Content-Length"] == std::to_string(mebibytes.size()));
    REQUIRE(::truncate((server.folder() / "www/big").c_str(), 100) == 0);
    CHECK(client.read_to_end().first.size() < mebibytes.size());
    server.wait_for_error("the file became shorter while it was sent");
}

TEST_CASE("a client that leaves in the middle costs no descriptor") {
    const ConfServer server("server { listen @LISTEN@; root @ROOT@/www; sendfile on; open_file_cache max=4; }");
    put(server, "www/big", mebibytes);
    CHECK(server.get("/big").status == 200);
    const auto before = open_descriptors(server.pid());
    for (int i = 0; i < 20; ++i) {
        Socket client = server.connect();
        client.take_little();
        client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(read_head(client).start_line == "HTTP/1.1 200 OK");
        client.reset();
    }
    CHECK(server.get("/big").status == 200);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (open_descriptors(server.pid()) > before && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    CHECK(open_descriptors(server.pid()) <= before);
}

TEST_CASE("open_file_cache keeps a file, and with _errors what is not there") {
    const ConfServer server(R"(server { listen @LISTEN@; root @ROOT@/www;
        location /kept/ { open_file_cache max=10; open_file_cache_valid 1h; }
        location /errors/ { open_file_cache max=10; open_file_cache_errors on; }
        location /plain/ { } })");
    for (const std::string folder : {"kept", "plain", "errors"}) put(server, "www/" + folder + "/a", "first");
    for (const std::string folder : {"kept", "plain"}) {
        CHECK(server.get("/" + folder + "/a").body == "first");
        replace(server, "www/" + folder + "/a", "second");
    }
    CHECK(server.get("/plain/a").body == "second");
    CHECK(server.get("/kept/a").body == "first");
    for (const std::string folder : {"kept", "errors"}) {
        CHECK(server.get("/" + folder + "/new").status == 404);
        put(server, "www/" + folder + "/new", "new");
    }
    CHECK(server.get("/kept/new").body == "new");
    CHECK(server.get("/errors/new").status == 404);
}

TEST_CASE("open_file_cache holds no more than max, and forgets what is not used") {
    const ConfServer server(
        R"(server { listen @LISTEN@; root @ROOT@/www; open_file_cache max=2; open_file_cache_valid 1h;
        location /once/ { open_file_cache_min_uses 2; } })");
    for (const std::string name : {"a", "b", "c", "once/a"}) put(server, "www/" + name, "first");
    for (const char* target : {"/a", "/b", "/c"}) CHECK(server.get(target).body == "first");
    for (const char* name : {"www/a", "www/c"}) replace(server, name, "second");
    CHECK(server.get("/c").body == "first");
    CHECK(server.get("/a").body == "second");
    CHECK(server.get("/once/a").body == "first");
    replace(server, "www/once/a", "second");
    CHECK(server.get("/once/a").body == "second");
}

TEST_CASE("links, roots and pages: 403 and what the log says") {
    const ConfServer server(R"(server { listen @LISTEN@; root @ROOT@/www; error_page 404 /404.html;
        location /links/ { disable_symlinks on from=@ROOT@; }
        location /files { alias @ROOT@/www/; }
        location /quiet/ { log_not_found off; } })");
    put(server, "www/links/a", "a");
    put(server, "www/404.html", "gone");
    put(server, "secret", "secret");
    std::filesystem::create_symlink("a", server.folder() / "www/links/l");
    CHECK(server.get("/links/a").body == "a");
    CHECK(server.get("/links/l").status == 403);
    server.wait_for_error("openat() \"" + (server.folder() / "www/links/l") +
                          "\" failed (40: Too many levels of symbolic links)");
    CHECK(server.get("/files../secret").status == 403);
    server.wait_for_error("leads out of the root");
    const auto page = server.get("/quiet/none");
    CHECK(page.status == 404);
    CHECK(page.body == "gone");
    CHECK(server.get("/links/").status == 403);
    server.wait_for_error("directory index of \"" + (server.folder() / "www/links/") + "\" is forbidden");
    CHECK(count_lines(server.folder().error_log_path(), "quiet/none") == 0);
}

TEST_CASE("try_files finds a file, or leads to the backend") {
    const Origin origin(ok("backend"));
    const ConfServer server(
        "server { listen @LISTEN@; root @ROOT@/www; try_files $uri $uri/index.html @back;"
        "location @back { proxy_pass http://" +
        origin.address() + "; } }");
    put(server, "www/a", "file");
    put(server, "www/dir/index.html", "index");
    CHECK(server.get("/a").body == "file");
    CHECK(server.get("/dir").body == "index");
    CHECK(server.get("/none").body == "backend");
}

TEST_CASE("fields: expires, add_header, add_trailer, and what a level takes from around it") {
    const Origin origin(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nExpires: Thu, 01 Jan 2037 00:00:00 GMT\r\nCache-Control: "
        "public\r\n\r\nok");
    const ConfServer server(
        "server { listen @LISTEN@; root @ROOT@/www; add_header X-Outer outer; add_trailer X-T \"after $status\";"
        "location /peer { expires 1h; proxy_pass http://" +
        origin.address() + R"(; }
        location /max { expires max; return 200 text; }
        location /own { add_header X-Own own; add_trailer X-U u; return 200 text; }
        location /merge { add_header X-Own own; add_header_inherit merge; add_trailer X-U u; add_trailer_inherit merge; return 200 text; }
        location /off { add_header_inherit off; add_trailer_inherit off; return 200 text; }
        location /error { add_header X-A a; add_header X-B b always; add_trailer X-C c; return 404; } })");
    const auto peer = server.get("/peer");
    CHECK(peer.count("Cache-Control") == 1);
    CHECK(peer["Cache-Control"] == "max-age=3600");
    CHECK(peer.count("Expires") == 1);
    CHECK(peer["Expires"] != "Thu, 01 Jan 2037 00:00:00 GMT");
    CHECK(peer.body == "ok");
    CHECK(peer.trailer("X-T") == "after 200");
    CHECK(server.get("/max")["Expires"] == "Thu, 31 Dec 2037 23:55:55 GMT");
    const auto own = server.get("/own");
    CHECK_FALSE(own.has("X-Outer"));
    CHECK(own.trailer("X-T") == "");
    CHECK(own.trailer("X-U") == "u");
    const auto merged = server.get("/merge");
    CHECK(merged["X-Outer"] == "outer");
    CHECK(merged["X-Own"] == "own");
    CHECK(merged.trailer("X-T") == "after 200");
    CHECK(merged.trailer("X-U") == "u");
    const auto off = server.get("/off");
    CHECK_FALSE(off.has("X-Outer"));
    CHECK(off["Content-Length"] == "4");
    const auto error = server.get("/error");
    CHECK_FALSE(error.has("X-A"));
    CHECK(error["X-B"] == "b");
    CHECK(error.has("Content-Length"));
    Socket old = server.connect();
    old.send("GET /max HTTP/1.0\r\n\r\n");
    const auto plain = read_response(old);
    CHECK(plain["Content-Length"] == "4");
    CHECK(plain.body == "text");
}

TEST_CASE("limit_rate and limit_rate_after hold for files, too, whichever way they are read") {
    const ConfServer server("server { listen @LISTEN@; root @ROOT@/www; sendfile on; limit_rate 16k; location /after { limit_rate_after 1m; alias @ROOT@/www/f; } "
                            "location /read { sendfile off; alias @ROOT@/www/f; } }");
    put(server, "www/f", std::string(40'000, 'x'));
    const auto seconds = [&](const std::string& target) {
        const auto begin = std::chrono::steady_clock::now();
        CHECK(server.get(target).body.size() == 40'000);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    // 40,000 bytes at 16,384 a second, the first second's at once.
    CHECK(seconds("/f") > 1.0);
    CHECK(seconds("/read") > 1.0);
    CHECK(seconds("/after") < 1.0);
}
