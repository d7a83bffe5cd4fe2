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
     .doc = "File and form of the access log, or off. if= says for which requests, buffer=, flush= and gzip= how lines are "
            "gathered and packed. With variables in the path each line goes to the file that they name. Forms that are there "
            "without log_format: combined, and of sluice's own json and timed."},
    {.name = "open_log_file_cache",
     .contexts = in::sites,
     .args = {1, 4},
     .standard = "off",
     .example = "max=100 inactive=20s",
     .support = Support::here,
     .doc = "Keeps log files open whose names have variables."},
};

}  // namespace

std::span<const Row> log() { return table; }

}  // namespace sluice::config::rows
