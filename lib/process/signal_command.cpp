#include "process/signal_command.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include "core/system_text.hpp"
#include "process/pid_file.hpp"

namespace sluice::process {

namespace {
struct Row {
    std::string_view word;
    int number;
};
constexpr std::array<Row, 4> rows = {{{"stop", SIGTERM}, {"quit", SIGQUIT}, {"reload", SIGHUP}, {"reopen", SIGUSR1}}};
}  // namespace

std::optional<int> signal_of(std::string_view word) {
    for (const Row& row : rows)
        if (row.word == word) return row.number;
    return std::nullopt;
}

std::string send_signal(std::string_view word, const std::string& pid_file) {
    const auto number = signal_of(word);
    if (!number)
        return "[error] invalid option: \"-s " + std::string(word) + "\": it may be stop, quit, reload or reopen";
    std::string error;
    const auto pid = read_pid_file(pid_file, error);
    if (!pid) return "[error] " + error;
    if (kill(*pid, *number) == 0) return "";
    const int why = errno;
    return "[error] " + core::failed("kill(" + std::to_string(*pid) + ", " + std::to_string(*number) + ")", "", why) +
           (why == ESRCH ? ": \"" + pid_file + "\" is left over from a process that has ended" : "");
}

}  // namespace sluice::process
