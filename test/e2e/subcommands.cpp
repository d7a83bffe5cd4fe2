// sluice check, compat and reference: the program as its user starts it, with files on the disk.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

struct Outcome {
    int status;
    std::string output, errors;
};

Outcome run(std::vector<std::string> args) {
    args.insert(args.begin(), SLUICE_BINARY);
    Process process(args);
    const int status = process.wait();
    return {status, process.output().wait_for_end(), process.errors().wait_for_end()};
}

const std::string confs = std::string(SLUICE_SOURCE_DIR) + "/conf/";

}  // namespace

TEST_CASE("check reads files from the disk, and finds what others may read") {
    const Outcome good = run({"check", confs + "sluice.conf"});
    CHECK(good.status == 0);
    CHECK(good.output == "nothing to complain about\n");

    const std::string path = std::filesystem::temp_directory_path() / ("sluice-check-" + std::to_string(getpid()));
    std::ofstream(path) << "events {}\nhttp { proxy_set_header X-Api-Key abc; }\n";
    std::filesystem::permissions(path, std::filesystem::perms{0644});
    const Outcome open = run({"check", path});
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    const Outcome closed = run({"check", path});
    std::filesystem::remove(path);
    CHECK(open.status == 0);
    CHECK(open.output.find("[SL022]") != std::string::npos);
    CHECK(closed.output == "nothing to complain about\n");
}

TEST_CASE("compat and reference answer on standard output") {
    const Outcome compat = run({"compat", confs + "examples/01-one-backend.conf"});
    CHECK(compat.status == 0);
    CHECK(compat.output.find("  proxy_pass           1  line ") != std::string::npos);
    const std::string path = std::filesystem::temp_directory_path() / ("sluice-compat-" + std::to_string(getpid()));
    std::ofstream(path) << "events {}\nhttp {\n    server { listen 443 quic; }\n}\n";
    const Outcome values = run({"compat", path});
    std::filesystem::remove(path);
    CHECK(values.status == 0);
    CHECK(values.output.find("parameters and values not yet:\n  " + path + ":3: \"quic\"") != std::string::npos);
    const Outcome reference = run({"reference", "proxy_pass"});
    CHECK(reference.status == 0);
    CHECK(reference.output.starts_with("proxy_pass URL;\n"));
}

TEST_CASE("a wrong subcommand line is status 2, with nothing on standard output") {
    const Outcome got = run({"check"});
    CHECK(got.status == 2);
    CHECK(got.output.empty());
    CHECK(got.errors.starts_with("sluice check: which file?"));
}

TEST_CASE("explain tells of a request on standard output, as text or JSON") {
    const std::string conf = confs + "examples/03-paths-to-services.conf";
    const Outcome text = run({"explain", "-c", conf, "-X", "PUT", "-H", "Content-Length: 3", "http://localhost:8080/users/7"});
    CHECK(text.status == 0);
    CHECK(text.errors.empty());
    CHECK(text.output.starts_with("PUT http://localhost:8080/users/7 from 127.0.0.1\n"));
    CHECK(text.output.find("  PUT /7 HTTP/1.1 ") != std::string::npos);
    CHECK(text.output.find(conf + ":17\n") != std::string::npos);
    const Outcome json = run({"explain", "--json", "-c", conf, "http://localhost:8080/health"});
    CHECK(json.status == 0);
    CHECK(json.output.find("\"answer\": {\n    \"kind\": \"respond\",\n    \"status\": 200,") != std::string::npos);
}

TEST_CASE("explain takes the conf that a prefix has, and ends with 1 where it has errors") {
    const Folder folder;
    std::filesystem::create_directory(folder / "conf");
    std::ofstream(folder / "conf/sluice.conf") << "events {}\nhttp { server { listen 81; return 204; } }\n";
    const Outcome good = run({"explain", "-p", folder / "", "http://a:81/"});
    CHECK(good.status == 0);
    CHECK(good.output.find("  204 without a body ") != std::string::npos);
    std::ofstream(folder / "conf/sluice.conf") << "events {}\nhttp { sever { } }\n";
    const Outcome bad = run({"explain", "-p", folder / "", "http://a:81/"});
    CHECK(bad.status == 1);
    CHECK(bad.output.empty());
    CHECK(bad.errors.find("did you mean \"server\"?") != std::string::npos);
}

TEST_CASE("words of nginx that have no effect are taken, and compat says why nothing is lost") {
    const std::pair<const char*, const char*> words[] = {
        {"tcp_nodelay off;", "small packets always leave at once"},
        {"tcp_nopush on;", "a head leaves in one packet with what follows it"},
        {"postpone_output 0;", "a head leaves in one packet with what follows it"},
        {"log_subrequest on;", "sluice makes no subrequests"},
        {"client_body_in_single_buffer on;", "a body in memory is in one piece always"},
        {"output_buffers 1 32k;", "files are read into buffers that all connections share"},
        {"open_file_cache_events on;", "nginx too only has it with kqueue"},
        {"connection_pool_size 1k;", "memory is managed in another way"},
        {"server_names_hash_max_size 1024;", ""},
    };
    const Folder folder;
    std::string conf = "events {}\nhttp {\n";
    for (const auto& [line, why] : words) conf += std::string(line) + "\n";
    const std::string path = folder / "c";
    std::ofstream(path) << conf + "server { listen 127.0.0.1:1; return 200; } }\n";
    CHECK(run({"check", path}).status == 0);
    const auto told = run({"compat", path});
    CHECK(told.status == 0);
    const auto list = told.output.find("accepted without effect, and why nothing is lost:");
    REQUIRE(list != std::string::npos);
    for (const auto& [line, why] : words) {
        INFO(told.output);
        const std::string_view word(line);
        CHECK(told.output.find(word.substr(0, word.find(' ')), list) != std::string::npos);
        CHECK(told.output.find(why, list) != std::string::npos);
    }
}
