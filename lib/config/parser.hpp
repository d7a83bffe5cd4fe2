// Files to a tree, with all that is wrong in them.
#pragma once

#include <string>

#include "config/files.hpp"
#include "config/tree.hpp"

namespace sluice::config {

struct ParseOptions {
    std::string prefix;   // where relative includes start; "" for the main file's folder
    std::string globals;  // directives from the command line, read before the file
};

/// Reads `path` and what it includes. Syntax only: see checker.hpp for what the words mean.
Conf parse(const Files& files, const std::string& path, const ParseOptions& options = {});

}  // namespace sluice::config
