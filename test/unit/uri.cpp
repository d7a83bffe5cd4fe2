// nginx's URI normalisation and its ways to escape. The rows were answered by nginx 1.22 ($uri and $args in a return).
#include "route/uri.hpp"

#include <iterator>

#include "core/rng.hpp"
#include "support/catch.hpp"

using namespace sluice;
using route::Escape;
using route::NormalUri;
using route::Unescape;

namespace {

struct Row {
    const char* target;
    const char* merged;    // with merge_slashes
    const char* unmerged;  // without
    const char* args = "";

    constexpr Row(const char* t, const char* path) : target(t), merged(path), unmerged(path) {}
    constexpr Row(const char* t, const char* on, const char* off, const char* a = "")
        : target(t), merged(on), unmerged(off ? off : on), args(a) {}
};

constexpr const char* same = nullptr;  // as with merge_slashes
constexpr const char* bad = "400";

// clang-format off
const Row rows[] = {
    {"/", "/"},
    {"/a", "/a"},
    {"/a/b", "/a/b"},
    {"/a/b/", "/a/b/"},
    {"/index.html", "/index.html"},
    {"/a.b/c.d", "/a.b/c.d"},
    {"/.well-known/x", "/.well-known/x"},
    {"/..a", "/..a"},
    {"/...", "/..."},
    {"/a/...b", "/a/...b"},
    {"/a/..b/c", "/a/..b/c"},
    {"/a/.b", "/a/.b"},
    {"/a.", "/a."},
    {"/a..", "/a.."},
    {"/a./b", "/a./b"},
    {"/a../b", "/a../b"},
    {"/.", "/"},
    {"/./", "/"},
    {"/./.", "/"},
    {"/././", "/"},
    {"/..", bad, bad},
    {"/../", bad, bad},
    {"/../a", bad, bad},
    {"/a/.", "/a/"},
    {"/a/./", "/a/"},
    {"/a/./b", "/a/b"},
    {"/a/..", "/"},
    {"/a/../", "/"},
    {"/a/../b", "/b"},
    {"/a/b/..", "/a/"},
    {"/a/b/../", "/a/"},
    {"/a/b/../c", "/a/c"},
    {"/a/b/../..", "/"},
    {"/a/b/../../", "/"},
    {"/a/b/../../c", "/c"},
    {"/a/b/../../..", bad, bad},
    {"/a/../..", bad, bad},
    {"/a/../../b", bad, bad},
    {"/./..", bad, bad},
    {"/.././a", bad, bad},
    {"//", "/", "//"},
    {"///", "/", "///"},
    {"//a", "/a", "//a"},
    {"/a//", "/a/", "/a//"},
    {"/a//b", "/a/b", "/a//b"},
    {"/a///b", "/a/b", "/a///b"},
    {"/a//./b", "/a/b", "/a//b"},
    {"/a//../b", "/b", "/a/b"},
    {"/a/b//../c", "/a/c", "/a/b/c"},
    {"//..", bad, "/"},
    {"//../a", bad, "/a"},
    {"/.//a", "/a", "//a"},
    {"/a/.//b", "/a/b", "/a//b"},
    {"/a/..//b", "/b", "//b"},
    {"///../a", bad, "//a"},
    {"/a//../..", bad, "/"},
    {"//../..", bad, bad},
    {"/%41", "/A"},
    {"/%61%2fb", "/a/b"},
    {"/a%2Fb", "/a/b"},
    {"/a%2f%2fb", "/a/b", "/a//b"},
    {"/%2e", "/"},
    {"/%2e%2e", bad, bad},
    {"/%2E./a", bad, bad},
    {"/a/%2e%2e/b", "/b"},
    {"/a/.%2e/b", "/b"},
    {"/a/%2e/b", "/a/b"},
    {"/a%2f..%2fb", "/b"},
    {"/a%2f%2e%2e%2fb", "/b"},
    {"/%2f", "/", "//"},
    {"/%2f/a", "/a", "///a"},
    {"/a/b%2f..", "/a/"},
    {"/%2e%2e%2f", bad, bad},
    {"/%00", bad, bad},
    {"/a%00b", bad, bad},
    {"/a?%00", "/a", same, "%00"},
    {"/%", bad, bad},
    {"/a%", bad, bad},
    {"/%4", bad, bad},
    {"/%4g", bad, bad},
    {"/%g4", bad, bad},
    {"/a%2", bad, bad},
    {"/a?%", "/a", same, "%"},
    {"/a?%zz", "/a", same, "%zz"},
    {"/%25", "/%"},
    {"/%2541", "/%41"},
    {"/%252e%252e/a", "/%2e%2e/a"},
    {"/%2525", "/%25"},
    {"/a%25/..", "/"},
    {"/%3f", "/?"},
    {"/a%3Fb", "/a?b"},
    {"/a%3fb?c", "/a?b", same, "c"},
    {"/%23", "/#"},
    {"/a%23b#c", "/a#b"},
    {"/.%23", "/.#"},
    {"/..%3f", "/..?"},
    {"/a/..%25/b", "/a/..%/b"},
    {"/%3f/../b", "/b"},
    {"/a/.%3f/b", "/a/.?/b"},
    {"?", "/"},
    {"?a", "/", same, "a"},
    {"/?", "/"},
    {"/a?", "/a"},
    {"/a?b", "/a", same, "b"},
    {"/a?b?c", "/a", same, "b?c"},
    {"/a??b", "/a", same, "?b"},
    {"/a?b/../c", "/a", same, "b/../c"},
    {"/a?b//c", "/a", same, "b//c"},
    {"/a?%2f%2e", "/a", same, "%2f%2e"},
    {"/a?b+c", "/a", same, "b+c"},
    {"/a?b=c&d=e", "/a", same, "b=c&d=e"},
    {"/./a?b", "/a", same, "b"},
    {"/../a?b", bad, bad},
    {"/a/..?b", "/", same, "b"},
    {"/a/.?b", "/a/", same, "b"},
    {"/a/../..?b", bad, bad},
    {"//?b", "/", "//", "b"},
    {"/#", "/"},
    {"/a#b", "/a"},
    {"/a#b?c", "/a"},
    {"/a?b#c", "/a", same, "b"},
    {"/a?#c", "/a"},
    {"/a?b#c#d", "/a", same, "b"},
    {"/a/..#b", "/"},
    {"/a/.#b", "/a/"},
    {"/../#b", bad, bad},
    {"/..#b", bad, bad},
    {"/%2e%2e#b", bad, bad},
    {"/+", "/+"},
    {"/a+b", "/a+b"},
    {"/+/a", "/+/a"},
    {"/a%2Bb", "/a+b"},
    {"/a%2bb", "/a+b"},
    {"/a%20b", "/a b"},
    {"/a%0ab", "/a\x0a" "b"},
    {"/a%7f", "/a\x7f"},
    {"/%ff", "/\xff"},
    {"/%c3%a9", "/\xc3\xa9"},
    {"/\xc3\xa9", "/\xc3\xa9"},
    {"/a~b", "/a~b"},
    {"/a%7eb", "/a~b"},
    {"/a;b=c", "/a;b=c"},
    {"/a:b", "/a:b"},
    {"/a,b", "/a,b"},
    {"/a%5cb", "/a\\b"},
    {"/a\\b", "/a\\b"},
    {"/a\\..\\b", "/a\\..\\b"},
    {"/a*b", "/a*b"},
    {"/a(b)", "/a(b)"},
    {"/\"a\"", "/\"a\""},
    {"/<a>", "/<a>"},
    {"/a|b", "/a|b"},
    {"/{a}", "/{a}"},
    {"/a^b", "/a^b"},
    {"/a`b", "/a`b"},
    {"/a@b", "/a@b"},
    {"/a&b", "/a&b"},
    {"/a=b", "/a=b"},
    {"/a$b", "/a$b"},
    {"/a!b", "/a!b"},
    {"/a'b", "/a'b"},
};
// clang-format on

void check(const Row& row, bool merge_slashes, std::string_view expected) {
    INFO(row.target << (merge_slashes ? " merged" : " not merged"));
    std::string storage;
    const std::string_view target = row.target;
    const NormalUri uri = route::normalise_uri(target, merge_slashes, storage);
    CHECK((uri.error != nullptr) == (expected == bad));
    if (uri.error) return;
    CHECK(uri.path == expected);
    CHECK(uri.args == row.args);
    const std::string_view before = target.substr(0, target.find_first_of("?#"));
    CHECK(uri.changed == (uri.path != before));
    CHECK(uri.quoted == (before.find('%') != before.npos));
}

/// A target made of what is delicate.
std::string random_target(core::Rng& rng) {
    constexpr std::string_view parts[] = {"/",   "/",   "/",   "//",  ".",   "..",   "a", "b",   "%2e",
                                          "%2F", "%25", "%3f", "%23", "%41", "%e9",  "+", "%2B", "%00",
                                          "%",   "?",   "#",   ";",   "\\",  "\xe9", "~", " ",   "%0a"};
    std::string out = "/";
    for (std::uint64_t n = rng.next() % 10; n > 0; --n) out += parts[rng.next() % std::size(parts)];
    return out;
}

std::string escaped(std::string_view text, Escape what) {
    std::string out;
    route::escape(text, what, out);
    CHECK(out.size() == text.size() + 2 * route::count_escapes(text, what));
    return out;
}

std::string unescaped(std::string_view text, Unescape what) {
    std::string out = "<";
    route::unescape(text, what, out);
    return out.substr(1);
}

}  // namespace

