// Paths of files: what leads out of a root, and the endings that types go by.
#include "route/file_path.hpp"

#include <filesystem>
#include <string>

#include "route/types.hpp"
#include "support/catch.hpp"

using namespace sluice::route;

TEST_CASE("file paths: \"..\" leads out of the root, whatever stands before it") {
    const struct {
        std::string root, rest;
        bool leaves;
    } rows[] = {
        {"/srv", "/a", false},
        {"/srv", "/", false},
        {"/srv", "", false},
        {"/srv", "/a/../b", false},
        {"/srv", "/a/b/../../c", false},
        {"/srv", "/..", true},
        {"/srv", "/../srv/a", true},
        {"/srv", "/a/../../b", true},
        {"/srv", "/a/..", false},
        {"/srv", "//..", true},
        {"/srv", "/./..", true},
        {"/srv", "/...", false},
        {"/srv", "/..a", false},
        {"/srv", "/a..", false},
        {"/srv/", "../x", true},
        {"/srv/", "a/../x", false},
        {"/srv/", "..", true},
        {"/srv", "../x", false},  // the folder "/srv.."
        {"/srv", "x/../y", true},
        {"/srv/.", "./x", true},
        {"/srv/..", "", false},  // as the conf has it
        {"/srv/../x", "/a", false},
        {"/srv/../x", "/../a", true},
        {"", "/a", false},
        {"", "/../a", true},
        {"/srv", std::string("/a\0.html", 8), true},
    };
    for (const auto& row : rows) {
        INFO(row.root + " " + row.rest);
        CHECK(leaves_root(row.root + row.rest, row.root.size()) == row.leaves);
    }
}

TEST_CASE("file paths: whatever stays in the root is still in it when written without dots") {
    std::string rest;
    std::size_t kept = 0;
    const auto check = [&](const auto& self, std::size_t more) -> void {
        for (const std::string root : {"/r/s", "/r/s/"}) {
            const bool glued = root.back() != '/' && !rest.starts_with('/');
            if (glued || leaves_root(root + rest, root.size())) continue;
            ++kept;
            const auto plain = std::filesystem::path(root + rest).lexically_normal().string();
            if (plain != "/r/s" && !plain.starts_with("/r/s/")) FAIL(root + rest);
        }
        if (more == 0) return;
        for (const char c : {'/', '.', 'a'}) {
            rest += c;
            self(self, more - 1);
            rest.pop_back();
        }
    };
    check(check, 8);
    CHECK(kept > 1000);
}

TEST_CASE("types: endings of the last segment") {
    CHECK(ending_of("/a.html") == "html");
    CHECK(ending_of("/a.tar.gz") == "gz");
    CHECK(ending_of("/a.b/c") == "");
    CHECK(ending_of("/.htaccess") == "");
    CHECK(ending_of("/a/.htaccess") == "");
    CHECK(ending_of("/a.") == "");
    CHECK(ending_of("/") == "");
    CHECK(ending_of("") == "");
    CHECK(ending_of("/..a") == "a");
    Types types;
    CHECK(types.add("HTML", "text/html"));
    CHECK_FALSE(types.add("html", "text/x"));
    CHECK(types.of_ending("hTmL") == "text/x");
    CHECK(types.of_ending("htm") == "");
    CHECK(types.of_ending("") == "");
    CHECK(types.of_ending(std::string(100, 'a')) == "");
    CHECK(Types::usual().of_ending("jpg") == "image/jpeg");
}
