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

Word made_up(std::string_view text) { return {std::string(text), {}, config::Quote::none}; }

std::shared_ptr<const route::LogFormat> make_format(Compiler& c, std::string_view name, std::string_view text) {
    auto format = std::make_shared<route::LogFormat>();
    format->name = name;
    format->line = c.text(made_up(text));
    return format;
}

}  // namespace

std::shared_ptr<const route::LogFormat> Compiler::format(const Word& name) {
    if (const auto known = formats.find(name.value); known != formats.end()) return known->second;
    if (name.value == "combined") return formats[name.value] = make_format(*this, name.value, combined);
    if (name.value == "timed") return formats[name.value] = make_format(*this, name.value, demo);
    std::vector<std::string_view> known = {"combined", "timed"};
    for (const auto& [own, unused] : formats) known.push_back(own);
    const auto meant = core::nearest(name.value, known.data(), known.data() + known.size());
    unknown(name.span, "there is no log_format \"" + name.value + "\" above this line",
          meant.empty() ? "built in are combined and timed" : "did you mean \"" + std::string(meant) + "\"?");
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
    const auto place = level.c.format_places.find(d.args[0].value);
    if (!level.c.formats.emplace(d.args[0].value, format).second)
        level.c.again(d.args[0].span, "there is a log_format \"" + d.args[0].value + "\" already",
                      place == level.c.format_places.end() ? config::Span{} : place->second, "give it another name");
    level.c.format_places.emplace(d.args[0].value, d.args[0].span);
}

void set_access_log(Level& level, const Directive& d) {
    auto& logs = level.list(level.settings.access_logs);
    if (d.args[0].value == "off") return logs.clear();
    route::AccessLog log;
    log.target = d.args[0].value;
    if (log.target.find('$') != std::string::npos)
        return level.c.missing(d.args[0].span, "access_log with variables in its path is not in sluice yet");
    const Word combined = made_up("combined");
    const Word* name = &combined;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        const std::string_view word = d.args[i].value;
        if (word.starts_with("if=")) {
            log.condition = level.c.text(d.args[i], word.substr(3));
            log.has_condition = true;
        } else if (word.starts_with("gzip")) {
            level.c.error(d.args[i].span, "compressed access logs are not in sluice yet");
        } else if (i == 1 && !word.starts_with("buffer=") && !word.starts_with("flush=")) {
            name = &d.args[i];
        }
    }
    log.format = level.c.format(*name);
    const bool is_file = !log.target.starts_with("syslog:") && log.target != "-";
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target);
    if (log.format) logs.push_back(std::move(log));
}

void set_error_log(Level& level, const Directive& d) {
    route::ErrorLog log;
    log.target = d.args[0].value;
    if (d.args.size() > 1)
        for (int i = 0; i <= static_cast<int>(exchange::Level::alert); ++i)
            if (name_of(static_cast<exchange::Level>(i)) == d.args[1].value.substr(0, 6)) log.level = static_cast<exchange::Level>(i);
    if (d.args.size() > 1 && d.args[1].value.starts_with("debug")) log.level = exchange::Level::debug;
    const bool is_file = log.target != "stderr" && !log.target.starts_with("syslog:");
    log.file = level.c.file(is_file ? level.c.path(log.target) : log.target);
    level.list(level.settings.error_logs).push_back(std::move(log));
}

constexpr Setter table[] = {
    {"log_format", set_format},
    {"access_log", set_access_log},
    {"error_log", set_error_log},
};

}  // namespace

std::span<const Setter> logs() { return table; }

}  // namespace tables

}  // namespace sluice::compile
