// log_format, and the formats that are there without one.
#include "compile/values.hpp"
#include "config/words.hpp"

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

std::shared_ptr<const route::LogFormat> make_format(Compiler& c, const BuiltIn& made) {
    auto format = std::make_shared<route::LogFormat>();
    format->name = made.name;
    format->line = c.text(Word{std::string(made.line), {}, config::Quote::none});
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

using Escape = route::LogFormat::Escape;

/// The value of escape=, which stands before the line's text.
Escape read_escape(Compiler& c, const Word& word, std::string_view how) {
    constexpr std::string_view names[] = {"default", "json", "none"};
    constexpr Escape values[] = {Escape::standard, Escape::json, Escape::none};
    const auto found = std::ranges::find(names, how);
    if (found != std::end(names)) return values[found - std::begin(names)];
    const auto meant = config::did_you_mean(how, names);
    c.error(word.span, "unknown log format escaping \"" + std::string(how) + "\"", meant.empty() ? "there are escape=default, escape=json and escape=none" : meant);
    return Escape::standard;
}

/// All words from `first` on as one, as if there were no spaces and quotes between them; no words: an empty line.
Word joined(const Directive& d, std::size_t first) {
    if (d.args.size() == first + 1) return d.args[first];
    Word all{"", d.span, config::Quote::twofold};
    if (d.args.size() > first) all.span = d.args[first].span;
    for (std::size_t i = first; i < d.args.size(); ++i) all.value += d.args[i].value;
    return all;
}

void set_format(Level& level, const Directive& d) {
    constexpr std::string_view escape = "escape=";
    const auto& name = d.args[0];
    auto format = std::make_shared<route::LogFormat>();
    format->name = name.value;
    const bool escapes = d.args[1].value.starts_with(escape);
    if (escapes) format->escape = read_escape(level.c, d.args[1], std::string_view(d.args[1].value).substr(escape.size()));
    format->line = level.c.text(joined(d, escapes ? 2 : 1));
    if (name.value == "combined") {
        level.c.again(name.span, "there is a log_format \"combined\" already: it is built in", {}, "give it another name");
        return;
    }
    const auto [place, fresh] = level.c.format_places.emplace(name.value, name.span);
    if (!fresh) level.c.again(name.span, "there is a log_format \"" + name.value + "\" already", place->second, "give it another name");
    level.c.formats.emplace(name.value, std::move(format));
}

constexpr Setter table[] = {{"log_format", set_format}};

}  // namespace

std::span<const Setter> log_formats() { return table; }

}  // namespace tables

}  // namespace sluice::compile
