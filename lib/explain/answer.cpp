// What the conf does to the answer, and who writes down that it was given.
#include <algorithm>

#include "config/row.hpp"
#include "config/words.hpp"
#include "core/text.hpp"
#include "explain/parts.hpp"
#include "proxy/finish.hpp"
#include "route/log_line.hpp"

namespace sluice::explain {

using config::concat;
using config::in_quotes;
using route::Scope;

std::string time_text(core::Duration time) {
    using namespace std::chrono;
    const auto ms = duration_cast<milliseconds>(time).count();
    if (ms % 1000) return std::to_string(ms) + "ms";
    if (ms >= 120'000 && ms % 3'600'000 && ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
    if (ms && ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + "h";
    return std::to_string(ms / 1000) + "s";
}

std::string size_text(std::uint64_t bytes) {
    if (bytes && bytes % (1 << 20) == 0) return std::to_string(bytes >> 20) + "m";
    if (bytes && bytes % (1 << 10) == 0) return std::to_string(bytes >> 10) + "k";
    return std::to_string(bytes);
}

namespace {

std::string describe_body(const http::Framing& framing) {
    if (framing.kind == http::BodyKind::chunked) return "the body tells its length as it comes";
    if (framing.kind == http::BodyKind::length && framing.length)
        return concat({"the body has ", size_text(framing.length), " bytes"});
    return "the request has no body";
}

/// Fields added by add_header, in their order, by the function that adds them.
void describe_added(Scope& scope, const Places& places, Story& story) {
    const auto& added = scope.settings().answer.headers;
    http::Fields fields;
    const int status = story.outcome.status ? story.outcome.status : 200;
    exchange::Answer answer{status, {}, &fields, http::BodyKind::none, 0, false};
    proxy::finish_answer(scope, answer);
    if (story.outcome.kind != "close") story.outcome.status = story.outcome.status ? answer.status : 0;
    if (!added) return;
    const auto lines = places.holding(scope.route->where, "add_header");
    for (std::size_t i = 0; i < added->size(); ++i) {
        const auto& header = (*added)[i];
        Added one;
        one.always = header.always;
        one.field = {header.name, std::string(scope.evaluate(header.value)), "", {}};
        if (lines.size() == added->size()) one.field.place = places.of(lines[i]->span);
        if (story.outcome.kind != "pass")
            one.holds = std::ranges::any_of(
                fields, [&](const auto& f) { return f.name == header.name && f.value == one.field.value; });
        if (one.holds)
            one.field.note = *one.holds ? "" : "not with this status: it has no \"always\"";
        else
            one.field.note = header.always ? "always" : "unless the status is an error";
        story.added.push_back(std::move(one));
    }
}

void describe_hidden(const Scope& scope, const Places& places, Story& story) {
    const auto& proxy = scope.settings().proxy;
    const auto add = [&](const route::Shared<std::string>& names, std::string_view directive) {
        if (!names) return;
        for (const auto* line : places.holding(scope.route->where, directive))
            if (!line->args.empty())
                story.hidden.push_back({line->args[0].value, std::string(directive), places.of(line->span)});
    };
    add(proxy.hidden, "proxy_hide_header");
    add(proxy.passed, "proxy_pass_header");
}

std::string answer_text(const route::ErrorPage& page) {
    if (page.answer == route::ErrorPage::same_status) return "";
    if (page.answer == route::ErrorPage::own_status) return " = ";
    return " =" + std::to_string(page.answer);
}

void describe_error_pages(Scope& scope, const Places& places, Story& story) {
    const auto& pages = scope.settings().error_pages;
    if (!pages) return;
    const std::string note = scope.settings().proxy.intercept_errors ? "also of the peer's answers" : "";
    for (const auto& page : *pages) {
        std::string what;
        for (const int status : page.statuses) what += std::to_string(status) + ' ';
        what += concat(
            {answer_text(page).empty() ? "" : answer_text(page).substr(1) + " ", "-> ", scope.evaluate(page.target)});
        story.error_pages.push_back({std::move(what), note, places.of(page.where)});
    }
}

void describe_logs(Scope& scope, const Places& places, Story& story) {
    const auto& settings = scope.settings();
    scope.x.record.status = story.outcome.status ? story.outcome.status : 200;
    if (settings.access_logs) {
        const auto lines = places.holding(scope.route->where, "access_log");
        for (std::size_t i = 0; i < settings.access_logs->size(); ++i) {
            const auto& log = (*settings.access_logs)[i];
            std::string note = log.format ? "format " + log.format->name : "";
            if (log.has_condition)
                note += is_logged(log, scope) ? ", its if= holds" : ", no line: its if= does not hold";
            if (log.has_condition && !story.outcome.status) note += " with status 200";
            if (lines.empty()) note += ", the default";
            story.access_logs.push_back({log.target, note, i < lines.size() ? places.of(lines[i]->span) : Place()});
        }
        if (settings.access_logs->empty())
            story.access_logs.push_back({"off", "no line", places.holding_place(scope.route->where, "access_log")});
    }
    if (!settings.error_logs) return;
    const auto lines = places.holding(scope.route->where, "error_log");
    for (std::size_t i = 0; i < settings.error_logs->size(); ++i) {
        const auto& log = (*settings.error_logs)[i];
        story.error_logs.push_back({log.target,
                                    concat({"from ", name_of(log.level), lines.empty() ? " on, the default" : " on"}),
                                    i < lines.size() ? places.of(lines[i]->span) : Place()});
    }
}

}  // namespace

void describe_checks(const Scope& scope, const Places& places, std::vector<Item>& out) {
    const auto& client = scope.settings().client;
    const auto where = scope.route->where;
    const Place size = places.holding_place(where, "client_max_body_size");
    out.push_back(
        {client.max_body ? "client_max_body_size " + size_text(client.max_body) : "client_max_body_size 0: any",
         describe_body(scope.x.framing), size});
    if (scope.route->internal)
        out.push_back({"internal", scope.internal ? "the request comes from within" : "not for requests from outside",
                       places.holding_place(where, "internal")});
}

void describe_answer(Scope& scope, const Places& places, Story& story) {
    describe_added(scope, places, story);
    if (story.passing) describe_hidden(scope, places, story);
    describe_error_pages(scope, places, story);
    describe_logs(scope, places, story);
}

std::vector<Item> later_words(const Scope& scope, const Places& places) {
    std::vector<Item> out;
    for (const auto* block : places.blocks_at(scope.route->where))
        for (const auto& directive : *block) {
            const auto rows = config::find_rows(directive.name.value);
            const bool later = !rows.empty() && std::ranges::all_of(rows, [&](const auto* row) {
                return config::support_of(*row, directive) == config::Support::later;
            });
            if (later) out.push_back({directive.name.value, "", places.of(directive.span)});
        }
    return out;
}

}  // namespace sluice::explain
