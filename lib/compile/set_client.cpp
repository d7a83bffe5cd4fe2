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

void set_first_buffer(Level& level, const Directive& d) {
    if (level.site) level.site->head_buffers.first = static_cast<std::size_t>(config::parse_size(d.args[0].value).value);
}

void set_large_buffers(Level& level, const Directive& d) {
    for (const auto& word : d.args)
        if (config::parse_size(word.value).value == 0)
            level.c.error(word.span, "large_client_header_buffers: \"" + word.value + "\" leaves no room for a request",
                          &word == d.args.data() ? "a number from 1 on, as in 4 8k" : "a size, as in 4 8k");
    if (!level.site) return;
    auto& buffers = level.site->head_buffers;
    buffers.count = core::parse_number<std::size_t>(d.args[0].value).value_or(4);
    buffers.size = static_cast<std::size_t>(config::parse_size(d.args[1].value).value);
}

void set_max_headers(Level& level, const Directive& d) {
    if (level.site) level.site->max_headers = core::parse_number<std::size_t>(d.args[0].value).value_or(1000);
}

void set_keepalive_disable(Level& level, const Directive& d) {
    auto& disable = level.settings.client.keepalive_disable;
    disable = {.msie6 = false, .safari = false};
    for (const auto& word : d.args) {
        if (word.value == "msie6") disable.msie6 = true;
        if (word.value == "safari") disable.safari = true;
    }
}

void set_lingering_close(Level& level, const Directive& d) {
    using route::Lingering;
    const auto& word = d.args[0].value;
    level.settings.client.lingering = word == "off" ? Lingering::off : word == "always" ? Lingering::always : Lingering::on;
}

void set_limit_rate(Level& level, const Directive& d) {
    auto& client = level.settings.client;
    read(level.c, d.args[0], client.limit_rate);
    client.limits_rate = d.args[0].value != "0";
}

void set_proxy_status(Level& level, const Directive& d) {
    level.settings.proxy_status = d.args[0].value == "on" ? route::ProxyStatus::on : route::ProxyStatus::off;
}

void set_keepalive_requests(Level& level, const Directive& d) {
    level.settings.client.keepalive_requests = core::parse_number<std::uint64_t>(d.args[0].value).value_or(1000);
}

constexpr Setter table[] = {
    {"client_max_body_size", set<&Settings::client, &ClientSettings::max_body>},
    {"client_body_timeout", set<&Settings::client, &ClientSettings::body_timeout>},
    {"client_header_timeout", set_in_site<&Site::header_timeout>},
    {"client_header_buffer_size", set_first_buffer},
    {"large_client_header_buffers", set_large_buffers},
    {"max_headers", set_max_headers},
    {"send_timeout", set<&Settings::client, &ClientSettings::send_timeout>},
    {"keepalive_timeout", set_keepalive_timeout, in::sites},
    {"keepalive_requests", set_keepalive_requests, in::sites},
    {"keepalive_time", set<&Settings::client, &ClientSettings::keepalive_time>, in::sites},
    {"keepalive_disable", set_keepalive_disable, in::sites},
    {"lingering_close", set_lingering_close},
    {"reset_timedout_connection", set<&Settings::client, &ClientSettings::reset_timedout>},
    {"limit_rate", set_limit_rate},
    {"limit_rate_after", set<&Settings::client, &ClientSettings::limit_rate_after>},
    {"msie_padding", set<&Settings::msie_padding>},
    {"proxy_status", set_proxy_status},
    {"lingering_time", set<&Settings::client, &ClientSettings::lingering_time>},
    {"lingering_timeout", set<&Settings::client, &ClientSettings::lingering_timeout>},
    {"merge_slashes", set_in_site<&Site::merge_slashes>},
    {"ignore_invalid_headers", set_in_site<&Site::ignore_invalid_headers>},
    {"underscores_in_headers", set_in_site<&Site::underscores_in_headers>},
};

}  // namespace

std::span<const Setter> client() { return table; }

}  // namespace sluice::compile::tables
