// The client's side of settings.
#include "compile/values.hpp"

namespace sluice::compile::tables {

namespace {

using route::ClientSettings;
using route::Settings;
using route::Site;
namespace in = config::in;

void set_keepalive_timeout(Level& level, const Directive& d) {
    auto& client = level.settings.client;
    read(level.c, d.args[0], client.keepalive_timeout);
    client.keepalive_header = d.args.size() > 1 ? config::parse_seconds(d.args[1].value).value / 1000 : 0;
}

void set_large_buffers(Level& level, const Directive& d) {
    if (!level.site) return;
    const auto count = core::parse_number<std::size_t>(d.args[0].value).value_or(4);
    level.site->head_limits.line = static_cast<std::size_t>(config::parse_size(d.args[1].value).value);
    level.site->head_limits.total = count * level.site->head_limits.line;
}

void set_keepalive_requests(Level& level, const Directive& d) {
    level.settings.client.keepalive_requests = core::parse_number<std::uint64_t>(d.args[0].value).value_or(1000);
}

constexpr Setter table[] = {
    {"client_max_body_size", set<&Settings::client, &ClientSettings::max_body>},
    {"client_body_timeout", set<&Settings::client, &ClientSettings::body_timeout>},
    {"client_header_timeout", set_in_site<&Site::header_timeout>},
    {"large_client_header_buffers", set_large_buffers},
    {"send_timeout", set<&Settings::client, &ClientSettings::send_timeout>},
    {"keepalive_timeout", set_keepalive_timeout, in::sites},
    {"keepalive_requests", set_keepalive_requests, in::sites},
    {"keepalive_time", set<&Settings::client, &ClientSettings::keepalive_time>, in::sites},
    {"lingering_time", set<&Settings::client, &ClientSettings::lingering_time>},
    {"lingering_timeout", set<&Settings::client, &ClientSettings::lingering_timeout>},
    {"merge_slashes", set_in_site<&Site::merge_slashes>},
    {"ignore_invalid_headers", set_in_site<&Site::ignore_invalid_headers>},
    {"underscores_in_headers", set_in_site<&Site::underscores_in_headers>},
};

}  // namespace

std::span<const Setter> client() { return table; }

}  // namespace sluice::compile::tables
