// The reference of directives, made from their rows.
#pragma once

#include <string>

#include "config/row.hpp"

namespace sluice::advice {

/// One directive for the terminal.
std::string reference_text(const config::Row& row);

/// All directives, one line each.
std::string reference_list();

/// All directives in alphabetical order: what stands in conf/REFERENCE.md.
std::string reference_markdown();

}  // namespace sluice::advice
