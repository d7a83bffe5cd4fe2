// Words and lines of a conf, as they are written again.
#pragma once

#include <string>
#include <string_view>

#include "config/tree.hpp"

namespace sluice::bench {

/// For a word of a conf that may hold anything.
std::string conf_word(std::string_view value);

/// What the user's conf says, in its own spelling. The conf outlives it.
class Written {
  public:
    explicit Written(const config::Conf& conf) : conf_(conf) {}

    std::string word(const config::Word& word) const { return std::string(conf_.sources.text(word.span)); }
    /// The arguments from that one on, each with a space before it.
    std::string words(const config::Directive& d, std::size_t from = 0) const;
    /// All of a directive without a block.
    std::string line(const config::Directive& d) const;

  private:
    const config::Conf& conf_;
};

}  // namespace sluice::bench
