// ssl_key_log and proxy_ssl_key_log: both ends of a connection know the same secrets.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

const Certificates& files() { return Certificates::all(); }

std::string pair() { return "ssl_certificate " + (files() / "chain.pem") + "; ssl_certificate_key " + (files() / "leaf.key") + ";\n"; }

/// A request by `openssl s_client`, which keeps a log of its own.
std::string ask(const ConfServer& server, const std::string& keys, const std::string& more) {
    return run_to_end({"/bin/sh", "-c", "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -ign_eof -quiet -connect " + server.address() +
                                                       " -keylogfile " + keys + " " + more + " 2>&1"})
        .output;
}

/// Its lines, without comments.
std::set<std::string> keys_in(const std::string& path) {
    std::set<std::string> out;
    std::istringstream text(read_file(path));
    for (std::string line; std::getline(text, line);)
        if (!line.starts_with('#')) out.insert(line);
    return out;
}

mode_t mode_of(const std::string& path) {
    struct stat file {};
    return stat(path.c_str(), &file) == 0 ? file.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("ssl_key_log has the secrets that the client has, for its site alone") {
    const auto [version, labels] = GENERATE(table<std::string, std::set<std::string>>({
        {"-tls1_2", {"CLIENT_RANDOM"}},
        {"-tls1_3", {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"}},
    }));
    const ConfServer server("server { listen @LISTEN@ ssl; ssl_key_log keys.log; " + pair() + "return 200 told; }\n"
                            "server { listen @LISTEN@ ssl; server_name b.test; " + pair() + "return 200 silent; }\n");
    const auto log = server.folder() / "keys.log", client = server.folder() / "client.log";
    CHECK(mode_of(log) == 0600);
    CHECK(ask(server, server.folder() / "other.log", "-servername b.test " + version).find("200 OK") != std::string::npos);
    CHECK(ask(server, client, "-servername a.test " + version).find("told") != std::string::npos);
    wait_for_text(log);
    for (const auto& label : labels) wait_for_line_in(log, label + " ");
    std::set<std::string> names;
    for (const auto& line : keys_in(log)) names.insert(line.substr(0, line.find(' ')));
    CHECK(names == labels);
    CHECK(keys_in(log) == keys_in(client));
}

TEST_CASE("ssl_key_log is opened anew like other logs, for its owner alone; also after a reload") {
    const std::string conf = "server { listen @LISTEN@ ssl; ssl_key_log @ROOT@/keys.log; " + pair() + "return 200 told; }\n";
    ConfServer server(conf);
    const auto log = server.folder() / "keys.log", client = server.folder() / "client.log";
    std::filesystem::rename(log, log + ".1");
    server.signal(SIGUSR1);
    // Nothing tells that it has been done but the file itself.
    for (int tries = 0; tries < 200 && read_file(log).empty(); ++tries) ask(server, client, "");
    CHECK(mode_of(log) == 0600);
    CHECK(!keys_in(log).empty());
    server.reload(conf);
    const auto latest = server.folder() / "latest.log";
    ask(server, latest, "-tls1_2");
    REQUIRE(keys_in(latest).size() == 1);
    wait_for_line_in(log, *keys_in(latest).begin());
}

TEST_CASE("ssl_key_log: a file that is there and that others can read is its owner's alone from then on") {
    ConfFolder before;
    before.write_file("keys.log", "# ours\n");
    const auto log = before / "keys.log", client = before / "client.log";
    std::filesystem::permissions(log, std::filesystem::perms{0644});
    ConfServer server("server { listen @LISTEN@ ssl; ssl_key_log " + log + "; " + pair() + "return 200 told; }\n");
    CHECK(mode_of(log) == 0600);
    std::filesystem::rename(log, log + ".1");
    before.write_file("keys.log", "");
    std::filesystem::permissions(log, std::filesystem::perms{0644});
    server.signal(SIGUSR1);
    // Nothing tells that it has been opened anew but the file itself.
    for (int tries = 0; tries < 200 && read_file(log).empty(); ++tries) ask(server, client, "");
    CHECK(mode_of(log) == 0600);
    CHECK(!keys_in(log).empty());
}

TEST_CASE("proxy_ssl_key_log has the secrets that the backend has") {
    const std::string version = GENERATE("TLSv1.2", "TLSv1.3");
    const ConfServer server("server { listen @LISTEN@; location / { proxy_pass https://unix:@ROOT@/peer.sock; proxy_ssl_key_log @ROOT@/ours.log; proxy_ssl_protocols " + version + "; } }\n"
                            "server { listen unix:@ROOT@/peer.sock ssl; ssl_key_log @ROOT@/theirs.log; " + pair() + "return 200 peer; }\n");
    CHECK(server.get().body == "peer");
    const auto ours = server.folder() / "ours.log", theirs = server.folder() / "theirs.log";
    const std::string last = version == "TLSv1.2" ? "CLIENT_RANDOM " : "CLIENT_TRAFFIC_SECRET_0 ";
    wait_for_line_in(ours, last);
    wait_for_line_in(theirs, last);
    CHECK(keys_in(ours) == keys_in(theirs));
    CHECK(mode_of(ours) == 0600);
}

TEST_CASE("a log of secrets has no other lines, and must be there to be written") {
    const auto [words, says] = GENERATE(table<std::string, std::string>({
        {"access_log @ROOT@/a.log; ssl_key_log @ROOT@/a.log;", "a.log\" is for secrets of connections, and for other lines"},
        {"ssl_key_log @ROOT@/none/a.log;", "none/a.log\" failed (2: No such file or directory)"},
    }));
    ConfFolder folder;
    folder.write("server { listen @LISTEN@ ssl; " + words + pair() + "}", "error_log @ROOT@/error.log;");
    const auto outcome = run_to_end(folder.command({"-t"}));
    INFO(outcome.errors);
    CHECK(outcome.status == 1);
    CHECK(outcome.errors.find(says) != std::string::npos);
}
