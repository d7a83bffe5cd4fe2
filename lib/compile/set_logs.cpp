// access_log, open_log_file_cache, error_log.
#include "compile/values.hpp"
#include "observe/syslog.hpp"

namespace sluice::compile {

namespace tables {

namespace {

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

bool is_syslog(std::string_view target) { return target.starts_with("syslog:"); }

/// Of a syslog server the parameters; whether its name leads anywhere is asked when the log is opened.
bool check_target(Level& level, const Word& target) {
    if (!is_syslog(target.value)) return true;
    observe::SyslogOptions ignored;
    const auto wrong = observe::parse_syslog(std::string_view(target.value).substr(7), ignored);
    if (!wrong.empty()) level.c.error(target.span, wrong);
    return wrong.empty();
}

/// What stands in a format's place and is a parameter: nginx takes it for a name that it does not find.
bool is_parameter(std::string_view word) {
    constexpr std::string_view names[] = {"if=", "buffer=", "flush=", "gzip="};
    return word == "gzip" || std::ranges::any_of(names, [word](auto name) { return word.starts_with(name); });
}

/// The format and the parameters. Nothing, if one of them is wrong.
bool read_form(Level& level, const Directive& d, route::AccessLog& log, observe::LogOptions& options) {
    auto& c = level.c;
    const auto& target = d.args[0].value;
    if (d.args.size() > 1 && is_parameter(d.args[1].value) && !c.formats.contains(d.args[1].value)) {
        c.error(d.args[1].span, "unknown log format \"" + d.args[1].value + "\": the format stands before the parameters",
                "write access_log " + target + " combined " + d.args[1].value + "; with the name of yours, if you have one");
        return false;
    }
    log.format = c.format(d.args.size() > 1 ? d.args[1] : Word{"combined", {}, config::Quote::none});
    for (std::size_t i = 2; i < d.args.size(); ++i) read_parameter(level, d.args[i], log, options);
    if (options.gzip && options.buffer == 0) options.buffer = 64 * 1024;
    if (options.flush.count() && options.buffer == 0) {
        c.error(d.span, "no buffer is defined for access_log \"" + target + "\"", "flush= goes with buffer= or gzip");
        return false;
    }
    if (options.buffer && (log.has_path || is_syslog(target))) {
        c.error(d.span, log.has_path ? "buffered logs cannot have variables in their names" : "logs to syslog cannot be buffered",
                "leave buffer=, flush= and gzip out");
        return false;
    }
    return log.format != nullptr;
}

/// "off" stands for its whole level, wherever in it the word is.
void turn_off(Level& level, const Directive& d) {
    if (d.args.size() > 1) level.c.error(d.args[1].span, "access_log off takes nothing more", "write: access_log off;");
    level.logs_off = true;
    level.list(level.settings.access_logs).clear();
}

void set_access_log(Level& level, const Directive& d) {
    if (d.args[0].value == "off") return turn_off(level, d);
    auto& logs = level.list(level.settings.access_logs);
    route::AccessLog log;
    log.target = d.args[0].value;
    log.has_path = log.target.find('$') != std::string::npos;
    if (log.has_path && is_syslog(log.target)) return level.c.error(d.args[0].span, "a syslog server cannot be named by variables", "name it as it is");
    observe::LogOptions options;
    if (!check_target(level, d.args[0]) || !read_form(level, d, log, options)) return;
    if (log.has_path) {
        log.path = level.c.text(d.args[0]);
        options = level.settings.log_cache;
        options.by_line = true;
    }
    if (level.logs_off) return;
    const bool is_file = !is_syslog(log.target) && log.target != "-";
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target, options, d.args[0].span);
    logs.push_back(std::move(log));
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

/// One level, or parts of debug, which nginx tells apart; and "json".
void read_level(Level& level, const Word& word, route::ErrorLog& log, bool& has_level, bool& has_parts) {
    using exchange::Level::emerg;
    if (word.value == "json") {
        log.json = true;
        return;
    }
    const bool is_part = word.value.starts_with("debug_");
    if (has_level || (has_parts && !is_part))
        level.c.error(word.span, "duplicate log level \"" + word.value + "\"", "name one: what is worse is logged, too");
    (is_part ? has_parts : has_level) = true;
    if (is_part) log.level = exchange::Level::debug;
    for (int k = 0; k <= static_cast<int>(emerg); ++k)
        if (name_of(static_cast<exchange::Level>(k)) == word.value) log.level = static_cast<exchange::Level>(k);
}

void set_error_log(Level& level, const Directive& d) {
    route::ErrorLog log;
    log.target = d.args[0].value;
    if (!check_target(level, d.args[0])) return;
    bool has_level = false, has_parts = false;
    for (std::size_t i = 1; i < d.args.size(); ++i) read_level(level, d.args[i], log, has_level, has_parts);
    const bool is_file = log.target != "stderr" && !is_syslog(log.target);
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target, {}, d.args[0].span);
    level.list(level.settings.error_logs).push_back(std::move(log));
}

constexpr Setter table[] = {
    {"access_log", set_access_log},
    {"open_log_file_cache", set_log_cache},
    {"error_log", set_error_log},
};

}  // namespace

std::span<const Setter> logs() { return table; }

}  // namespace tables

}  // namespace sluice::compile
