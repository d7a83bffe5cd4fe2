// The conf as written: directives, their words and blocks, each knowing its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/lexer.hpp"
#include "config/source.hpp"

namespace sluice::config {

struct Word {
    std::string value;
    Span span;
    Quote quote = Quote::none;
};

struct Directive;

struct Block {
    Span open;
    Span close;                       // of no length if the brace is missing
    std::vector<Directive> children;  // those of included files stand behind their include
};

/// In a block of map, geo, types and their like a directive is an entry, its name the entry's key.
struct Directive {
    Word name;
    std::vector<Word> args;
    std::optional<Block> block;
    Span span;  // name to last argument
};

struct Conf {
    Sources sources;
    std::vector<Directive> directives;
    Diagnostics diagnostics;

    bool ok() const { return diagnostics.errors() == 0; }
};

}  // namespace sluice::config
