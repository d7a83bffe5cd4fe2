// Redirects and error pages.
#include "compile/values.hpp"

namespace sluice::compile::tables {

namespace {

using route::ErrorPage;
using route::Settings;

void set_error_page(Level& level, const Directive& d) {
    ErrorPage page;
    page.where = d.span;
    std::size_t codes = d.args.size() - 1;
    if (codes > 0 && d.args[codes - 1].value.starts_with('=')) {
        const auto code = core::parse_number<int>(std::string_view(d.args[--codes].value).substr(1));
        page.answer = code.value_or(ErrorPage::own_status);
    }
    for (std::size_t i = 0; i < codes; ++i) page.statuses.push_back(core::parse_number<int>(d.args[i].value).value_or(0));
    page.target = level.c.text(d.args.back());
    level.list(level.settings.error_pages).push_back(std::move(page));
}

void set_tokens(Level& level, const Directive& d) {
    using route::ServerTokens;
    const auto& word = d.args[0].value;
    level.settings.server_tokens = word == "on" ? ServerTokens::on : word == "off" ? ServerTokens::off : word == "build" ? ServerTokens::build : ServerTokens::text;
    if (level.settings.server_tokens == ServerTokens::text) level.settings.server_tokens_text = level.c.text(d.args[0]);
}

void set_internal(Level& level, const Directive&) {
    if (level.route) level.route->internal = true;
}

void set_stub_status(Level& level, const Directive&) {
    if (level.route) level.route->content = route::StubStatus{};
}

void set_rewrite_log(Level& level, const Directive& d) {
    read(level.c, d.args[0], level.settings.rewrite_log);
    level.c.snapshot.logs_rewrites |= level.settings.rewrite_log;
}

constexpr Setter table[] = {
    {"error_page", set_error_page},
    {"recursive_error_pages", set<&Settings::recursive_error_pages>},
    {"server_tokens", set_tokens},
    {"absolute_redirect", set<&Settings::absolute_redirect>},
    {"port_in_redirect", set<&Settings::port_in_redirect>},
    {"server_name_in_redirect", set<&Settings::server_name_in_redirect>},
    {"internal", set_internal},
    {"stub_status", set_stub_status},
    {"rewrite_log", set_rewrite_log},
    {"chunked_transfer_encoding", set<&Settings::chunked>},
};

}  // namespace

std::span<const Setter> site() { return table; }

}  // namespace sluice::compile::tables

namespace sluice::compile {

std::span<const std::span<const Setter>> setters() {
    static const std::span<const Setter> all[] = {tables::main(), tables::client(), tables::proxy(), tables::proxy_answers(), tables::buffers(), tables::site(), tables::files(), tables::headers(), tables::access(), tables::log_formats(), tables::logs(), tables::tls()};
    return all;
}

}  // namespace sluice::compile
