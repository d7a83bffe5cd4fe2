// The access log.
#include "config/rows.hpp"

namespace sluice::config::rows {

namespace {

constexpr Row table[] = {
    {.name = "log_format",
     .contexts = in::http,
     .args = {2, Arity::no_end},
     .repeats = true,
     .example = "main '$remote_addr \"$request\" $status'",
     .support = Support::here,
     .doc = "A form of the access log's lines, by name."},
    {.name = "access_log",
     .contexts = in::sites | in::location_if | in::limit_except,
     .args = {1, Arity::no_end},
     .repeats = true,
     .standard = "logs/access.log combined",
     .example = "/var/log/sluice/access.log main",
     .support = Support::here,
     .doc = "File and form of the access log, or off."},
    {.name = "open_log_file_cache",
     .contexts = in::sites,
     .args = {1, 4},
     .standard = "off",
     .example = "max=100 inactive=20s",
     .support = Support::without_effect,
     .reason = "Log files stay open as long as they are in use",
     .doc = "Keeps log files open whose names have variables."},
};

}  // namespace

std::span<const Row> log() { return table; }

}  // namespace sluice::config::rows
