#include "observe/log_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

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

/// A log and a channel to it; declared after its writer, which must have the channel back before it goes.
struct Log {
    Log(LogWriter& writer, const std::string& target, const LogOptions& options = {})
        : file(writer.open(target, error, options)), owned(file ? writer.make_channel(file) : nullptr) {}
    LogChannel& channel() const { return *owned; }
    std::string error;
    std::shared_ptr<LogFile> file;
    OwnedChannel owned;
};

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
    const Log log(writer, "/dev/null");
    LogChannel& channel = log.channel();
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
    const Log log(writer, "/dev/null");
    LogChannel& channel = log.channel();
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
    const Log log(writer, "/dev/null");
    LogChannel& channel = log.channel();
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
        const Log one(writer, path), other(writer, path);
        CHECK(one.file == other.file);
        LogChannel &a = one.channel(), &b = other.channel();
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
    const Log log(writer, folder.file("log"));
    LogChannel& channel = log.channel();
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
    const Log log(writer, path);
    LogChannel& channel = log.channel();
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
    const Log log(writer, path);
    LogChannel& channel = log.channel();
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
    std::string error;
    CHECK(writer.open("/nowhere/at/all", error) == nullptr);
    CHECK(errno == ENOENT);
}

TEST_CASE("a pipe without a reader cannot be opened, and nobody waits for one") {
    Folder folder;
    const auto path = folder.file("pipe");
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    LogWriter writer;
    std::string error;
    CHECK(writer.open(path, error) == nullptr);
    CHECK(errno == ENXIO);
}

TEST_CASE("a disk that is full costs the lines, not the writer") {
    if (access("/dev/full", W_OK) != 0) return;
    LogWriter writer;
    const Log log(writer, "/dev/full");
    LogChannel& channel = log.channel();
    writer.start();
    for (int i = 0; i < 5; ++i) channel.append("line\n");
    channel.publish();
    writer.stop(10s);
    CHECK(channel.written() == channel.position());
    CHECK(channel.dropped() == 5);
}

TEST_CASE("the same target twice is the same log, and a new one when nobody held it any more") {
    Folder folder;
    std::string error;
    LogWriter writer;
    auto file = writer.open(folder.file("log"), error);
    REQUIRE(file);
    CHECK(writer.open(folder.file("log"), error) == file);
    CHECK(writer.open(folder.file("other"), error) != file);
    const std::weak_ptr<LogFile> gone = file;
    file.reset();
    CHECK(gone.expired());
    CHECK(writer.open(folder.file("log"), error));
}

TEST_CASE("a log that cannot be opened is told by its name and the system's words") {
    std::string error;
    LogWriter writer;
    CHECK_FALSE(writer.open("/nowhere/at/all", error));
    CHECK(error == "open() \"/nowhere/at/all\" failed (2: No such file or directory)");
    CHECK_FALSE(writer.open("syslog:server=", error));
    CHECK(errno == EINVAL);
    CHECK(error.find("no host") == 0);
}

TEST_CASE("a channel that is given back leaves its lines and its log behind until they are written") {
    Folder folder;
    std::string error;
    LogWriter writer;
    std::weak_ptr<LogFile> file;
    {
        auto opened = writer.open(folder.file("log"), error);
        file = opened;
        auto channel = writer.make_channel(opened);
        channel->append("first\n");
        channel->publish();
        channel->append("never published\n");
    }
    CHECK_FALSE(file.expired());
    writer.start();
    writer.stop(10s);
    CHECK(content(folder.file("log")) == "first\nnever published\n");
    CHECK(file.expired());
}

TEST_CASE("a log nobody holds any more is closed while the thread runs") {
    Folder folder;
    std::string error;
    core::SystemClock clock;
    net::Loop loop(clock);
    LogWriter writer;
    auto other = writer.make_channel(writer.open(folder.file("other"), error));
    writer.start();
    std::weak_ptr<LogFile> file = writer.open(folder.file("log"), error);
    CHECK(file.expired());
    auto opened = writer.open(folder.file("log"), error);
    file = opened;
    auto channel = writer.make_channel(std::move(opened));
    channel->append("line\n");
    channel.reset();
    while (!file.expired()) {  // each turn of the thread answers
        other->append("x\n");
        other->hurry(loop);
        while (other->written() < other->position()) loop.turn(10min);
    }
    CHECK(content(folder.file("log")) == "line\n");
    other.reset();
    writer.stop(10s);
}

