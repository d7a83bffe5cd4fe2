// open_file_cache: what is kept, how long, and how many.
#include "files/cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "support/catch.hpp"
#include "support/temporary.hpp"

using namespace sluice::files;
using sluice::core::Instant;
using sluice::test::Temporary;
using sluice::test::write_text;
using std::chrono::seconds;

namespace {

struct Setup {
    Temporary folder;
    Cache cache{3, seconds(20)};
    CacheUse use{seconds(10), 1, false};
    Instant now{1'000'000};

    Found open(const std::string& name, Walk walk = {}) {
        const auto path = folder / name;
        return cache.open({path.c_str(), path.size()}, walk, use, now);
    }
    void write(const std::string& name, const std::string& text) const { write_text(folder / name, text); }
    /// As editors and deployments do: another file takes the name.
    void replace(const std::string& name, const std::string& text) const {
        write("new", text);
        std::filesystem::rename(folder / "new", folder / name);
    }
    void pass(int secs) { now = now + seconds(secs); }
};

std::string read(const Found& found) {
    char text[100];
    const auto n = ::pread(found.descriptor(), text, sizeof text, 0);
    return n < 0 ? "?" : std::string(text, static_cast<std::size_t>(n));
}

}  // namespace

TEST_CASE("a file stays as it was until it is looked at again") {
    Setup s;
    s.write("a", "one");
    CHECK(read(s.open("a")) == "one");
    const int descriptor = s.open("a").descriptor();
    CHECK(s.open("a").descriptor() == descriptor);
    s.replace("a", "second");
    CHECK(read(s.open("a")) == "one");
    s.pass(10);
    CHECK(read(s.open("a")) == "second");
    CHECK(s.open("a").info().size == 6);
    std::filesystem::remove(s.folder / "a");
    CHECK(s.open("a").error() == 0);
    s.pass(10);
    CHECK(s.open("a").error() == ENOENT);
    CHECK(s.cache.size() == 0);
}

TEST_CASE("the same file that has grown keeps its descriptor") {
    Setup s;
    s.write("a", "one");
    const int descriptor = s.open("a").descriptor();
    s.write("a", "longer");
    s.pass(10);
    const auto found = s.open("a");
    CHECK(found.descriptor() == descriptor);
    CHECK(found.info().size == 6);
}

TEST_CASE("a reader keeps its file, whatever becomes of the path") {
    Setup s;
    s.write("a", "one");
    auto reader = s.open("a");
    s.replace("a", "two");
    s.pass(10);
    CHECK(read(s.open("a")) == "two");
    CHECK(read(reader) == "one");
    auto moved = std::move(reader);
    CHECK(read(moved) == "one");
}

TEST_CASE("errors are kept only if they are to be") {
    Setup s;
    CHECK(s.open("a").error() == ENOENT);
    CHECK(s.cache.size() == 0);
    s.use.errors = true;
    CHECK(s.open("a").error() == ENOENT);
    s.write("a", "one");
    CHECK(s.open("a").error() == ENOENT);
    s.pass(10);
    CHECK(read(s.open("a")) == "one");
    s.use.errors = false;
    std::filesystem::remove(s.folder / "a");
    s.use.errors = true;
    s.pass(10);
    CHECK(s.open("a").error() == ENOENT);
    s.use.errors = false;  // another location, with the same cache
    CHECK(s.open("a").error() == ENOENT);
}

TEST_CASE("the cache holds so many, and those that were used last") {
    Setup s;
    for (const char* name : {"a", "b", "c", "d"}) s.write(name, name);
    (void)s.open("a"), (void)s.open("b"), (void)s.open("c"), (void)s.open("a");
    (void)s.open("d");
    CHECK(s.cache.size() == 3);
    for (const char* name : {"a", "b", "c", "d"}) s.replace(name, "new");
    CHECK(read(s.open("a")) == "a");
    CHECK(read(s.open("c")) == "c");
    CHECK(read(s.open("d")) == "d");
    CHECK(read(s.open("b")) == "new");
    CHECK(s.cache.size() == 3);
}

TEST_CASE("what nobody uses goes") {
    Setup s;
    for (const char* name : {"a", "b", "c"}) s.write(name, name);
    (void)s.open("a"), (void)s.open("b");
    s.pass(21);
    (void)s.open("c");
    CHECK(s.cache.size() == 1);
}

TEST_CASE("a file is kept open only if it is used often enough") {
    Setup s;
    s.use.min_uses = 3;
    s.write("a", "one");
    (void)s.open("a");
    s.replace("a", "two");
    CHECK(read(s.open("a")) == "two");  // it was closed: opened anew
    (void)s.open("a");
    s.replace("a", "three");
    CHECK(read(s.open("a")) == "two");
}

TEST_CASE("another rule for links looks again") {
    Setup s;
    s.write("a", "one");
    std::filesystem::create_symlink("a", s.folder / "l");
    CHECK(s.open("l").error() == 0);
    CHECK(s.open("l", {LinkRule::none, 0}).error() == ELOOP);
    CHECK(s.open("l").error() == 0);
}

TEST_CASE("folders are kept, too") {
    Setup s;
    std::filesystem::create_directory(s.folder / "f");
    CHECK(s.open("f").is(Info::Kind::folder));
    std::filesystem::remove(s.folder / "f");
    CHECK(s.open("f").is(Info::Kind::folder));
    s.pass(10);
    CHECK(s.open("f").error() == ENOENT);
}

TEST_CASE("no descriptor is lost") {
    const auto open_now = [] {
        std::size_t n = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++n;
        return n;
    };
    const auto before = open_now();
    {
        Setup s;
        Found last;
        for (int i = 0; i < 50; ++i) {
            const auto name = std::to_string(i % 7);
            s.replace(name, name);
            s.use.min_uses = i % 3;
            last = s.open(name);
            s.pass(i % 5 * 4);
            s.use.errors = i % 2;
            (void)s.open("none" + name);
        }
        last = Found();
    }
    CHECK(open_now() == before);
}
