// Who knows the variables of a conf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::vars {

/// Gives each variable a number by which it is read later. Lives on the control thread, while a conf is compiled.
class Names {
  public:
    virtual ~Names() = default;

    /// `name` without its "$". Nothing: there is no such variable.
    virtual std::optional<std::uint32_t> index_of(std::string_view name) = 0;

    /// A named group of a regex sets this variable, and so makes it known.
    virtual std::uint32_t index_of_group(std::string_view name) = 0;

    /// A sentence for a name that is unknown: what may have been meant; or "".
    virtual std::string suggest(std::string_view) const { return ""; }
};

}  // namespace sluice::vars
