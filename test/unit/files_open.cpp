// Opening by a path, over symbolic links or not.
#include "files/open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "support/catch.hpp"
#include "support/temporary.hpp"

using namespace sluice::files;
using sluice::test::Temporary;

namespace {

struct Tree : Temporary {
    Tree() {
        std::filesystem::create_directories(*this / "real/deep");
        sluice::test::write_text(*this / "real/deep/file", "12345");
        std::filesystem::create_symlink("deep", *this / "real/link");
        std::filesystem::create_symlink("file", *this / "real/deep/name");
        std::filesystem::create_symlink("nothing", *this / "real/broken");
        ::mkfifo((*this / "pipe").c_str(), 0600);
    }
    int open(const std::string& name, Walk walk = {}) const { return open_file((*this / name).c_str(), walk).error; }
    int look(const std::string& name, Walk walk = {}) const { return look_at((*this / name).c_str(), walk).error; }
};

}  // namespace

TEST_CASE("files are opened, folders and others told") {
    const Tree tree;
    const auto file = open_file((tree / "real/link/name").c_str(), {});
    REQUIRE(file.error == 0);
    CHECK(file.info.kind == Info::Kind::file);
    CHECK(file.info.size == 5);
    CHECK(file.descriptor);
    const auto folder = open_file((tree / "real").c_str(), {});
    CHECK(folder.info.kind == Info::Kind::folder);
    CHECK_FALSE(folder.descriptor);
    const auto pipe = open_file((tree / "pipe").c_str(), {});
    CHECK(pipe.error == 0);
    CHECK(pipe.info.kind == Info::Kind::other);
    CHECK(tree.open("none") == ENOENT);
    CHECK(std::string(open_file((tree / "none").c_str(), {}).call) == "open()");
    CHECK(tree.open("real/deep/file/x") == ENOTDIR);
    CHECK(tree.open("real/broken") == ENOENT);
    CHECK(tree.open(std::string(5000, 'x')) == ENAMETOOLONG);
    CHECK(tree.look("real/deep/file") == 0);
    CHECK(std::string(look_at((tree / "none").c_str(), {}).call) == "stat()");
}

TEST_CASE("disable_symlinks: no part of the path may be a link") {
    const Tree tree;
    for (const auto rule : {LinkRule::none, LinkRule::same_owner}) {
        const Walk walk{rule, 0};
        const int link = rule == LinkRule::none ? ELOOP : 0;  // they all belong to us
        const int on_the_way = rule == LinkRule::none ? ENOTDIR : 0;
        CHECK(tree.open("real/deep/file", walk) == 0);
        CHECK(tree.open("real//deep/file", walk) == 0);
        CHECK(tree.open("real/link/file", walk) == on_the_way);
        CHECK(tree.open("real/deep/name", walk) == link);
        CHECK(tree.open("real/link", walk) == link);
        CHECK(tree.open("real", walk) == 0);
        CHECK(tree.open("real/", walk) == 0);
        CHECK(tree.open("real/deep/file/", walk) == ENOTDIR);
        CHECK(tree.open("real/none", walk) == ENOENT);
        CHECK(tree.open("none/file", walk) == ENOENT);
        CHECK(tree.open("real/deep/file/x", walk) == ENOTDIR);
        CHECK(tree.look("real/deep/name", walk) == link);
        CHECK(tree.look("real/deep/file", walk) == 0);
    }
    CHECK(std::string(open_file((tree / "real/link/file").c_str(), {LinkRule::none, 0}).call) == "openat()");
}

TEST_CASE("disable_symlinks from=: what is in front is not looked at") {
    const Tree tree;
    const auto at = [&](const char* part) { return Walk{LinkRule::none, (tree / part).size()}; };
    CHECK(tree.open("real/link/file", at("real/link")) == 0);
    CHECK(tree.open("real/link/name", at("real/link")) == ELOOP);
    CHECK(tree.open("real/link/file", at("real")) == ENOTDIR);
    CHECK(tree.open("none/file", at("none")) == ENOENT);
}

TEST_CASE("disable_symlinks if_not_owner: a link to what belongs to another is none") {
    if (::geteuid() != 0) return;  // nobody else can give files away
    const Tree tree;
    REQUIRE(::lchown((tree / "real/link").c_str(), 1, 1) == 0);
    CHECK(tree.open("real/link/file", {LinkRule::same_owner, 0}) == ELOOP);
    CHECK(tree.open("real/deep/name", {LinkRule::same_owner, 0}) == 0);
    REQUIRE(::chown((tree / "real/deep").c_str(), 1, 1) == 0);
    CHECK(tree.open("real/link/file", {LinkRule::same_owner, 0}) == 0);
}
