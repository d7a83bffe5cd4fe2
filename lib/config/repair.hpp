// Tokens to tokens: puts in what was left out and takes out what is too much, and says so. Behind these the parser and
// the checker see a conf that is whole, so that one slip is one message.
#pragma once

#include <vector>

#include "config/lexer.hpp"

namespace sluice::config {

/// Missing ";" and "{", words and braces without a directive, comments of other languages.
std::vector<Token> complete_directives(std::vector<Token> tokens, const Sources& sources, Diagnostics& diagnostics);

/// Missing and surplus "}". The indentation tells which block was meant.
std::vector<Token> balance_braces(std::vector<Token> tokens, const Sources& sources, Diagnostics& diagnostics);

}  // namespace sluice::config
