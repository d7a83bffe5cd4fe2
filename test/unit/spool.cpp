// Temporary files: names, contents, and a disk that refuses.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "spool/file.hpp"
#include "spool/thread.hpp"
#include "support/catch.hpp"
#include "support/slow_disk.hpp"
#include "support/temporary.hpp"

using namespace sluice;
using test::SlowDisk;
using test::Temporary;

namespace {

/// A worker's loop with a disk that waits to be told.
struct Desk {
    core::SystemClock clock;
    net::Loop loop{clock};
    SlowDisk slow;
    spool::Disk disk{loop, slow};

    void settle() {
        while (slow.work() || disk.waiting() > 0) loop.turn(core::Duration{0});
    }
};

std::span<const char> bytes(const std::string& text) { return {text.data(), text.size()}; }

net::Task<void> open(spool::File& file, const spool::Folder& folder, spool::Name name, bool& ok) {
    ok = (co_await file.open(folder, name)).has_value();
}
net::Task<void> append(spool::File& file, const std::string& text, bool& ok) {
    ok = (co_await file.append(bytes(text))).has_value();
}
net::Task<void> read(spool::File& file, std::uint64_t offset, std::size_t room, std::string& out) {
    std::string buffer(room, '\0');
    const auto got = co_await file.read(offset, buffer);
    out = got ? std::string(got->data(), got->size()) : "failed";
}

bool open(Desk& desk, spool::File& file, const spool::Folder& folder, spool::Name name) {
    bool ok = false;
    const auto task = open(file, folder, name, ok);
    desk.settle();
    return ok;
}
bool append(Desk& desk, spool::File& file, const std::string& text) {
    bool ok = false;
    const auto task = append(file, text, ok);
    desk.settle();
    return ok;
}
std::string read(Desk& desk, spool::File& file, std::uint64_t offset, std::size_t room) {
    std::string out;
    const auto task = read(file, offset, room, out);
    desk.settle();
    return out;
}

}  // namespace

TEST_CASE("the path of a temporary file") {
    CHECK(path_of(spool::Folder{"/t", {}}, 12345) == "/t/0000012345");
    CHECK(path_of(spool::Folder{"/t", {1}}, 12345) == "/t/5/0000012345");
    CHECK(path_of(spool::Folder{"/t", {1, 2}}, 12345) == "/t/5/34/0000012345");
    CHECK(path_of(spool::Folder{"/t", {3, 3, 3}}, 9'876'543'210) == "/t/210/543/876/9876543210");
    CHECK(path_of(spool::Folder{"/t", {2}}, 98'765'432'101) == "/t/01/98765432101");
}

TEST_CASE("what is appended can be read, at any place") {
    const Temporary folder;
    Desk desk;
    spool::File file(desk.disk);
    REQUIRE(open(desk, file, {folder.path(), {1, 2, 3}}, spool::Name::none));
    CHECK_FALSE(std::filesystem::exists(file.path()));
    CHECK(append(desk, file, "hello "));
    CHECK(append(desk, file, "world"));
    CHECK(file.size() == 11);
    CHECK(read(desk, file, 0, 100) == "hello world");
    CHECK(read(desk, file, 4, 3) == "o w");
    CHECK(read(desk, file, 11, 3).empty());
    file.rewind();
    CHECK(append(desk, file, "HE"));
    CHECK(read(desk, file, 0, 100) == "HE");
}

TEST_CASE("the name of a temporary file goes at once, with the file, or stays") {
    const Temporary folder;
    Desk desk;
    std::string temporary, kept;
    {
        spool::File none(desk.disk), with_file(desk.disk), stays(desk.disk);
        REQUIRE(open(desk, none, {folder.path(), {}}, spool::Name::none));
        REQUIRE(open(desk, with_file, {folder.path(), {}}, spool::Name::temporary));
        REQUIRE(open(desk, stays, {folder.path(), {}}, spool::Name::kept));
        temporary = with_file.path();
        kept = stays.path();
        CHECK_FALSE(std::filesystem::exists(none.path()));
        struct stat found {};
        REQUIRE(stat(temporary.c_str(), &found) == 0);
        CHECK((found.st_mode & 07777) == 0600);
        CHECK(append(desk, stays, "kept"));
    }
    CHECK(std::filesystem::exists(temporary));  // closing, too, is a job
    desk.settle();
    CHECK_FALSE(std::filesystem::exists(temporary));
    CHECK(test::text_in(kept) == "kept");
}

TEST_CASE("a name that is taken is passed over") {
    const Temporary folder;
    Desk desk;
    spool::File first(desk.disk);
    REQUIRE(open(desk, first, {folder.path(), {}}, spool::Name::kept));
    const auto number = std::stoull(std::filesystem::path(first.path()).filename().string());
    test::write_text(path_of(spool::Folder{folder.path(), {}}, number + 1), "somebody's");
    spool::File second(desk.disk);
    REQUIRE(open(desk, second, {folder.path(), {}}, spool::Name::kept));
    CHECK(test::text_in(path_of(spool::Folder{folder.path(), {}}, number + 1)) == "somebody's");
}

TEST_CASE("what the kernel refuses is a value, with the call and the path") {
    const Temporary folder;
    Desk desk;
    spool::File nowhere(desk.disk);
    CHECK_FALSE(open(desk, nowhere, {folder / "none", {}}, spool::Name::none));
    CHECK(std::string(nowhere.error().call) == "open()");
    CHECK(nowhere.error().os_error == ENOENT);
    CHECK(nowhere.path().find(folder / "none") == 0);

    spool::File deep(desk.disk);
    CHECK_FALSE(open(desk, deep, {folder / "none", {1}}, spool::Name::none));
    CHECK(std::string(deep.error().call) == "mkdir()");

    spool::File file(desk.disk);
    REQUIRE(open(desk, file, {folder.path(), {}}, spool::Name::temporary));
    CHECK(append(desk, file, "hello"));
    desk.slow.fills_after(0);
    CHECK_FALSE(append(desk, file, "more"));
    CHECK(file.error().os_error == ENOSPC);
    CHECK(file.size() == 5);
    CHECK(read(desk, file, 0, 100) == "hello");
    REQUIRE(truncate(file.path().c_str(), 2) == 0);
    CHECK(read(desk, file, 0, 100) == "failed");
}

TEST_CASE("a full disk is told of once a minute") {
    Desk desk;
    CHECK(desk.disk.may_complain());
    CHECK_FALSE(desk.disk.may_complain());
}

namespace {
struct Note final : spool::Job {
    std::thread::id by;
    void work() override { by = std::this_thread::get_id(); }
    void refuse(int) override {}
};
net::Task<void> wait_for(spool::Disk& disk, Note& note) { co_await disk.run(note); }
}  // namespace

TEST_CASE("jobs are done on the thread, what waits for them goes on where it was") {
    const core::SystemClock clock;
    net::Loop loop(clock);
    spool::SpoolThread thread;
    spool::Disk disk(loop, thread);
    thread.start();
    std::vector<Note> notes(100);
    std::vector<net::Task<void>> tasks;
    for (auto& note : notes) tasks.push_back(wait_for(disk, note));
    while (disk.waiting() > 0) loop.turn(std::chrono::milliseconds(100));
    for (const auto& note : notes) CHECK(note.by != std::this_thread::get_id());
    thread.stop();
    Note late;
    const auto task = wait_for(disk, late);
    while (disk.waiting() > 0) loop.turn(std::chrono::milliseconds(100));
    CHECK(late.by == std::this_thread::get_id());
}
