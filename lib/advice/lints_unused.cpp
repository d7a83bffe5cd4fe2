// What is set up and never used.
#include <algorithm>
#include <map>

#include "advice/lint_rows.hpp"
#include "advice/target.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

/// Hosts of all proxy_pass and their like; nullopt if one of them depends on the request.
std::optional<std::set<std::string, std::less<>>> hosts_passed_to(const View& view) {
    const Variables variables(view);
    std::set<std::string, std::less<>> out;
    bool known = true;
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        if (!is_pass(d.name.value) || d.args.empty()) return;
        const auto values = variables.values_of(parse_target(d.args[0].value).host);
        if (!values) known = false;
        for (const std::string& value : values.value_or(std::vector<std::string>{}))
            out.insert(parse_target(value).host);
    });
    return known ? std::optional(std::move(out)) : std::nullopt;
}

void find_upstream(const View& view, Report& report) {
    const auto hosts = hosts_passed_to(view);
    if (!hosts) return;
    for (const Level* group : view.levels(config::in::upstream)) {
        if (group->block->args.empty()) continue;
        const config::Word& name = group->block->args[0];
        if (hosts->contains(name.value)) continue;
        std::vector<std::string_view> used(hosts->begin(), hosts->end());
        std::string help = config::did_you_mean(name.value, used);
        if (!help.empty())
            help = concat({"a proxy_pass names something near it; ", help});
        else
            help = concat({"delete it, or use it: proxy_pass http://", name.value, ";"});
        report.add(name.span, concat({"no proxy_pass uses the upstream ", in_quotes(name.value)}), help);
    }
}

/// Variables of the program itself that "set" changes, with an effect of their own.
bool is_built_in(std::string_view name) {
    constexpr std::string_view names[] = {"args", "limit_rate", "query_string", "invalid_referer", "slice_range"};
    return std::ranges::find(names, name) != std::end(names);
}

bool is_map(std::string_view name) { return name == "map" || name == "geo" || name == "split_clients"; }

/// The argument that names the variable which a directive makes; nullptr if it makes none.
const config::Word* made_by(const Directive& d) {
    if (d.args.empty()) return nullptr;
    if (d.name.value == "set" || d.name.value == "auth_request_set") return &d.args.front();
    return d.block && is_map(d.name.value) ? &d.args.back() : nullptr;
}

/// Pages with commands, and scripts, read variables that the conf does not show.
bool has_other_readers(const View& view) {
    bool out = false;
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        const std::string_view name = d.name.value;
        out = out || (name == "ssi" && !d.args.empty() && d.args[0].value == "on") || name.starts_with("js_") ||
              name.starts_with("perl") || name.find("_by_lua") != name.npos;
    });
    return out;
}

void find_variable(const View& view, Report& report) {
    if (has_other_readers(view)) return;
    std::map<std::string, const config::Word*, std::less<>> made;  // where first
    std::set<std::string, std::less<>> read;
    const auto note = [&](std::string_view name) { read.insert(std::string(name)); };
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        const config::Word* target = made_by(d);
        if (target && target->value.starts_with('$')) made.emplace(target->value.substr(1), target);
        each_variable(d.name.value, note);
        for (const config::Word& arg : d.args)
            if (&arg != target) each_variable(arg.value, note);
    });
    for (const auto& [name, word] : made)
        if (!read.contains(name) && !is_built_in(name))
            report.add(word->span, concat({"the variable $", name, " is set and never used"}),
                       "delete it, or use it where it was meant to be");
}

constexpr Lint table[] = {
    {.code = "SL015",
     .name = "unused-upstream",
     .summary = "an upstream group that nothing is passed to",
     .explanation = R"(A group does nothing until a proxy_pass names it. One that is never named is left over, or the
proxy_pass has another name, which is then looked up as the name of a machine.

Wrong:
    upstream backend { server 10.0.0.1:8080; }
    server {
        location / { proxy_pass http://back-end; }
    }

Right:
    upstream backend { server 10.0.0.1:8080; }
    server {
        location / { proxy_pass http://backend; }
    }

Groups that are chosen by a variable count as used where the values of the variable stand in the conf. Where they come
from the request, nothing is said.
)",
     .needs_whole = true,
     .find = find_upstream},
    {.code = "SL016",
     .name = "unused-variable",
     .summary = "a variable of set, map, geo or split_clients that nothing reads",
     .explanation =
         R"(A variable is worth something only where it is read. One that is set and never read is left over from
an earlier version, or read under another name.

Wrong:
    geo $internal { default 0; 10.0.0.0/8 1; }
    server {
        location /admin/ { proxy_pass http://admin; }
    }

Right:
    geo $internal { default 0; 10.0.0.0/8 1; }
    server {
        location /admin/ {
            if ($internal = 0) { return 403; }
            proxy_pass http://admin;
        }
    }
)",
     .needs_whole = true,
     .find = find_variable},
};

}  // namespace

std::span<const Lint> rows::unused() { return table; }

}  // namespace sluice::advice
