#include "bench/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "bench/report.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr int bar_width = 20;

std::string seconds_text(double seconds) {
    char out[32];
    return {out, static_cast<std::size_t>(std::snprintf(out, sizeof out, "%.1f", seconds))};
}

std::string bar(double part) {
    const int full = std::clamp(static_cast<int>(part * bar_width), 0, bar_width);
    return concat({"[", std::string(static_cast<std::size_t>(full), '='),
                   std::string(static_cast<std::size_t>(bar_width - full), ' '), "]"});
}

std::size_t columns_of_terminal() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const Glance& glance, std::size_t columns) {
    std::string out;
    if (glance.seconds < 0)
        out = concat({"warming up, ", seconds_text(-glance.seconds), " s"});
    else if (glance.of > 0)
        out = concat({bar(glance.seconds / glance.of), " ", seconds_text(std::min(glance.seconds, glance.of)), " of ",
                      seconds_text(glance.of), " s"});
    else
        out = concat({seconds_text(glance.seconds), " s"});
    if (const auto& latest = glance.latest; latest && latest->seconds > 0)
        out +=
            concat({"  ", rate_text(static_cast<double>(latest->answers) / latest->seconds), "/s  failed ",
                    std::to_string(glance.failed), "  p50 ", time_text(latest->p50), "  p99 ", time_text(latest->p99)});
    return out.substr(0, columns);
}

Progress::Progress(bool quiet, std::string label)
    : shows_(!quiet && isatty(STDERR_FILENO) == 1), label_(std::move(label)) {}

void Progress::show(const Glance& glance) {
    if (!shows_) return;
    const std::size_t columns = columns_of_terminal() - 1;
    std::string line =
        label_.empty() ? progress_line(glance, columns) : concat({label_, "  ", progress_line(glance, columns)});
    line.resize(std::min(line.size(), columns));
    std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
    std::fflush(stderr);
    written_ = true;
}

void Progress::clear() {
    if (!written_) return;
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
    written_ = false;
}

}  // namespace sluice::bench