TEST_CASE("targets become what nginx makes of them") {
    static_assert(std::size(rows) > 150);
    for (const Row& row : rows) {
        check(row, true, row.merged);
        check(row, false, row.unmerged);
    }
}

TEST_CASE("a plain path is not copied") {
    std::string storage;
    for (const std::string_view target :
         {"/", "/a/b.html", "/.well-known/acme", "/a/..b/...", "/a?b=%2f/../#c", "/+/a;b"}) {
        const NormalUri uri = route::normalise_uri(target, true, storage);
        CHECK(uri.path.data() == target.data());
        CHECK_FALSE(uri.changed);
        CHECK_FALSE(uri.quoted);
    }
    CHECK(storage.capacity() == std::string().capacity());
    const std::string_view slashes = "/a//b";
    CHECK(route::normalise_uri(slashes, false, storage).path.data() == slashes.data());
}

TEST_CASE("a fragment is cut off the path and the arguments") {
    std::string storage;
    const NormalUri path = route::normalise_uri("/a/b#c?d", true, storage);
    CHECK(path.path == "/a/b");
    CHECK(path.args.empty());
    const NormalUri args = route::normalise_uri("/a?b#c?d", true, storage);
    CHECK(args.path == "/a");
    CHECK(args.args == "b");
}

TEST_CASE("a plus is reported wherever it stands in the path") {
    std::string storage;
    for (const char* target : {"/+", "/a+b", "/%2B", "/%2b/", "//+", "/+/.."})
        CHECK(route::normalise_uri(target, true, storage).plus);
    for (const char* target : {"/", "/a?+", "/%252B", "/#+"})
        CHECK_FALSE(route::normalise_uri(target, true, storage).plus);
}

