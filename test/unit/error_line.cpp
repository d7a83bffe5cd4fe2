#include "observe/error_line.hpp"

#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "core/system_text.hpp"
#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("an error line begins with local time, level, process and thread") {
    setenv("TZ", "UTC-2", 1);
    tzset();
    std::string out = "before ";
    observe::append_error_prefix(out, {1'791'547'200'000'000}, "warn");
    unsetenv("TZ");
    tzset();
    CHECK(out ==
          "before 2026/10/09 14:00:00 [warn] " + std::to_string(getpid()) + "#" + std::to_string(gettid()) + ": ");
}

TEST_CASE("a failed call is told as nginx tells it") {
    CHECK(core::failed("open()", "/a b", 2) == "open() \"/a b\" failed (2: No such file or directory)");
    CHECK(core::failed("setsid()", "", 1) == "setsid() failed (1: Operation not permitted)");
    CHECK(core::failed("getpwnam(\"x\")", "", 0) == "getpwnam(\"x\") failed");
    CHECK(core::failed("read()", "", 99'999) == "read() failed (99999: unknown error)");
}
