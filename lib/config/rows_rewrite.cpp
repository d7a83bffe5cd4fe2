// Changing paths, answering at once.
#include "config/rows.hpp"

namespace sluice::config::rows {

namespace {

constexpr Row table[] = {
    {.name = "return",
     .contexts = in::server | in::location | in::server_if | in::location_if,
     .args = {1, 2},
     .repeats = true,
     .example = "301 https://example.com$request_uri",
     .support = Support::here,
     .doc = "Answers at once: a status, and a text or URL."},
    {.name = "rewrite",
     .contexts = in::server | in::location | in::server_if | in::location_if,
     .args = {2, 3},
     .repeats = true,
     .values = "<any> <any> last|break|redirect|permanent",
     .example = "^/old/(.*)$ /new/$1 permanent",
     .support = Support::here,
     .doc = "Changes the path if the regular expression matches."},
    {.name = "if",
     .contexts = in::server | in::location,
     .args = {1, Arity::no_end},
     .opens = in::server_if | in::location_if,
     .repeats = true,
     .example = "($scheme = http)",
     .support = Support::here,
     .doc = "Directives for requests that meet a condition."},
    {.name = "set",
     .contexts = in::server | in::location | in::server_if | in::location_if,
     .args = {2, 2},
     .repeats = true,
     .example = "$name value",
     .support = Support::here,
     .doc = "Gives a variable a value."},
    {.name = "break",
     .contexts = in::server | in::location | in::server_if | in::location_if,
     .args = no_args,
     .repeats = true,
     .support = Support::here,
     .doc = "Ends the changes of the path at this level."},
    {.name = "rewrite_log",
     .contexts = in::sites | in::server_if | in::location_if,
     .values = "<flag>",
     .standard = "off",
     .example = "on",
     .support = Support::here,
     .doc = "Whether changes of the path are logged."},
    {.name = "uninitialized_variable_warn",
     .contexts = in::sites | in::server_if | in::location_if,
     .values = "<flag>",
     .standard = "on",
     .example = "off",
     .support = Support::without_effect,
     .reason = "sluice check finds such variables beforehand",
     .doc = "Whether the use of a variable without a value is logged."},
};

}  // namespace

std::span<const Row> rewrite() { return table; }

}  // namespace sluice::config::rows
