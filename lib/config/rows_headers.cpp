// Header fields of answers.
#include "config/rows.hpp"

namespace sluice::config::rows {

namespace {

constexpr Row table[] = {
    {.name = "add_header",
     .contexts = in::sites | in::location_if,
     .args = {2, 3},
     .repeats = true,
     .values = "<any> <any> always",
     .example = "X-Frame-Options SAMEORIGIN always",
     .support = Support::here,
     .doc = "A header field of answers; with always also of errors. A level with its own inherits none, unless add_header_inherit says so. Last-Modified and ETag replace what is there."},
    {.name = "add_header_inherit",
     .contexts = in::sites | in::location_if,
     .values = "on|off|merge",
     .standard = "on",
     .example = "merge",
     .support = Support::here,
     .since = "1.29.3",
     .doc = "Whether a level with its own fields inherits the others."},
    {.name = "add_trailer",
     .contexts = in::sites | in::location_if,
     .args = {2, 3},
     .repeats = true,
     .values = "<any> <any> always",
     .example = "X-Took $request_time",
     .support = Support::here,
     .doc = "A field behind the body of answers, which then go in chunks (HTTP/1.1)."},
    {.name = "add_trailer_inherit",
     .contexts = in::sites | in::location_if,
     .values = "on|off|merge",
     .standard = "on",
     .example = "merge",
     .support = Support::here,
     .since = "1.29.3",
     .doc = "Whether a level with its own trailers inherits the others."},
    {.name = "expires",
     .contexts = in::sites | in::location_if,
     .args = {1, 2},
     .standard = "off",
     .example = "30d",
     .support = Support::here,
     .doc = "Sets Expires and Cache-Control of answers: from now, or with modified from Last-Modified on."},
};

}  // namespace

std::span<const Row> headers() { return table; }

}  // namespace sluice::config::rows
