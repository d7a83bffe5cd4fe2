// The tables of rows, one per module. A new module is a file, a line here and a line in rows.cpp.
#pragma once

#include <span>

#include "config/row.hpp"

namespace sluice::config::rows {

std::span<const Row> process();
std::span<const Row> events();
std::span<const Row> http();
std::span<const Row> connections();
std::span<const Row> upstream();
std::span<const Row> proxy();
std::span<const Row> proxy_cache();
std::span<const Row> proxy_ssl();
std::span<const Row> rewrite();
std::span<const Row> variables();
std::span<const Row> log();
std::span<const Row> access();
std::span<const Row> headers();
std::span<const Row> content();
std::span<const Row> compression();
std::span<const Row> ssl();
std::span<const Row> http2();
std::span<const Row> stream();
std::span<const Row> others();

}  // namespace sluice::config::rows