TEST_CASE("what is no path is refused, in words") {
    std::string storage;
    CHECK(route::normalise_uri("", true, storage).error);
    CHECK(route::normalise_uri("*", true, storage).error);
    CHECK(route::normalise_uri("a/b", true, storage).error);
    CHECK(std::string_view(route::normalise_uri("/..", true, storage).error) == "\"..\" leads above the root");
    CHECK(std::string_view(route::normalise_uri("/%00", true, storage).error) == "\"%00\" in the path");
    CHECK(std::string_view(route::normalise_uri("/%x", true, storage).error) ==
          "a '%' without two hexadecimal digits behind it");
}

TEST_CASE("a normal path is clean, and escaped and read again it is the same") {
    core::Rng rng(4);
    std::string storage, again;
    std::size_t good = 0;
    for (int i = 0; i < 50'000; ++i) {
        const std::string target = random_target(rng);
        const bool merge = rng.next() % 2 == 0;
        INFO(target);
        const NormalUri uri = route::normalise_uri(target, merge, storage);
        if (uri.error) continue;
        ++good;
        const std::string framed = std::string(uri.path) + "/";
        const bool clean = uri.path.starts_with('/') && framed.find("/./") == framed.npos &&
                           framed.find("/../") == framed.npos && uri.path.find('\0') == uri.path.npos &&
                           (!merge || uri.path.find("//") == uri.path.npos);
        if (!clean) FAIL_CHECK("not clean: " << uri.path);
        const std::string written = escaped(uri.path, Escape::uri);
        const NormalUri second = route::normalise_uri(written, merge, again);
        if (second.error || second.path != uri.path || !second.args.empty()) FAIL_CHECK("not the same: " << uri.path);
    }
    CHECK(good > 10'000);
}

TEST_CASE("a path, an argument and a component are escaped each in its way") {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    const auto bare = [&all](Escape what) {
        std::string out;
        for (const char c : all)
            if (route::count_escapes({&c, 1}, what) == 0) out += c;
        return out;
    };
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", small = "abcdefghijklmnopqrstuvwxyz";
    CHECK(bare(Escape::uri) == "!$&'()*+,-./0123456789:;=@" + letters + "[]_" + small + "~");
    CHECK(bare(Escape::args) == "!$'()*,-./0123456789:=@" + letters + "[]_" + small + "~");
    CHECK(bare(Escape::component) == "-.0123456789" + letters + "_" + small + "~");
    CHECK(escaped("/a b/\xc3\xa9?", Escape::uri) == "/a%20b/%C3%A9%3F");
    CHECK(escaped("a=b&c+d", Escape::args) == "a=b%26c%2Bd");
    CHECK(escaped("a/b", Escape::component) == "a%2Fb");
    CHECK(escaped("", Escape::uri).empty());
}

TEST_CASE("escapes are undone as nginx undoes them") {
    struct Case {
        const char* text;
        const char *all, *uri, *redirect;
    };
    const Case cases[] = {
        {"", "", "", ""},
        {"/a", "/a", "/a", "/a"},
        {"/%61%2Fb", "/a/b", "/a/b", "/a/b"},
        {"/a%20b", "/a b", "/a b", "/a%20b"},
        {"/%25", "/%", "/%", "/%25"},
        {"/%26%7e%7f%80", "/&~\x7f\x80", "/&~\x7f\x80", "/&~%7f%80"},
        {"/a?b%20c", "/a?b c", "/a?b%20c", "/a?b%20c"},
        {"/a%3fb%61", "/a?ba", "/a?b%61", "/a?b%61"},
        {"/%4", "/", "/", "/"},
        {"/%", "/", "/", "/"},
        {"/%4gb", "/b", "/b", "/b"},
        {"/%gb", "/gb", "/gb", "/gb"},
        {"/%?%61", "/?a", "/?a", "/?a"},
        {"/%%41", "/%41", "/%41", "/%41"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(unescaped(c.text, Unescape::all) == c.all);
        CHECK(unescaped(c.text, Unescape::uri) == c.uri);
        CHECK(unescaped(c.text, Unescape::redirect) == c.redirect);
    }
}

TEST_CASE("what was escaped comes back") {
    core::Rng rng(5);
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (std::uint64_t n = rng.next() % 20; n > 0; --n) text += static_cast<char>(rng.next());
        for (const Escape what : {Escape::uri, Escape::args, Escape::component})
            if (unescaped(escaped(text, what), Unescape::all) != text) FAIL_CHECK("lost: " << text);
    }
}
