#include "server/serve.hpp"

#include <algorithm>

#include "core/log_escape.hpp"
#include "proxy/forward.hpp"
#include "route/decide.hpp"
#include "route/log_line.hpp"
#include "server/answers.hpp"
#include "server/send_file.hpp"

namespace sluice::server {

using exchange::Reason;
using net::Task;
using route::Decision;

namespace {

/// A pattern that took too long counted as not matching: somebody should know.
void tell_gave_up(proxy::Serving& q) {
    if (q.scope.gave_up.empty()) return;
    proxy::log_error(q, exchange::Level::error, "gave up matching \"" + std::string(q.scope.gave_up) + "\": too many steps");
    q.scope.gave_up = {};
}

/// As nginx does, at the level that few have switched on.
void tell_ignored_fields(proxy::Serving& q) {
    if (q.scope.ignored_fields.empty() || !proxy::logs_level(q, exchange::Level::info)) return;
    for (const auto& field : q.scope.ignored_fields) {
        std::string text = "client sent invalid header line: \"";
        core::append_escaped(text, field.name);
        text += ": ";
        core::append_escaped(text, field.value);
        proxy::log_error(q, exchange::Level::info, text += "\" while reading client request headers");
    }
}

/// What a refusal of ours is called. What the conf says itself is no failure.
Reason reason_of(const Decision& decision) {
    if (decision.reason != Reason::none) return decision.reason;
    if (std::string_view(decision.why) == "return") return Reason::none;
    return exchange::reason_of_own(decision.status);
}

void tell_refusal(proxy::Serving& q, const Decision& decision, Reason reason) {
    if (reason == Reason::none || !*decision.why) return;
    std::string text = decision.why;
    if (reason == Reason::body_too_large) text += ": " + std::to_string(q.x.framing.length) + " bytes";
    if (!proxy::logs_level(q, row(reason).level)) return;
    const auto place = q.scope.snapshot.place(decision.where);
    // Programs that watch the log look for nginx's words up to the client's address: the place goes to the end.
    if (reason == Reason::denied_by_rule) return proxy::log_error(q, row(reason).level, text, "rule: " + place);
    if (!place.empty()) text += ", by " + place;
    proxy::log_error(q, row(reason).level, text);
}

/// The peer's doing: nobody else can find out.
void tell_bad_redirect(proxy::Serving& q, std::string_view where, const Decision& decision) {
    std::string text = decision.why;
    core::append_escaped(text += ": \"", where);
    proxy::log_error(q, exchange::Level::error, text += '"');
}

/// What a peer said of the type of an answer that an error page takes the place of now.
void forget_type(route::Scope& scope) {
    if (!scope.carried) return;
    auto& carried = *scope.carried;
    const auto is_type = [](const http::Field& field) { return field.id == http::FieldId::content_type; };
    carried.erase(std::remove_if(carried.begin(), carried.end(), is_type), carried.end());
}

}  // namespace

Task<void> serve(proxy::Serving& q, Http1Requester& requester) {
    auto decision = route::decide(q.scope);
    requester.obey(q.settings().client);
    tell_ignored_fields(q);
    std::string_view detail = decision.why;
    Reason reason = Reason::none;
    std::string_view content_range;  // of a file: for the page of a 416
    if (decision.kind == Decision::Kind::refuse) {
        reason = reason_of(decision);
        tell_refusal(q, decision, reason);
    }
    for (;;) {
        tell_gave_up(q);
        int status = decision.status;
        switch (decision.kind) {
            case Decision::Kind::respond:
                co_return co_await send_text(q, decision.status, decision.text);
            case Decision::Kind::redirect:
                // As in nginx, error_page may name redirects too; its own are the last word.
                if (std::string_view(decision.why) != "error_page" && route::has_error_page(q.scope, status)) break;
                q.scope.error_status = 0;
                co_return co_await send_redirect(q, decision.status, decision.text);
            case Decision::Kind::close:
                q.x.record.status = decision.status;
                co_return q.x.requester->cut();
            case Decision::Kind::serve: {
                auto instead = try_files(q);
                const auto* pass = std::get_if<route::ProxyPass>(&q.scope.route->content);
                if (!instead && pass) {
                    const auto unserved = co_await proxy::forward(q, *pass);
                    if (!unserved) co_return;
                    if (unserved->redirect) {
                        q.x.record.redirected = true;
                        decision = route::follow_peer(q.scope, *unserved->redirect);
                        if (decision.kind == Decision::Kind::refuse) tell_bad_redirect(q, *unserved->redirect, decision);
                        continue;
                    }
                    status = unserved->status;
                    reason = unserved->reason;
                    detail = {};
                    break;
                }
                if (!instead) instead = co_await send_file(q, content_range);
                if (!instead) co_return;
                decision = *instead;
                detail = decision.why;
                q.x.record.redirected = true;
                if (decision.kind != Decision::Kind::refuse) continue;
                status = decision.status;
                reason = *decision.why || decision.reason != Reason::none ? reason_of(decision) : Reason::none;
                tell_refusal(q, decision, reason);
                break;
            }
            case Decision::Kind::refuse:
                break;
        }
        q.x.record.redirected = true;
        auto instead = route::on_error(q.scope, status);
        if (!instead) {
            q.scope.error_status = 0;  // of a page that has failed itself
            co_return co_await send_page(q, status, reason, detail, content_range);
        }
        forget_type(q.scope);
        decision = *instead;
        if (decision.kind == Decision::Kind::refuse) {
            reason = reason_of(decision);
            detail = decision.why;
            if (reason == Reason::denied_by_rule) tell_refusal(q, decision, reason);
        }
    }
}

void log_access(proxy::Serving& q) {
    const auto& logs = q.settings().access_logs;
    if (!logs) return;
    thread_local std::string line;
    for (const auto& log : *logs) {
        if (!route::is_logged(log, q.scope)) continue;
        line.clear();
        route::append_log_line(line, *log.format, q.scope);
        q.s.logs.access(*q.conf.channels[log.file], line);
    }
}

}  // namespace sluice::server
