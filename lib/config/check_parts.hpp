// The parts of the checker: one file each.
#pragma once

#include "config/row.hpp"
#include "config/tree.hpp"

namespace sluice::config {

/// A name without a row. `level` are the names that may stand there.
void report_unknown(const Directive& directive, Contexts context, Diagnostics& diagnostics);

/// A directive at a level where its rows do not allow it. `before` is the block that ended before it, or nullptr.
void report_misplaced(const Directive& directive, Contexts context, const Directive* before, bool has_http,
                      Diagnostics& diagnostics);

/// Block or not, number of arguments, each value.
void check_shape(const Directive& directive, const Row& row, Diagnostics& diagnostics);

/// What the columns of a row cannot say, for some directives.
void check_special(const Directive& directive, Diagnostics& diagnostics);

/// The parentheses of an "if" and what is in them.
void check_condition(const Directive& directive, Diagnostics& diagnostics);

/// What may stand only once among the children of one block.
void check_repeats(const std::vector<Directive>& siblings, Contexts context, Diagnostics& diagnostics);

/// Addresses of all sites: listening twice, two defaults.
void check_listeners(const std::vector<Directive>& http, Diagnostics& diagnostics);

}  // namespace sluice::config