TEST_CASE("channels and logs come and go while others write, and no line is lost") {
    Folder folder;
    LogWriter writer;
    std::string error;
    const auto shared = writer.open(folder.file("shared"), error);
    writer.start();
    constexpr int rounds = 60, lines = 40;
    const auto produce = [&](char name) {
        auto steady = writer.make_channel(shared);
        for (int round = 0; round < rounds; ++round) {
            auto passing = writer.make_channel(shared);
            for (int i = 0; i < lines; ++i) {
                steady->append(std::string(1, name) + "\n");
                passing->append(std::string(1, static_cast<char>(name + 2)) + "\n");
                if (i % 7 == 0) steady->publish(), passing->publish();
            }
        }
    };
    std::thread a(produce, 'a'), b(produce, 'b');
    // Meanwhile the control thread opens, rotates and drops logs of its own.
    for (int round = 0; round < rounds; ++round) {
        auto channel =
            writer.make_channel(writer.open(folder.file(("log" + std::to_string(round % 3)).c_str()), error));
        channel->append("round\n");
        if (round % 10 == 0) writer.reopen();
    }
    a.join();
    b.join();
    CHECK(writer.stop(10s));
    const auto text = content(folder.file("shared"));
    for (const char name : {'a', 'b', 'c', 'd'}) CHECK(std::count(text.begin(), text.end(), name) == rounds * lines);
    std::ptrdiff_t others = 0;
    for (const char* name : {"log0", "log1", "log2"}) {
        const auto written = content(folder.file(name));
        others += std::count(written.begin(), written.end(), '\n');
    }
    CHECK(others == rounds);
}

TEST_CASE("without its thread the writer writes when it is told to stop") {
    Folder folder;
    std::string error;
    LogWriter writer;
    auto channel = writer.make_channel(writer.open(folder.file("log"), error));
    channel->append("cannot start\n");
    channel->publish();
    CHECK(writer.stop(0s));
    CHECK(content(folder.file("log")) == "cannot start\n");
}

TEST_CASE("a non-blocking pipe that is full holds up its own lines only") {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    // Opening the pipe by its path makes a blocking description, so the test stands in for standard output.
    const int kept = dup(STDOUT_FILENO);
    fflush(stdout);
    REQUIRE(dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO);
    Folder folder;
    std::string error;
    core::SystemClock clock;
    net::Loop loop(clock);
    std::uint64_t heard = 0, said = 0;
    {
        LogWriter writer;
        auto stuck = writer.make_channel(writer.open("-", error));
        auto other = writer.make_channel(writer.open(folder.file("log"), error));
        writer.start();
        const std::string line(1023, 'x');
        for (int i = 0; i < 500; ++i) stuck->append(line + "\n");
        stuck->publish();
        for (int i = 0; i < 20; ++i) {
            other->append("line\n");
            other->hurry(loop);
            while (other->written() < other->position()) loop.turn(10min);
        }
        CHECK(stuck->written() < stuck->position());
        char room[65536];
        for (said = stuck->position(); heard < said;) {
            const auto n = read(ends[0], room, sizeof room);
            if (n > 0) heard += static_cast<std::uint64_t>(n);
        }
        stuck.reset();
        other.reset();
        CHECK(writer.stop(10s));
    }
    dup2(kept, STDOUT_FILENO);
    for (const int fd : {kept, ends[0], ends[1]}) close(fd);
    CHECK(heard == said);
    CHECK(content(folder.file("log")).size() == 100);
}

