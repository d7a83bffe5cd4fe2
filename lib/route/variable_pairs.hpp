// Names of certificates that have variables.
#pragma once

#include "route/scope.hpp"
#include "tls/pair_cache.hpp"

namespace sluice::route {

/// Whether a value of `name` goes to a folder above one that the conf speaks of, or could not be a path at all. A variable
/// that begins a name may be any path: the conf speaks of no folder there. Pure.
bool leads_out(std::string_view value, const vars::Template& name);

/// The pair for this exchange, or for the connection of one that has not come yet. Nothing: `problem` says why. What a
/// client sends must not lead out of the folders that the conf speaks of, though nginx would follow.
std::optional<tls::Pair> pair_of(Scope& scope, const VariablePairs& all, const VariablePairs::Pair& pair, std::string& problem);

}  // namespace sluice::route
