// The files of a conf: what it writes goes to the run's folder, what it reads is found where it is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/stage.hpp"
#include "bench/stage_text.hpp"
#include "bench/stage_words.hpp"

namespace sluice::bench {

class StagedFiles {
  public:
    /// `out` gets notes. All are looked into as long as this lives.
    StagedFiles(const config::Conf& conf, const StageTools& tools, Staged& out);

    /// The line instead of `d`, which touches files; "": none.
    std::string line(const config::Directive& d, Touch touch);

  private:
    std::string log(const config::Directive& d);
    std::string file(const config::Directive& d);
    std::string pair(const config::Directive& d, bool readable, bool key) const;
    bool is_readable(const std::string& path) const;
    bool all_readable(const std::vector<config::Directive>& list, Touch touch) const;

    const StageTools& tools_;
    const Written written_;
    Staged& out_;
    bool own_certificate_, own_peer_pair_;
    std::map<std::string, std::string> logs_;
};

}  // namespace sluice::bench
