// Bytes that come from strangers, made harmless for a line of a log.
#pragma once

#include <string>
#include <string_view>

namespace sluice::core {

/// nginx's escape=default: quote, backslash, controls, DEL and bytes above it as \xXX, in capitals.
void append_escaped(std::string& out, std::string_view text);

/// nginx's escape=json: what may stand between the quotes of a JSON string (RFC 8259 7). Bytes over 0x7f pass as they
/// are, valid UTF-8 or not.
void append_json_escaped(std::string& out, std::string_view text);

/// Whether it is valid UTF-8 (RFC 3629): JSON takes nothing else.
bool is_utf8(std::string_view text);
/// Every byte as the character of that number, in UTF-8.
std::string from_latin1(std::string_view text);

}  // namespace sluice::core
