// The addresses of a `listen` line.
#pragma once

#include <string>
#include <vector>

#include "config/tree.hpp"

namespace sluice::advice {

/// "host:port" or "unix:path" of each; "*" stands for every IPv4 address. None if the word is no address.
std::vector<std::string> addresses_of(const config::Directive& listen);

}  // namespace sluice::advice
