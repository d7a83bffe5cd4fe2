// Sends load to one route of a conf after the other.
#pragma once

#include <string>
#include <vector>

#include "bench/conf_report.hpp"
#include "bench/mock_server.hpp"
#include "bench/options.hpp"
#include "bench/progress.hpp"
#include "bench/staged_proxy.hpp"

namespace sluice::bench {

/// All are looked into as long as this lives; backends and proxy are running.
class Drive {
  public:
    Drive(const Options& options, const Staged& staged, MockServer& backends, StagedProxy& proxy);

    /// What the requests of all routes have in common.
    Usual usual() const;
    const Plan& plan() const { return plan_; }

    /// Blocks. In `out` the routes stand in the order given. Those whose backends fail to lead requests there come
    /// last, so that no other route is met by peers that have just been marked.
    void run(std::vector<DrivenRoute> routes, ConfResult& out);

  private:
    Plan plan_for(const Approach& approach) const;
    std::vector<std::uint16_t> ports_of(const explain::PeerAnswer& peers) const;
    /// "" or why there is no result.
    std::string drive(RouteResult& out, bool& interrupted);

    const Options& options_;
    const Staged& staged_;
    MockServer& backends_;
    StagedProxy& proxy_;
    Plan plan_;
    double warmup_;
    Progress progress_;
};

}  // namespace sluice::bench
