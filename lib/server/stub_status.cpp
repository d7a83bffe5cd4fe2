#include "server/stub_status.hpp"

#include "server/answers.hpp"

namespace sluice::server {

net::Task<std::optional<proxy::Unserved>> send_stub_status(proxy::Serving& q) {
    const auto method = q.x.head.method;
    if (method != http::Method::get && method != http::Method::head) co_return proxy::Unserved{405, exchange::Reason::method_not_allowed};
    const auto totals = q.s.tools.census ? q.s.tools.census->totals() : exchange::Totals{};
    const auto accepted = std::to_string(totals.accepted);
    std::string text = "Active connections: " + std::to_string(totals.active) + " \n";
    text += "server accepts handled requests\n " + accepted + ' ' + accepted + ' ' + std::to_string(totals.requests) + " \n";
    text += "Reading: " + std::to_string(totals.reading) + " Writing: " + std::to_string(totals.writing) + " Waiting: " +
            std::to_string(totals.waiting()) + " \n";
    co_await send_plain_text(q, text);
    co_return std::nullopt;
}

}  // namespace sluice::server
