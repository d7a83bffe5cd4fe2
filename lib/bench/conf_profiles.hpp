// Which backend of a conf behaves in which way: the values of --backend.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/mock.hpp"
#include "bench/stage.hpp"

namespace sluice::bench {

class Profiles {
  public:
    /// Texts that parse_backend() finds nothing wrong with.
    explicit Profiles(std::span<const std::string> texts);

    /// That of the peer's own address goes before that of its group, and that before the one for all.
    MockProfile of(const Moved& peer) const;
    /// A line about the first that is for none of the peers; "" if all are for some.
    std::string unknown(std::span<const Moved> peers) const;

  private:
    std::vector<std::string> texts_;
    std::vector<MockProfile> profiles_;
};

}  // namespace sluice::bench
