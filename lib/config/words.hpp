// Parts of sentences for messages.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

/// In quotes, on one line whatever it holds; a long one is cut.
std::string in_quotes(std::string_view value);

std::string concat(std::initializer_list<std::string_view> parts);

/// "a, b and c"
std::string list(std::span<const std::string_view> names, std::string_view last = "and");

/// "did you mean "weight"?", or "" if nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names);

/// "1 argument", "2 arguments"
std::string counted(std::size_t n, std::string_view noun);

}  // namespace sluice::config
