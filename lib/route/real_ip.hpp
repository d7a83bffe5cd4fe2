// The real_ip family: whose address the client's is, when trusted proxies stand before us.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/source.hpp"
#include "net/address.hpp"
#include "vars/forwarded.hpp"

namespace sluice::route {

class Scope;
struct Trace;

/// set_real_ip_from: whose word is taken. Filled by the compiler, which seals it once; then read by all workers.
class TrustedProxies {
  public:
    explicit TrustedProxies(config::Span first) : where(first) {}

    const config::Span where;  // the first line
    void add(const vars::Network& network) { listed_.push_back(network); }
    /// "unix:": whoever comes by a Unix socket.
    void add_unix() { unix_ = true; }
    void seal() { networks_ = vars::Networks(std::exchange(listed_, {})); }

    bool trusts(const net::Address& address) const;
    const vars::Networks& networks() const { return networks_; }

  private:
    std::vector<vars::Network> listed_;  // until sealed
    vars::Networks networks_;
    bool unix_ = false;
};

struct RealIpSettings {
    enum class Source : std::uint8_t { field, x_forwarded_for, proxy_protocol };

    std::shared_ptr<const TrustedProxies> from;  // nullptr: nobody is trusted
    std::string field = "X-Real-IP";             // as written in real_ip_header
    Source source = Source::field;
    bool recursive = false;
};

/// Puts the address that a trusted proxy tells into the client's place, once in an exchange: for the site, before its
/// rewrites, or for a location, before its checks.
void find_real_client(Scope& scope, Trace* trace);

}  // namespace sluice::route
