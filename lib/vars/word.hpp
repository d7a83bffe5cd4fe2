// Words of a conf as templates, targets and entries, with what is wrong reported at its place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/diagnostic.hpp"
#include "config/tree.hpp"
#include "vars/names.hpp"
#include "vars/template.hpp"

namespace sluice::vars {

/// Where `length` bytes of a word's value stand, `offset` from its start. The whole word if it was written with
/// escapes.
config::Span inside(const config::Word& word, std::size_t offset, std::size_t length);

/// Nothing if the word has mistakes, which are reported, all of them.
std::optional<Template> compile(const config::Word& word, Names& names, config::Diagnostics& diagnostics);

/// "name" of the word "$name" that says which variable a block defines; nothing, and a report, if it names none.
std::optional<std::string> read_target(const config::Word& word, config::Diagnostics& diagnostics);

/// The value of an entry "key value;" of a `block`; nullptr, and a report, if the entry is of another shape. `flags`
/// are the words that the block takes without a value.
const config::Word* read_value(const config::Directive& entry, std::string_view block,
                               std::span<const std::string_view> flags, config::Diagnostics& diagnostics);

/// "word;" and nothing else.
bool is_flag(const config::Directive& entry, std::string_view word);

/// Whether the parser has put a file's entries behind this one.
bool is_include(const config::Directive& entry);

/// Where values are text, not templates, "$x" stays "$x": says so.
void warn_of_dollar(const config::Word& value, std::string_view block, config::Diagnostics& diagnostics);

}  // namespace sluice::vars
