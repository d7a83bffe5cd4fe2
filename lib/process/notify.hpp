// Tells systemd how far the process is (sd_notify(3)): a datagram to $NOTIFY_SOCKET.
#pragma once

#include <string>
#include <string_view>

namespace sluice::process {

/// One or more assignments, one per line. "" also where nobody wants to know; else what went wrong.
std::string notify(std::string_view state);

/// Serving; also when a reload is done, well or not.
std::string notify_ready();
/// A reload begins.
std::string notify_reloading();
std::string notify_stopping();

}  // namespace sluice::process
