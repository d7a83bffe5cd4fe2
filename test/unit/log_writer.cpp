#include "observe/log_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/clock.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::observe;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A folder of its own that goes with the test.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "sluice-log-XXXXXX").string();
        if (!mkdtemp(name.data())) std::abort();
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    std::string file(const char* name) const { return (path / name).string(); }
    fs::path path;
};

std::string content(const std::string& path) {
    std::ifstream in(path);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string take_all(LogChannel& channel) {
    std::string out;
    for (auto bytes = channel.oldest(); !bytes.empty(); bytes = channel.oldest()) {
        out += bytes;
        channel.consume(bytes.size());
    }
    return out;
}

}  // namespace

TEST_CASE("only what was published can be seen, in its order") {
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file("/dev/null"));
    CHECK(channel.oldest().empty());
    channel.append("one\n");
    CHECK(channel.oldest().empty());
    channel.publish();
    channel.append("two\n");
    CHECK(take_all(channel) == "one\n");
    CHECK(channel.position() == 8);
    CHECK(channel.written() == 4);
    channel.publish();
    CHECK(take_all(channel) == "two\n");
}

TEST_CASE("lines go round the ring whole") {
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file("/dev/null"));
    std::string said, heard;
    for (int i = 0; i < 50'000; ++i) {
        const std::string line = std::to_string(i) + std::string(static_cast<std::size_t>(i % 90), 'x') + "\n";
        channel.append(line);
        said += line;
        channel.publish();
        if (i % 1000 == 0) heard += take_all(channel);
    }
    heard += take_all(channel);
    CHECK(said.size() > 2 * LogChannel::room);
    CHECK(heard == said);
    CHECK(channel.dropped() == 0);
}

TEST_CASE("a full ring drops whole lines and counts them") {
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file("/dev/null"));
    const std::string line(1023, 'x');
    for (int i = 0; i < 2000; ++i) channel.append(line + "\n");
    channel.publish();
    CHECK(channel.dropped() == 2000 - LogChannel::room / 1024);
    CHECK(take_all(channel).size() == LogChannel::room);
    channel.append("again\n");
    channel.publish();
    CHECK(take_all(channel) == "again\n");
}

TEST_CASE("all lines are in the file at the end") {
    Folder folder;
    const auto path = folder.file("log");
    {
        LogWriter writer;
        const int file = writer.add_file(path);
        LogChannel& a = writer.add_channel(file);
        LogChannel& b = writer.add_channel(file);
        writer.start();
        for (int i = 0; i < 1000; ++i) {
            a.append("a\n");
            b.append("b\n");
            a.publish();
            b.publish();
        }
        writer.stop(10s);
        CHECK(a.written() == a.position());
        CHECK(b.written() == b.position());
    }
    CHECK(content(path).size() == 4000);
}

TEST_CASE("whoever waits for a line is told when it is written") {
    Folder folder;
    core::SystemClock clock;
    net::Loop loop(clock);
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file(folder.file("log")));
    writer.start();
    channel.append("line\n");
    channel.hurry(loop);
    // Each turn waits; without a nudge the first would last for all of its time.
    while (channel.written() < channel.position()) loop.turn(10min);
    CHECK(content(folder.file("log")) == "line\n");
    writer.stop(10s);
}

TEST_CASE("a file is opened anew under its name") {
    Folder folder;
    const auto path = folder.file("log");
    core::SystemClock clock;
    net::Loop loop(clock);
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file(path));
    const auto say = [&](const char* line) {
        channel.append(line);
        channel.hurry(loop);
        while (channel.written() < channel.position()) loop.turn(10min);
    };
    writer.start();
    say("before\n");
    fs::rename(path, folder.file("old"));
    say("moved\n");
    writer.reopen();
    while (!fs::exists(path)) say("on the way\n");
    say("after\n");
    writer.stop(10s);
    CHECK(content(folder.file("old")).substr(0, 13) == "before\nmoved\n");
    const auto now = content(path);
    CHECK(now.substr(now.size() - 6) == "after\n");
}

TEST_CASE("a pipe that nobody reads never stops the producer") {
    Folder folder;
    const auto path = folder.file("pipe");
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(reader >= 0);
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file(path));
    writer.start();
    // More than ring and pipe hold together; a producer that blocked would hang here.
    const std::string line(1023, 'x');
    for (int i = 0; i < 4000; ++i) {
        channel.append(line + "\n");
        channel.publish();
    }
    CHECK(channel.dropped() > 1000);
    CHECK(channel.dropped() < 4000);
    // Read now, it writes on.
    std::uint64_t heard = 0;
    char room[65536];
    while (channel.written() < channel.position()) {
        const auto n = read(reader, room, sizeof room);
        if (n > 0) heard += static_cast<std::uint64_t>(n);
    }
    for (ssize_t n; (n = read(reader, room, sizeof room)) > 0;) heard += static_cast<std::uint64_t>(n);
    CHECK(heard == (4000 - channel.dropped()) * 1024);
    writer.stop(10s);
    close(reader);
}

TEST_CASE("a log that cannot be opened") {
    LogWriter writer;
    CHECK(writer.add_file("/nowhere/at/all") == -1);
    CHECK(errno == ENOENT);
}

TEST_CASE("a pipe without a reader cannot be opened, and nobody waits for one") {
    Folder folder;
    const auto path = folder.file("pipe");
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    LogWriter writer;
    CHECK(writer.add_file(path) == -1);
    CHECK(errno == ENXIO);
}

TEST_CASE("a disk that is full costs the lines, not the writer") {
    if (access("/dev/full", W_OK) != 0) return;
    LogWriter writer;
    LogChannel& channel = writer.add_channel(writer.add_file("/dev/full"));
    writer.start();
    for (int i = 0; i < 5; ++i) channel.append("line\n");
    channel.publish();
    writer.stop(10s);
    CHECK(channel.written() == channel.position());
    CHECK(channel.dropped() == 5);
}
