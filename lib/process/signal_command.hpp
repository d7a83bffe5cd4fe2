// `sluice -s WORD`: tells the running process what to do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::process {

/// The signal behind stop, quit, reload or reopen.
std::optional<int> signal_of(std::string_view word);

/// Sends the signal of `word` to the process whose number is in `pid_file`. What went wrong, with its level ("[error]
/// ..."), as it is to stand behind "sluice: "; "" if nothing did.
std::string send_signal(std::string_view word, const std::string& pid_file);

}  // namespace sluice::process
