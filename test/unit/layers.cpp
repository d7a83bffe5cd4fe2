// The layer diagram of DESIGN.md, kept by a test: a folder of lib/ includes itself and folders on lower lines only.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

/// Lowest line first.
const std::vector<std::vector<std::string>> lines = {
    {"core"},
    {"tls", "http", "config", "balance"},
    {"vars", "advice", "files"},
    {"net", "process"},
    {"exchange", "spool"},
    {"filter", "observe", "cache"},
    {"upstream"},
    {"route"},
    {"proxy", "compile"},
    {"server", "explain"},
    {"bench"},
};

/// The lowest of these open no socket.
constexpr std::size_t lines_without_sockets = 3;
const std::vector<std::string> socket_headers = {"sys/socket.h", "sys/epoll.h", "netdb.h", "boost/asio"};

std::optional<std::size_t> line_of(const std::string& folder) {
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (std::ranges::count(lines[i], folder) != 0) return i;
    return std::nullopt;
}

/// What is wrong with `folder` including `header`, or "".
std::string check(const std::string& folder, const std::string& header) {
    const auto from = line_of(folder);
    if (!from) return "lib/" + folder + " has no place in the layer diagram";
    if (*from < lines_without_sockets)
        for (const std::string& forbidden : socket_headers)
            if (header == forbidden || header.starts_with(forbidden + "/") || header.starts_with(forbidden + "."))
                return folder + " is on one of the lowest lines, which open no socket, but includes <" + header + ">";
    const std::string other = header.substr(0, header.find('/'));
    const auto to = header.find('/') == std::string::npos ? std::nullopt : line_of(other);
    if (!to || other == folder || *to < *from) return "";
    return folder + " includes \"" + header + "\", which is on " + (*to == *from ? "the same line" : "a higher line");
}

/// The header that a line of source includes, or "".
std::string included(const std::string& line) {
    std::string rest;
    for (const char c : line)
        if (c != ' ' && c != '\t') rest += c;
    for (const auto& [start, end] : {std::pair{"#include\"", '"'}, std::pair{"#include<", '>'}}) {
        const std::size_t from = std::string_view(start).size();
        if (rest.starts_with(start)) return rest.substr(from, rest.find(end, from) - from);
    }
    return "";
}

std::vector<std::string> includes_of(const fs::path& file) {
    std::vector<std::string> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (std::string header = included(line); !header.empty()) out.push_back(std::move(header));
    return out;
}

bool is_source(const fs::path& file) {
    const std::string kind = file.extension();
    return kind == ".hpp" || kind == ".cpp" || kind == ".h";
}

}  // namespace

TEST_CASE("every folder of lib includes itself and lower lines only") {
    const fs::path lib = fs::path(SLUICE_SOURCE_DIR) / "lib";
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(lib)) {
        const fs::path below = entry.path().lexically_relative(lib);
        if (!entry.is_regular_file() || !is_source(entry.path()) || !below.has_parent_path()) continue;
        ++files;
        for (const std::string& header : includes_of(entry.path())) {
            const std::string wrong = check(*below.begin(), header);
            if (!wrong.empty()) FAIL_CHECK("lib/" << below.string() << ": " << wrong);
        }
    }
    CHECK(files > 20);
}

TEST_CASE("the check itself tells right from wrong") {
    CHECK(included("#include <vector>") == "vector");
    CHECK(included("#  include \"core/text.hpp\"  // why") == "core/text.hpp");
    CHECK(included("// #include <vector>") == "");
    CHECK(included("#define X") == "");
    CHECK(check("core", "core/text.hpp") == "");
    CHECK(check("core", "vector") == "");
    CHECK(check("core", "sys/stat.h") == "");
    CHECK(check("core", "boost/system/result.hpp") == "");
    CHECK(check("balance", "core/text.hpp") == "");
    CHECK(check("net", "sys/socket.h") == "");
    CHECK(check("net", "boost/asio/ip/tcp.hpp") == "");
    CHECK(check("server", "proxy/forward.hpp") == "");
    CHECK(check("server", "version.hpp") == "");
    CHECK(check("core", "http/head.hpp") == "core includes \"http/head.hpp\", which is on a higher line");
    CHECK(check("http", "balance/balancer.hpp") == "http includes \"balance/balancer.hpp\", which is on the same line");
    CHECK(check("upstream", "proxy/forward.hpp") != "");
    CHECK(check("route", "upstream/group.hpp") == "");
    CHECK(check("upstream", "route/decide.hpp") != "");
    CHECK(check("server", "explain/tell.hpp") == "server includes \"explain/tell.hpp\", which is on the same line");
    CHECK(check("core", "sys/socket.h") != "");
    CHECK(check("http", "boost/asio.hpp") != "");
    CHECK(check("http", "boost/asio/buffer.hpp") != "");
    CHECK(check("gadgets", "core/text.hpp") == "lib/gadgets has no place in the layer diagram");
}
