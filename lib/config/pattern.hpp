// The patterns of a row's `values` column: what one argument may be. See row.hpp for the grammar.
#pragma once

#include <string_view>
#include <vector>

#include "config/values.hpp"

namespace sluice::config {

/// The pattern for argument `index`, or "" if it is left alone.
std::string_view pattern_of(std::string_view values, std::size_t index);

/// Whether `value` is one of the alternatives; `directive` is for the message.
Complaint check_value(std::string_view pattern, std::string_view value, std::string_view directive);

/// Is every part of the column known? For a test over all rows.
bool is_well_formed(std::string_view values);

}  // namespace sluice::config
