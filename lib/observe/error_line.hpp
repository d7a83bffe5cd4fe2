// Lines of error logs: as nginx writes them, or as JSON.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sluice::observe {

/// What a line tells. Values are as they came: writing the line makes them harmless. What is empty is left out.
struct ErrorEntry {
    std::string_view text;         // ours, though values of strangers may be in it
    std::uint64_t connection = 0;  // 0: of no connection
    std::string_view client{}, server{}, request{}, upstream{}, host{}, referrer{}, reason{};
    std::array<std::uint64_t, 2> id{};  // of the request; 0,0: none
    bool has_request = true;            // the line of a connection on which there is none yet does not name one
    std::string_view more{};            // ours: places in the conf; at the end
};

/// "YYYY/MM/DD HH:MM:SS [level] PID#TID: " in local time, as nginx begins its lines.
void append_error_prefix(std::string& out, core::WallTime when, std::string_view level);

/// "*CONN text, client: …, server: …, request: "…", upstream: "…", host: "…"", in nginx's order; no line end.
void append_error_text(std::string& out, const ErrorEntry& entry);

/// The whole as one JSON object (RFC 8259) with "time", "level", "pid", "message" and what the entry has; no line end.
void append_error_json(std::string& out, core::WallTime when, std::string_view level, const ErrorEntry& entry);

/// Text of our own in which nothing begins a new line: control characters as \xXX.
void append_without_controls(std::string& out, std::string_view text);

}  // namespace sluice::observe
