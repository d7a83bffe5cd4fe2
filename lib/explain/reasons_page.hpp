// The catalogue of reasons: why an exchange ended as it did, with cause and remedy.
#pragma once

#include <string>

#include "exchange/reasons.hpp"

namespace sluice::explain {

/// conf/REASONS.md, all of it.
std::string reasons_markdown();
/// One reason for a terminal.
std::string reason_text(const exchange::ReasonRow& reason);
/// A line for each: name, status, what happened.
std::string reason_list();

}  // namespace sluice::explain
