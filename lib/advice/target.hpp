// Where requests are passed to: the parts of a proxy_pass, and the values that its variables can take.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "advice/view.hpp"

namespace sluice::advice {

/// "https://name:8443/path" in parts; each may hold variables.
struct Target {
    std::string scheme;  // lower case; "" if none is written
    std::string host;    // with the port; "unix:/path" of a socket
    std::string path;    // "" if none is written
};
Target parse_target(std::string_view url);

bool has_variable(std::string_view text);

/// Calls with each $name and ${name}, without the sign.
void each_variable(std::string_view text, const std::function<void(std::string_view)>& visit);

/// proxy_pass, grpc_pass, fastcgi_pass…
bool is_pass(std::string_view directive);

/// The variables that the conf itself makes by set, map, geo and split_clients.
class Variables {
  public:
    explicit Variables(const View& view);

    /// All that `text` can become; nullopt if that depends on the request in another way.
    std::optional<std::vector<std::string>> values_of(std::string_view text) const { return expand(text, 0); }

  private:
    std::optional<std::vector<std::string>> expand(std::string_view text, unsigned depth) const;

    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// Names of all groups, as written.
std::set<std::string, std::less<>> group_names(const View& view);

/// "name" of "name:8080"; without the brackets of an IPv6 address.
std::string_view without_port(std::string_view host);

/// Whether it is an address or a socket, not a name.
bool is_address(std::string_view host);
/// Whether it is on this machine.
bool is_loopback(std::string_view host);

}  // namespace sluice::advice
