// log_format, access_log, error_log.
#include "compile/values.hpp"

namespace sluice::compile {

namespace {

constexpr std::string_view combined =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"";
constexpr std::string_view demo =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" "
    "rt=$request_time peer=$upstream_addr ct=$upstream_connect_time ht=$upstream_header_time ut=$upstream_response_time "
    "reason=$sluice_reason id=$sluice_error_id";

constexpr std::string_view json =
    "{\"time\":\"$time_iso8601\",\"client\":\"$remote_addr\",\"user\":\"$remote_user\",\"method\":\"$request_method\",\"host\":\"$host\","
    "\"uri\":\"$request_uri\",\"protocol\":\"$server_protocol\",\"status\":$status,\"body_bytes\":$body_bytes_sent,\"bytes\":$bytes_sent,"
    "\"request_time\":$request_time,\"referer\":\"$http_referer\",\"user_agent\":\"$http_user_agent\",\"upstream\":\"$upstream_addr\","
    "\"upstream_status\":\"$upstream_status\",\"upstream_time\":\"$upstream_response_time\",\"reason\":\"$sluice_reason\","
    "\"id\":\"$request_id\"}";

struct BuiltIn {
    std::string_view name, line;
    route::LogFormat::Escape escape;
};
constexpr BuiltIn built_in[] = {
    {"combined", combined, route::LogFormat::Escape::standard},
    {"timed", demo, route::LogFormat::Escape::standard},
    {"json", json, route::LogFormat::Escape::json},
};

Word made_up(std::string_view text) { return {std::string(text), {}, config::Quote::none}; }

std::shared_ptr<const route::LogFormat> make_format(Compiler& c, const BuiltIn& made) {
    auto format = std::make_shared<route::LogFormat>();
    format->name = made.name;
    format->line = c.text(made_up(made.line));
    format->escape = made.escape;
    return format;
}

}  // namespace

std::shared_ptr<const route::LogFormat> Compiler::format(const Word& name) {
    if (const auto known = formats.find(name.value); known != formats.end()) return known->second;
    // Names of ours that nginx does not have may be taken by the conf.
    for (const auto& made : built_in) {
        if (made.name != name.value) continue;
        auto& known = built_in_formats[name.value];
        if (!known) known = make_format(*this, made);
        return known;
    }
    std::vector<std::string_view> known;
    for (const auto& made : built_in) known.push_back(made.name);
    for (const auto& [own, unused] : formats) known.push_back(own);
    const auto meant = core::nearest(name.value, known.data(), known.data() + known.size());
    unknown(name.span, "there is no log_format \"" + name.value + "\" above this line",
          meant.empty() ? "built in are combined, timed and json" : "did you mean \"" + std::string(meant) + "\"?");
    return nullptr;
}

namespace tables {

namespace {

void set_format(Level& level, const Directive& d) {
    auto format = std::make_shared<route::LogFormat>();
    format->name = d.args[0].value;
    std::size_t first = 1;
    if (d.args[1].value.starts_with("escape=")) {
        const auto how = std::string_view(d.args[1].value).substr(7);
        using Escape = route::LogFormat::Escape;
        format->escape = how == "json" ? Escape::json : how == "none" ? Escape::none : Escape::standard;
        first = 2;
    }
    if (d.args.size() == first + 1) {
        format->line = level.c.text(d.args[first]);
    } else {
        Word all = d.args[first];
        for (std::size_t i = first + 1; i < d.args.size(); ++i) all.value += d.args[i].value;
        all.quote = config::Quote::twofold;
        format->line = level.c.text(all);
    }
    if (d.args[0].value == "combined") {
        level.c.again(d.args[0].span, "there is a log_format \"combined\" already: it is built in", {}, "give it another name");
        return;
    }
    const auto place = level.c.format_places.find(d.args[0].value);
    if (!level.c.formats.emplace(d.args[0].value, format).second)
        level.c.again(d.args[0].span, "there is a log_format \"" + d.args[0].value + "\" already",
                      place == level.c.format_places.end() ? config::Span{} : place->second, "give it another name");
    level.c.format_places.emplace(d.args[0].value, d.args[0].span);
}

/// if=, buffer=, flush=, gzip and gzip=.
void read_parameter(Level& level, const Word& given, route::AccessLog& log, observe::LogOptions& options) {
    const std::string_view word = given.value;
    const auto value = word.substr(word.find('=') + 1);
    const auto wrong = [&](const std::string& help) { level.c.error(given.span, "\"" + given.value + "\" is not valid", help); };
    if (word.starts_with("if=")) {
        log.condition = level.c.text(given, value);
        log.has_condition = true;
    } else if (word.starts_with("buffer=")) {
        const auto size = config::parse_size(value);
        if (!size.ok() || size.value <= 0) return wrong("a size, as in buffer=32k");
        options.buffer = static_cast<std::size_t>(size.value);
    } else if (word.starts_with("flush=")) {
        const auto time = config::parse_time(value);
        if (!time.ok() || time.value <= 0) return wrong("a time, as in flush=5s");
        options.flush = std::chrono::milliseconds(time.value);
    } else if (word == "gzip") {
        options.gzip = 1;
    } else if (word.starts_with("gzip=")) {
        const auto number = core::parse_number<int>(value).value_or(0);
        if (number < 1 || number > 9) return wrong("a level from 1 to 9, as in gzip=4");
        options.gzip = number;
    } else {
        level.c.error(given.span, "access_log has no parameter \"" + given.value + "\"", "there are if=, buffer=, flush= and gzip=");
    }
}

void set_access_log(Level& level, const Directive& d) {
    auto& logs = level.list(level.settings.access_logs);
    if (d.args[0].value == "off") {
        if (d.args.size() > 1) level.c.error(d.args[1].span, "access_log off takes nothing more", "write: access_log off;");
        return logs.clear();
    }
    route::AccessLog log;
    log.target = d.args[0].value;
    log.has_path = log.target.find('$') != std::string::npos;
    const bool is_syslog = log.target.starts_with("syslog:");
    if (log.has_path && is_syslog) return level.c.error(d.args[0].span, "a syslog server cannot be named by variables", "name it as it is");
    const Word combined = made_up("combined");
    const Word* name = &combined;
    observe::LogOptions options;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        const std::string_view word = d.args[i].value;
        if (i == 1 && word != "gzip" && word.find('=') == word.npos)
            name = &d.args[i];
        else
            read_parameter(level, d.args[i], log, options);
    }
    log.format = level.c.format(*name);
    if (options.gzip && options.buffer == 0) options.buffer = 64 * 1024;
    if (options.flush.count() && options.buffer == 0)
        return level.c.error(d.span, "no buffer is defined for access_log", "flush= goes with buffer= or gzip");
    if (options.buffer && (log.has_path || is_syslog))
        return level.c.error(d.span, log.has_path ? "buffered logs cannot have variables in their names" : "logs to syslog cannot be buffered", "leave buffer=, flush= and gzip out");
    if (log.has_path) {
        Word path = d.args[0];
        log.path = level.c.text(path);
        options = level.settings.log_cache;
        options.by_line = true;
    }
    const bool is_file = !is_syslog && log.target != "-";
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target, options, d.args[0].span);
    if (log.format) logs.push_back(std::move(log));
}

/// Also for the logs that this level has named already, or taken from around it.
void set_log_cache(Level& level, const Directive& d) {
    observe::LogOptions options;
    options.by_line = true;
    for (const auto& given : d.args) {
        const std::string_view word = given.value;
        const auto value = word.substr(word.find('=') + 1);
        if (word == "off") {
            options.open_files = 0;
        } else if (word.starts_with("max=")) {
            options.open_files = core::parse_number<std::size_t>(value).value_or(0);
            if (options.open_files == 0) level.c.error(given.span, "\"" + given.value + "\" is not valid", "a number, as in max=1000");
        } else if (word.starts_with("min_uses=")) {
            options.least_uses = core::parse_number<std::size_t>(value).value_or(0);
            if (options.least_uses == 0) level.c.error(given.span, "\"" + given.value + "\" is not valid", "a number, as in min_uses=2");
        } else if (word.starts_with("inactive=") || word.starts_with("valid=")) {
            const auto time = config::parse_seconds(value);
            if (!time.ok()) level.c.error(given.span, "\"" + given.value + "\" is not valid", "a time, as in inactive=20s");
            (word[0] == 'i' ? options.inactive : options.valid) = std::chrono::milliseconds(time.value);
        } else {
            level.c.error(given.span, "open_log_file_cache has no parameter \"" + given.value + "\"", "there are off, max=, inactive=, min_uses= and valid=");
        }
    }
    if (options.open_files == 0 && d.args[0].value != "off") level.c.error(d.span, "open_log_file_cache needs max=", "for example: open_log_file_cache max=1000;");
    level.settings.log_cache = options;
    const auto& logs = level.settings.access_logs;
    if (!logs || std::ranges::none_of(*logs, &route::AccessLog::has_path)) return;
    auto changed = *logs;
    for (auto& log : changed)
        if (log.has_path) log.file = level.c.file(level.c.path(log.target), options, d.span);
    level.list(level.settings.access_logs) = std::move(changed);
}

void set_error_log(Level& level, const Directive& d) {
    route::ErrorLog log;
    log.target = d.args[0].value;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        const auto& word = d.args[i].value;
        log.json |= word == "json";
        if (word.starts_with("debug")) log.level = exchange::Level::debug;
        for (int k = 0; k <= static_cast<int>(exchange::Level::emerg); ++k)
            if (name_of(static_cast<exchange::Level>(k)) == word) log.level = static_cast<exchange::Level>(k);
    }
    const bool is_file = log.target != "stderr" && !log.target.starts_with("syslog:");
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target);
    level.list(level.settings.error_logs).push_back(std::move(log));
}

constexpr Setter table[] = {
    {"log_format", set_format},
    {"access_log", set_access_log},
    {"open_log_file_cache", set_log_cache},
    {"error_log", set_error_log},
};

}  // namespace

std::span<const Setter> logs() { return table; }

}  // namespace tables

}  // namespace sluice::compile
