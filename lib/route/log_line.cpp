#include "route/log_line.hpp"

#include "core/log_escape.hpp"

namespace sluice::route {

namespace {

constexpr std::string_view combined =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
    "\"$http_user_agent\"";

void append_value(std::string& out, LogFormat::Escape escape, const Value& value) {
    switch (escape) {
        case LogFormat::Escape::standard:
            if (!value.found) return out.push_back('-');
            return core::append_escaped(out, value.text);
        case LogFormat::Escape::json:
            return core::append_json_escaped(out, value.text);
        case LogFormat::Escape::none:
            out += value.text;
    }
}

}  // namespace

void append_log_line(std::string& out, const LogFormat& format, Scope& scope) {
    for (const vars::Part& part : format.line.parts()) {
        if (part.kind == vars::Part::Kind::literal)
            out += part.text;
        else if (part.kind == vars::Part::Kind::variable)
            append_value(out, format.escape, scope.get(part.index));
        else
            append_value(out, format.escape, Value{scope.capture(part.index)});
    }
    out += '\n';
}

bool is_logged(const AccessLog& log, Scope& scope) {
    if (!log.has_condition) return true;
    const auto condition = scope.evaluate(log.condition);
    return !condition.empty() && condition != "0";
}

std::shared_ptr<const LogFormat> combined_format(vars::Names& names) {
    std::vector<vars::Mistake> mistakes;
    auto format = std::make_shared<LogFormat>();
    format->name = "combined";
    format->line = vars::Template::compile(combined, names, mistakes);
    return format;
}

}  // namespace sluice::route
