#include "observe/error_line.hpp"

#include <unistd.h>

#include <charconv>
#include <ctime>

namespace sluice::observe {

namespace {
void append_number(std::string& out, long n) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}
}  // namespace

void append_error_prefix(std::string& out, core::WallTime when, std::string_view level) {
    const std::time_t seconds = when.seconds();
    std::tm local{};
    localtime_r(&seconds, &local);
    char stamp[32];
    out.append(stamp, std::strftime(stamp, sizeof stamp, "%Y/%m/%d %H:%M:%S", &local));
    ((out += " [") += level) += "] ";
    append_number(out, getpid());
    out += '#';
    append_number(out, gettid());
    out += ": ";
}

}  // namespace sluice::observe
