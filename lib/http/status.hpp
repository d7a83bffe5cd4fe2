// Status codes: nginx's phrases ("504 Gateway Time-out", "413 Request Entity Too Large").
#pragma once

#include <string_view>

namespace sluice::http {

/// The phrase, or "" for a code without one.
std::string_view status_phrase(int status);

}  // namespace sluice::http
