// The outcome of -t, and the files that -T prints.
#include "advice/test_conf.hpp"

#include <sstream>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::advice;

namespace {

const config::MemoryFiles files({
    {"/c/good.conf", "events {}\nhttp { include sub/*.conf; include sub/a.conf; }"},
    {"/c/sub/a.conf", "# one\n"},
    {"/c/sub/b.conf", "# two\n"},
    {"/c/error.conf", "events {}\nhttp {\n    sever {\n    }\n    listen 80a;\n}\n"},
    {"/c/outer.conf", "events {}\ninclude inner.conf;\n"},
    {"/c/inner.conf", "sever;\n"},
    {"/c/warning.conf", "http {\n}\n"},
});

struct Outcome {
    int status;
    std::string out, err;
};

Outcome dump(const ConfTest& test) {
    std::ostringstream out, err;
    const int status = dump_conf(test, files, out, err);
    return {status, out.str(), err.str()};
}

Outcome check(const ConfTest& test) {
    std::ostringstream err;
    const int status = test_conf(test, files, err);
    return {status, "", err.str()};
}

const std::string fine =
    "sluice: the configuration file /c/good.conf syntax is ok\n"
    "sluice: configuration file /c/good.conf test is successful\n";

}  // namespace

TEST_CASE("a good conf is said to be good") {
    const Outcome got = check({"/c/good.conf"});
    CHECK(got.status == 0);
    CHECK(got.err == fine);
    CHECK(check({.path = "/c/good.conf", .quiet = true}).err.empty());
}

TEST_CASE("errors come first, in nginx's form, each followed by its place") {
    const Outcome got = check({"/c/error.conf"});
    CHECK(got.status == 1);
    CHECK(got.err == R"(sluice: [emerg] unknown directive "sever" in /c/error.conf:3
   3 |     sever {
     |     ^~~~~
help: did you mean "server"?
sluice: [emerg] "listen" is not allowed in http, only in server in /c/error.conf:5
   5 |     listen 80a;
     |     ^~~~~~
help: put it into a site, as in server { listen 80; ... }
sluice: configuration file /c/error.conf test failed
)");
    CHECK(check({.path = "/c/error.conf", .quiet = true}).err == got.err);
}

TEST_CASE("the includes that led to an error are shown") {
    const Outcome got = check({"/c/outer.conf"});
    CHECK(got.err.starts_with(
        "sluice: [emerg] unknown directive \"sever\" in /c/inner.conf:1\nincluded from /c/outer.conf:2\n"));
}

TEST_CASE("warnings are said unless quiet, and do not make a conf bad") {
    const Outcome got = check({"/c/warning.conf"});
    CHECK(got.status == 0);
    CHECK(got.err.starts_with(
        "sluice: [warn] there is no \"events\" block in this conf in /c/warning.conf:1\n   1 | http {\n"));
    CHECK(check({.path = "/c/warning.conf", .quiet = true}).err.empty());
}

TEST_CASE("a file that is not there is an error without a place") {
    const Outcome got = check({"/c/missing.conf"});
    CHECK(got.status == 1);
    CHECK(got.err ==
          "sluice: [emerg] cannot read \"/c/missing.conf\": No such file or directory\n"
          "sluice: configuration file /c/missing.conf test failed\n");
}

TEST_CASE("more checks can refuse a conf that reads well") {
    const ConfTest test{.path = "/c/good.conf", .more_checks = [](config::Conf& conf) {
                            conf.diagnostics.error("more", conf.directives[0].span, "not like this");
                        }};
    const Outcome got = check(test);
    CHECK(got.status == 1);
    CHECK(got.err.starts_with("sluice: [emerg] not like this in /c/good.conf:1\n"));
}

TEST_CASE("-T prints every file once, after the outcome") {
    const Outcome got = dump({"/c/good.conf"});
    CHECK(got.status == 0);
    CHECK(got.err == fine);
    CHECK(got.out ==
          "# configuration file /c/good.conf:\nevents {}\nhttp { include sub/*.conf; include sub/a.conf; }\n"
          "# configuration file /c/sub/a.conf:\n# one\n\n"
          "# configuration file /c/sub/b.conf:\n# two\n\n");
}

TEST_CASE("-T does not print directives of the command line, nor a bad conf") {
    const Outcome got = dump({.path = "/c/good.conf", .options = {"", "daemon off"}});
    CHECK(got.status == 0);
    CHECK(got.out.starts_with("# configuration file /c/good.conf:\n"));
    const Outcome bad = dump({"/c/error.conf"});
    CHECK(bad.status == 1);
    CHECK(bad.out.empty());
}