TEST_CASE("what the process says on standard error goes into the log that took it, also after rotation") {
    Folder folder;
    const auto path = folder.file("log");
    const int kept = dup(STDERR_FILENO);
    std::string error;
    {
        LogWriter writer;
        auto file = writer.open(path, error);
        writer.take_stderr(file);
        CHECK(write(STDERR_FILENO, "before\n", 7) == 7);
        writer.start();
        fs::rename(path, folder.file("old"));
        writer.reopen();
        CHECK(writer.stop(10s));
        CHECK(write(STDERR_FILENO, "after\n", 6) == 6);
        // What the writer itself has to say begins as the lines of an error log do.
        auto full = writer.make_channel(writer.open("/dev/full", error));
        full->append("line\n");
        full->publish();
        writer.stop(0s);
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    CHECK(content(folder.file("old")) == "before\n");
    const auto now = content(path);
    CHECK(now.find("after\n") == 0);
    CHECK(now.find(" [error] " + std::to_string(getpid()) + "#") != std::string::npos);
    CHECK(now.find(": write() \"/dev/full\" failed (28: No space left on device); lines are dropped") !=
          std::string::npos);
}

TEST_CASE("logs are given to who is to rotate them; links and what is not a file are not") {
    if (geteuid() != 0) {
        WARN("not root: nothing can be given away");
        return;
    }
    constexpr uid_t user = 65534;
    Folder folder;
    std::ofstream(folder.file("precious")) << "root's\n";
    fs::create_symlink(folder.file("precious"), folder.file("link"));
    fs::create_hard_link(folder.file("precious"), folder.file("second name"));
    const auto owner = [&](const char* name) {
        struct stat found {};
        REQUIRE(stat(folder.file(name).c_str(), &found) == 0);
        return found.st_uid;
    };
    std::string error;
    LogWriter writer;
    const auto plain = writer.open(folder.file("log"), error), link = writer.open(folder.file("link"), error),
               second = writer.open(folder.file("second name"), error), null = writer.open("/dev/null", error);
    CHECK(writer.give_to(user) == "");
    CHECK(owner("log") == user);
    CHECK(owner("precious") == 0);
    struct stat device {};
    stat("/dev/null", &device);
    CHECK(device.st_uid == 0);
}

namespace {
LogOptions gathered(std::size_t buffer, core::Duration flush = {}, int gzip = 0) {
    LogOptions out;
    out.buffer = buffer;
    out.flush = flush;
    out.gzip = gzip;
    return out;
}
}  // namespace

TEST_CASE("lines of a buffered log are written when the buffer is full, and at the end") {
    Folder folder;
    const auto path = folder.file("log");
    core::SystemClock clock;
    net::Loop loop(clock);
    LogWriter writer;
    {
        const Log log(writer, path, gathered(40));
        LogChannel& channel = log.channel();
        writer.start();
        const auto say = [&](const std::string& line) {
            channel.append(line);
            channel.hurry(loop);
            while (channel.written() < channel.position()) loop.turn(10min);
        };
        say("one\n");
        say("two\n");
        CHECK(content(path).empty());
        say(std::string(40, 'x') + "\n");
        CHECK(content(path).size() == 49);
        say("last\n");
        CHECK(content(path).size() == 49);
    }
    writer.stop(10s);
    CHECK(content(path).size() == 54);
}

TEST_CASE("lines of a buffered log are written when they have waited long enough, and before it is opened anew") {
    Folder folder;
    const auto path = folder.file("log"), old = folder.file("old");
    LogWriter writer;
    const Log log(writer, path, gathered(1 << 16, 30ms));
    writer.start();
    log.owned->append("in time\n");
    log.owned->publish();
    while (content(path).empty()) std::this_thread::yield();
    CHECK(content(path) == "in time\n");

    const auto other = folder.file("other");
    const Log slow(writer, other, gathered(1 << 16));
    slow.owned->append("kept back\n");
    slow.owned->publish();
    while (slow.owned->written() < slow.owned->position()) std::this_thread::yield();
    fs::rename(other, old);
    writer.reopen();
    while (!fs::exists(other)) std::this_thread::yield();
    CHECK(content(old) == "kept back\n");
    writer.stop(10s);
}

TEST_CASE("the same target with other options is another log") {
    Folder folder;
    LogWriter writer;
    const Log plain(writer, folder.file("log")), packed(writer, folder.file("log"), gathered(10, {}, 1));
    CHECK(plain.file != packed.file);
}

TEST_CASE("lines that bring their path with them go to the file of that name") {
    Folder folder;
    LogOptions options;
    options.by_line = true;
    options.open_files = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{10});
    LogWriter writer;
    {
        const Log log(writer, "logs/$host", options);
        for (int i = 0; i < 3; ++i) {
            log.owned->append(folder.file("a"), "one " + std::to_string(i) + "\n");
            log.owned->append(folder.file("b"), "other\n");
            log.owned->append(folder.file("no/such/folder"), "nowhere\n");
        }
        log.owned->publish();
        writer.start();
    }
    writer.stop(10s);
    CHECK(content(folder.file("a")) == "one 0\none 1\none 2\n");
    CHECK(content(folder.file("b")) == "other\nother\nother\n");
}

TEST_CASE("a path that is kept open is opened anew when another file is there, or too many are open") {
    Folder folder;
    LogOptions options;
    options.by_line = true;
    options.open_files = 2;
    options.valid = 10s;
    options.inactive = 100s;
    LogPaths paths(options);
    const auto at = [](int seconds) { return core::Instant{} + std::chrono::seconds(1000 + seconds); };
    CHECK(paths.write(folder.file("a"), "1\n", at(0)) == 0);
    fs::rename(folder.file("a"), folder.file("old"));
    CHECK(paths.write(folder.file("a"), "2\n", at(5)) == 0);
    CHECK(paths.write(folder.file("a"), "3\n", at(20)) == 0);
    CHECK(content(folder.file("old")) == "1\n2\n");
    CHECK(content(folder.file("a")) == "3\n");
    for (const char* name : {"b", "c", "d"}) CHECK(paths.write(folder.file(name), "x\n", at(21)) == 0);
    CHECK(paths.open_count() == 2);
    CHECK(paths.write(folder.file("d"), "x\n", at(200)) == 0);
    CHECK(paths.open_count() == 1);
    CHECK(paths.write(folder.file("no/such"), "x\n", at(200)) == ENOENT);
}
