// nginx's split_clients: a variable that has one of several values, each for a share of all texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/tree.hpp"
#include "vars/template.hpp"

namespace sluice::vars {

/// MurmurHash2 (Austin Appleby), 32 bits, seed 0.
std::uint32_t murmur_hash2(std::string_view text);

/// Immutable once built; read by all workers. Values are text, without variables.
class Split {
  public:
    /// Always the same for the same text, and the same as nginx's. "" for what the shares leave over.
    std::string_view find(std::string_view text) const;

    /// The variable that it defines, without "$".
    const std::string& variable() const { return variable_; }
    /// What is hashed.
    const Template& source() const { return source_; }

  private:
    friend class SplitBuilder;

    struct Share {
        std::uint64_t end = 0;  // hashes below
        std::string value;
    };

    std::string variable_;
    Template source_;
    std::vector<Share> shares_;
};

/// From `split_clients SOURCE $NAME { ... }`, which has passed config::check(). Reports all that is wrong with the
/// entries; nothing comes back if an error was among it, or in what the checker looks at.
std::optional<Split> build_split(const config::Directive& directive, Names& names, config::Diagnostics& diagnostics);

}  // namespace sluice::vars
