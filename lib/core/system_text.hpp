// What a failed system call is called in messages, in nginx's form, which people search for.
#pragma once

#include <string>
#include <string_view>

namespace sluice::core {

/// `open() "/run/x.pid" failed (2: No such file or directory)`; without an object `setsid() failed (1: Operation not
/// permitted)`; an `error` of 0 leaves out the brackets. `call` comes with its brackets.
std::string failed(std::string_view call, std::string_view object, int error);

/// " (2: No such file or directory)"
std::string error_in_brackets(int error);

}  // namespace sluice::core
