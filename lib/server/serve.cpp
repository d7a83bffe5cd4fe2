#include "server/serve.hpp"

#include <algorithm>

#include "core/log_escape.hpp"
#include "proxy/forward.hpp"
#include "route/decide.hpp"
#include "route/log_line.hpp"
#include "server/answers.hpp"
#include "server/send_file.hpp"
#include "server/stub_status.hpp"

namespace sluice::server {

using exchange::Reason;
using net::Task;
using route::Decision;

namespace {

/// Which pattern took too long: that of a map counted as not matching, others ended the request.
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

/// rewrite_log: what the rewrite module has to say.
void tell_rewrites(proxy::Serving& q) {
    auto* said = q.scope.rewrites;
    if (!said || said->empty()) return;
    if (proxy::logs_level(q, exchange::Level::notice))
        for (const auto& text : *said) proxy::log_error(q, exchange::Level::notice, text);
    said->clear();
}

/// What a refusal of ours is called. What the conf says itself is no failure.
Reason reason_of(const Decision& decision) {
    if (decision.reason != Reason::none) return decision.reason;
    if (std::string_view(decision.why) == "return") return Reason::none;
    return exchange::reason_of_own(decision.status);
}

void tell_refusal(proxy::Serving& q, const Decision& decision, Reason reason) {
    const auto level = row(reason).level;
    if (reason == Reason::none || row(reason).is_ordinary() || !*decision.why || !proxy::logs_level(q, level)) return;
    // Programs that watch the log look for nginx's words up to the client's address: places go to the end.
    const auto rule = q.scope.snapshot.place(decision.where);
    if (reason == Reason::denied_by_rule) return proxy::log_error(q, level, decision.why, "rule: " + rule);
    std::string text = decision.why;
    const bool is_body = reason == Reason::body_too_large;
    if (is_body) text += ": " + std::to_string(q.x.framing.length) + " bytes";
    proxy::log_error(q, level, text, proxy::places_of(q, is_body ? "client_max_body_size" : ""));
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

/// What the route has to serve, other than files, answers. Unserved: nothing has been sent.
Task<std::optional<proxy::Unserved>> serve_content(proxy::Serving& q) {
    const auto& content = q.scope.route->content;
    if (const auto* pass = std::get_if<route::ProxyPass>(&content)) return proxy::forward(q, *pass);
    return send_stub_status(q);
}

/// nginx's words for what it refuses, where it has some; else ours. `limit`: the directive that is passed.
std::string_view refusal_words(int status, const char* why, std::string_view& limit) {
    limit = status == 414 || status == 494 ? "large_client_header_buffers" : "";
    if (status == 414) return "client sent too long URI while reading client request line";
    if (status != 494) return why;
    if (std::string_view(why) != http::too_many_fields) return "client sent too long header line while reading client request headers";
    limit = "max_headers";
    return "client sent too many header lines while reading client request headers";
}

/// The answer to a decision; `reason` and `detail` are of a refusal.
Task<void> answer(proxy::Serving& q, Decision decision, Reason reason, std::string_view detail) {
    std::string_view content_range;  // of a file: for the page of a 416
    for (;;) {
        tell_gave_up(q);
        tell_rewrites(q);
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
                if (!instead && !std::holds_alternative<route::StaticFiles>(q.scope.route->content)) {
                    const auto unserved = co_await serve_content(q);
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
        if (reason != Reason::none) q.x.record.reason = reason;
        forget_type(q.scope);
        decision = *instead;
        if (decision.kind == Decision::Kind::refuse) {
            reason = reason_of(decision);
            detail = decision.why;
            if (reason == Reason::denied_by_rule) tell_refusal(q, decision, reason);
        }
    }
}

}  // namespace

Task<void> serve(proxy::Serving& q, Http1Requester& requester) {
    if (q.scope.snapshot.logs_rewrites) q.scope.rewrites = &q.rewrites;
    const auto decision = route::decide(q.scope);
    requester.obey(q.settings().client);
    tell_ignored_fields(q);
    Reason reason = Reason::none;
    if (decision.kind == Decision::Kind::refuse) {
        reason = reason_of(decision);
        tell_refusal(q, decision, reason);
        // As in nginx: with that client nothing is to be done on this connection.
        if (decision.status >= 495 && decision.status <= 497) requester.end_connection();
    }
    return answer(q, decision, reason, decision.why);
}

namespace {

/// nginx's line of a field that comes twice.
std::string tell_second(const http::Fields& fields, const http::Field& second) {
    const auto append = [](std::string& text, const http::Field& field) {
        core::append_escaped(text, field.name);
        core::append_escaped(text += ": ", field.value);
        text += '"';
    };
    std::string text = "client sent duplicate header line: \"";
    append(text, second);
    append(text += ", previous value: \"", *http::find(fields, second.id));
    return text += " while reading client request headers";
}

}  // namespace

Task<void> serve_refusal(proxy::Serving& q, int status, const char* why) {
    route::settle_refused(q.scope);
    Decision decision;
    decision.kind = Decision::Kind::refuse;
    decision.status = status;
    const auto reason = exchange::reason_of_refusal(status);
    q.x.record.reason = reason;
    std::string_view limit;
    const auto words = refusal_words(status, why, limit);
    if (proxy::logs_level(q, row(reason).level)) {
        const auto* second = status == 400 ? http::find_second(q.x.head.fields) : nullptr;
        proxy::log_error(q, row(reason).level, second ? tell_second(q.x.head.fields, *second) : std::string(words), proxy::places_of(q, limit));
    }
    return answer(q, decision, reason, why);
}

namespace {

/// Of a log whose name has variables. What a client sends must not lead out of the folders that the conf speaks of, though
/// nginx would follow: such a line is not written.
std::string_view path_of(proxy::Serving& q, const route::AccessLog& log) {
    auto path = q.scope.evaluate(log.path);
    const auto refuse = [&](const char* why) {
        proxy::log_error(q, exchange::Level::error, "no line for access_log \"" + log.target + "\": " + why);
        return std::string_view{};
    };
    if (path.find('\0') != path.npos) return refuse("its path has a NUL");
    for (std::size_t from = 0; (from = path.find("..", from)) != path.npos; from += 2) {
        const bool begins = from == 0 || path[from - 1] == '/';
        if (begins && (from + 2 == path.size() || path[from + 2] == '/')) return refuse("its path has a \"..\"");
    }
    if (path.empty() || path.ends_with('/')) return refuse("its path names no file");
    if (path.starts_with('/')) return path;
    return q.scope.arena.keep(q.scope.snapshot.prefix + std::string(path));
}

}  // namespace

void log_access(proxy::Serving& q) {
    const auto& logs = q.settings().access_logs;
    if (!logs) return;
    thread_local std::string line;
    for (const auto& log : *logs) {
        if (!route::is_logged(log, q.scope)) continue;
        line.clear();
        route::append_log_line(line, *log.format, q.scope);
        auto& channel = *q.conf.channels[log.file];
        if (!log.has_path)
            q.s.logs.access(channel, line);
        else if (const auto path = path_of(q, log); !path.empty())
            q.s.logs.access(channel, path, line);
    }
}

}  // namespace sluice::server
