#include "support/conf_server.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "support/catch.hpp"

namespace sluice::test {

namespace {

/// Asks until the answer is yes. What another process does to files has no other event.
template <class Ask>
bool comes_true(Ask ask) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!ask()) {
        if (std::chrono::steady_clock::now() > until) return false;
        poll(nullptr, 0, 1);
    }
    return true;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// Writes the conf on the way to the command.
std::vector<std::string> started(const ConfFolder& folder, std::string_view http, std::string_view main) {
    folder.write(http, main);
    return folder.command();
}

/// Whether an access_log stands outside of all blocks: beside one of its own level "off" would win.
bool names_logs(std::string_view http) {
    int depth = 0;
    for (std::size_t i = 0; i < http.size(); ++i) {
        if (http[i] == '{') ++depth;
        if (http[i] == '}') --depth;
        if (depth == 0 && http.substr(i).starts_with("access_log ")) return true;
    }
    return false;
}

}  // namespace

ConfFolder::ConfFolder() { chmod((folder_ / "").c_str(), 0777); }

std::string ConfFolder::fill(std::string text) const {
    auto root = prefix();
    root.pop_back();
    replace_all(text, "@ROOT@", root);
    replace_all(text, "@LISTEN@", address());
    replace_all(text, "@PORT@", address().substr(address().rfind(':') + 1));
    replace_all(text, "@SECOND@", second_address());
    return text;
}

void ConfFolder::write(std::string_view http, std::string_view main) const {
    std::string text =
        "daemon off;\npid @ROOT@/sluice.pid;\n" + std::string(main) + "\nevents {}\nhttp {\n";
    if (!names_logs(http)) text += "access_log off;\n";
    (text += http) += "\n}\n";
    write_file("test.conf", text);
}

void ConfFolder::write_file(std::string_view name, std::string_view text) const {
    std::ofstream(folder_ / name) << fill(std::string(text));
}

std::vector<std::string> ConfFolder::command(const std::vector<std::string>& flags) const {
    std::vector<std::string> words{SLUICE_BINARY, "-p", prefix(), "-c", conf_path()};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
}

Outcome run_to_end(const std::vector<std::string>& words) {
    Process process(words);
    Outcome out;
    out.status = process.wait();
    out.output = process.output().wait_for_end();
    out.errors = process.errors().wait_for_end();
    return out;
}

std::string wait_for_text(const std::string& path) {
    std::string text;
    if (!comes_true([&] { return !(text = read_file(path)).empty(); })) throw TimedOut("nothing in " + path);
    return text;
}

void wait_until_gone(const std::string& path) {
    if (!comes_true([&] { return !std::filesystem::exists(path); })) throw TimedOut("still there: " + path);
}

std::size_t count_lines(const std::string& path, std::string_view what) {
    const auto lines = lines_of(read_file(path));
    return static_cast<std::size_t>(
        std::ranges::count_if(lines, [&](const auto& line) { return line.find(what) != line.npos; }));
}

std::string wait_for_line_in(const std::string& path, std::string_view what, std::size_t count) {
    std::string text, last;
    const auto there = [&] {
        text = read_file(path);
        std::size_t found = 0;
        const auto whole = text.substr(0, text.rfind('\n') + 1);
        for (const auto& line : lines_of(whole)) {
            if (line.find(what) == line.npos) continue;
            last = line;
            ++found;
        }
        return found >= count;
    };
    if (!comes_true(there))
        throw TimedOut("no " + std::to_string(count) + " lines with \"" + std::string(what) + "\" in:\n" + text);
    return last;
}

std::string process_status(pid_t pid, const std::string& name) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(name + ":")) continue;
        line.erase(0, name.size() + 1);
        const auto first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t");
        return first == line.npos ? "" : line.substr(first, last - first + 1);
    }
    return "(none)";
}

std::size_t open_descriptors(pid_t pid) {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

namespace {
bool is_accepted(const std::string& address) {
    try {
        Socket::connect(address);
        return true;
    } catch (const Closed&) {
        return false;
    }
}
}  // namespace

void wait_until_refused(const std::string& address) {
    if (!comes_true([&] { return !is_accepted(address); })) throw TimedOut("still accepts: " + address);
}

void wait_until_accepted(const std::string& address) {
    if (!comes_true([&] { return is_accepted(address); })) throw TimedOut("does not accept: " + address);
}

ConfServer::ConfServer(std::string_view http, std::string_view main) : process_(started(folder_, http, main)) {
    const auto has_started_or_ended = [&] {
        return read_file(folder_.pid_path()) == std::to_string(pid()) + "\n" ||
               process_status(pid(), "State").starts_with("Z");
    };
    if (comes_true(has_started_or_ended) && std::filesystem::exists(folder_.pid_path())) return;
    process_.signal(SIGKILL);
    process_.wait();
    throw std::runtime_error("sluice did not start: " + process_.errors().wait_for_end());
}

ConfServer::~ConfServer() {
    if (process_.has_ended()) return;
    process_.signal(SIGTERM);
    int status = -1;
    CHECK_NOTHROW(status = process_.wait());
    INFO(error_log() + process_.errors().text());
    CHECK(status == 0);
}

Message ConfServer::ask(std::string_view head, std::string_view body) const {
    Socket client = connect();
    client.send(std::string(head) + "Connection: close\r\n\r\n" + std::string(body));
    Message out = read_response(client, head.substr(0, head.find(' ')));
    if (!client.ends()) throw std::runtime_error("the connection did not end after the answer");
    return out;
}

Message ConfServer::get(std::string_view target, std::string_view host) const {
    return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n");
}

void ConfServer::reload(std::string_view http, std::string_view main) {
    folder_.write(http, main);
    signal(SIGHUP);
    wait_for_error("exited with code 0", ++reloads_);
}

std::size_t ConfServer::resident_kib() const {
    const auto text = process_status(pid(), "VmRSS");
    return text.empty() || text[0] == '(' ? 0 : std::stoul(text);
}

}  // namespace sluice::test
