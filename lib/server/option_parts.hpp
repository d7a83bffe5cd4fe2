// What options.cpp is made of besides parse_address: one backend's text, the help, how values are shown.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "server/options.hpp"

namespace sluice::server {

/// `message` is empty or says what is wrong with `text` and what would be right, without naming the flag.
struct ParsedBackend {
    BackendOption backend;
    std::string message;
};
ParsedBackend parse_backend(std::string_view text);

std::string help_text();

/// In quotes and on one line, whatever it holds; a long one is cut.
std::string in_quotes(std::string_view value);

/// All parts as one string.
std::string join(std::initializer_list<std::string_view> parts);

/// "did you mean weight?", or if nothing is near, "there are weight, max_fails and backup".
std::string suggestion(std::string_view word, std::span<const std::string_view> names);

}  // namespace sluice::server
