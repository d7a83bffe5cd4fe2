// The tables of variables, one per subject. A new one is a file, a line here and a line in variables.cpp.
#pragma once

#include "route/variable.hpp"

namespace sluice::route::tables {

std::span<const VariableRow> request();
std::span<const VariableRow> files();
std::span<const VariableRow> connection();
std::span<const VariableRow> proxy_protocol();
std::span<const VariableRow> answer();
std::span<const VariableRow> proxy();
std::span<const VariableRow> upstream();
std::span<const VariableRow> time();
std::span<const VariableRow> tls();
std::span<const VariableRow> process();

}  // namespace sluice::route::tables
