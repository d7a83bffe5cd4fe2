// Who listens and who is asked, at new places: ports of the loopback.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "bench/group_names.hpp"
#include "bench/stage.hpp"
#include "bench/stage_text.hpp"

namespace sluice::bench {

class StagedAddresses {
  public:
    /// `out` gets listeners, peers and notes. All are looked into as long as this lives.
    StagedAddresses(const config::Conf& conf, const StageTools& tools, Staged& out);

    // The lines instead of a directive; "": none.

    std::string listen(const config::Directive& d);
    /// Of a server that names none.
    std::string usual_listener();
    /// `server` of the upstream `group`.
    std::string peer(const config::Directive& d, std::string_view group);
    /// Nothing but our own backends is ever reached: where a variable says who is asked, one of them stands in.
    std::string proxy_pass(const config::Directive& d);

  private:
    std::string listener(const std::string& key, std::string_view shown, std::string_view parameters);
    std::uint16_t port_of_peer(const std::string& name, const std::string& address);

    const StageTools& tools_;
    const Written written_;
    const GroupNames groups_;
    Staged& out_;
    std::map<std::string, std::uint16_t> ports_of_listeners_;
    std::map<std::pair<std::string, std::string>, std::uint16_t> ports_of_peers_;
};

}  // namespace sluice::bench
