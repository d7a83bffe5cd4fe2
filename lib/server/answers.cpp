#include "server/answers.hpp"

#include "http/browser.hpp"
#include <algorithm>

#include "http/status.hpp"
#include "proxy/finish.hpp"
#include "route/decide.hpp"
#include "route/file_path.hpp"
#include "server/http1.hpp"

namespace sluice::server {

using exchange::Answer;
using exchange::Reason;
using net::Task;

namespace {

/// Statuses of nginx's own, for `return` and error_page: a client sees a 400 that says more.
std::string_view detail_of_400(int status) {
    switch (status) {
        case 494: return "Request Header Or Cookie Too Large";
        case 495: return "The SSL certificate error";
        case 496: return "No required SSL certificate was sent";
        case 497: return "The plain HTTP request was sent to HTTPS port";
        default: return {};
    }
}

/// For which a conf's `return` has a page, as in nginx; the others have no body.
bool has_page(int status) {
    return (status > 300 && status < 309 && status != 306) || (status >= 400 && status <= 416 && status != 407) || status == 421 || status == 429 ||
           (status >= 500 && status <= 505) || status == 507;
}

/// A page's words are not always those of the status line.
std::string_view words_of_page(int status) {
    if (status == 302) return "Found";
    return status == 401 ? "Authorization Required" : http::status_phrase(status);
}

/// Browsers that show a page of their own in place of a short one.
bool wants_padding(const exchange::Exchange& x) {
    const auto* agent = http::find(x.head.fields, http::FieldId::user_agent);
    if (!agent) return false;
    const auto browser = http::browser_of(agent->value);
    return browser.msie || browser.chrome;
}

std::string page(proxy::Serving& q, int status) {
    const auto detail = detail_of_400(status);
    if (!detail.empty()) status = 400;
    auto heading = std::to_string(status);
    if (const auto words = words_of_page(status); !words.empty()) (heading += ' ') += words;
    const auto title = detail.empty() ? heading : "400 " + std::string(detail);
    std::string out = "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + heading + "</h1></center>\r\n";
    if (!detail.empty()) ((out += "<center>") += detail) += "</center>\r\n";
    ((out += "<hr><center>") += server_name(q.scope)) += "</center>\r\n</body>\r\n</html>\r\n";
    if (status >= 400 && q.settings().msie_padding && wants_padding(q.x))
        for (int i = 0; i < 6; ++i) out += "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";
    return out;
}

/// An answer of ours that did not get out: the connection takes no other.
void fail(proxy::Serving& q, const core::Failure& failure) {
    q.x.requester->cut();
    if (failure.side != core::Side::self) return;
    const auto reason = q.x.record.reason = exchange::reason_of(failure);
    proxy::log_error(q, row(reason).level, row(reason).words, proxy::places_of(q, ""));
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

Task<void> send(proxy::Serving& q, int status, http::Fields& fields, std::string_view body) {
    // A body that nobody reads is no reason to close, if it has come along with the head.
    auto& requester = *q.x.requester;
    if (!requester.body_done() && !q.x.body_is_taken) [[maybe_unused]] auto unread = requester.buffered_body();
    Answer answer{status, {}, &fields, http::BodyKind::length, body.size(), true};
    proxy::finish_answer(q.scope, answer);
    if (!has_body(answer.status)) {
        answer.kind = http::BodyKind::none;
        answer.has_length = false;
        body = {};
    }
    const bool head = q.x.head.method == http::Method::head;
    const std::span<const char> bytes(body.data(), head ? 0 : body.size());
    const auto sent = co_await q.x.requester->send_head(answer, bytes, true);
    if (!sent) fail(q, sent.error());
}

/// A page of ours has no ranges, whatever a peer said of what was to come instead.
void forget_ranges(route::Scope& scope) {
    if (!scope.carried) return;
    auto& carried = *scope.carried;
    const auto is_of_ranges = [](const http::Field& field) { return field.id == http::FieldId::accept_ranges; };
    carried.erase(std::remove_if(carried.begin(), carried.end(), is_of_ranges), carried.end());
}

}  // namespace

Task<void> send_page(proxy::Serving& q, int status, Reason reason, std::string_view detail, std::string_view content_range) {
    if (reason != Reason::none) q.x.record.reason = reason;
    http::Fields fields;
    if (!content_range.empty()) fields.push_back({"Content-Range", content_range});
    if (reason == Reason::none && !has_page(status) && detail_of_400(status).empty()) co_return co_await send(q, status, fields, {});
    std::string body = page(q, status);
    if (reason != Reason::none && !row(reason).is_ordinary()) {
        proxy::make_id(q);
        (body += "<!-- reason: ") += row(reason).name;
        if (!detail.empty()) ((body += " (") += detail) += ')';
        body += " -->\r\n<!-- request id: ";
        observe::append_id(body, q.x.record.id);
        body += " -->\r\n";
    }
    fields.push_back({"Content-Type", "text/html", http::FieldId::content_type});
    forget_ranges(q.scope);
    co_await send(q, detail_of_400(status).empty() ? status : 400, fields, body);
}

Task<void> send_redirect(proxy::Serving& q, int status, std::string_view location) {
    const std::string body = page(q, status);
    http::Fields fields;
    fields.push_back({"Content-Type", "text/html", http::FieldId::content_type});
    forget_ranges(q.scope);
    if (!location.empty()) fields.push_back({"Location", route::absolute_location(q.scope, location), http::FieldId::location});
    co_await send(q, status, fields, body);
}

Task<void> send_plain_text(proxy::Serving& q, std::string_view text) {
    http::Fields fields;
    fields.push_back({"Content-Type", "text/plain", http::FieldId::content_type});
    co_await send(q, 200, fields, text);
}

Task<void> send_text(proxy::Serving& q, int status, std::string_view text) {
    http::Fields fields;
    const auto type = route::content_type(q.scope);
    if (has_body(status) && !type.empty()) fields.push_back({"Content-Type", type, http::FieldId::content_type});
    co_await send(q, status, fields, text);
}

}  // namespace sluice::server
