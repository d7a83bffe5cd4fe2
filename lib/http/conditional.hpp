// Conditional requests (RFC 9110 13), as nginx answers them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/head.hpp"

namespace sluice::http {

/// What a request makes its answer depend on; views of its head. Of a field that comes twice the first counts.
struct Conditions {
    std::optional<std::string_view> match, none_match, modified_since, unmodified_since, range, if_range;

    bool any() const { return match || none_match || modified_since || unmodified_since; }
};
Conditions read_conditions(const Fields& fields);

/// What is known of a content.
struct Validators {
    std::optional<std::int64_t> modified;  // Last-Modified, seconds since the epoch
    std::string_view etag;                 // with its quotes; "": none
};

/// How If-Modified-Since is compared: the directive if_modified_since.
enum class ModifiedSince : std::uint8_t { off, exact, before };

enum class Verdict : std::uint8_t {
    send,
    not_modified,  // 304
    failed,        // 412
};
Verdict judge(const Conditions& conditions, const Validators& content, ModifiedSince rule);

/// Whether a Range is heeded: there is no If-Range, or it names this very content (RFC 9110 13.1.5).
bool range_applies(const Conditions& conditions, const Validators& content);

}  // namespace sluice::http
