// The parameters behind listen's address.
#include "compile/listen_parameters.hpp"

#include <limits>

#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::compile {

namespace {

using config::concat;
using config::in_quotes;
using route::Listening;

int read_int(std::string_view text) { return core::parse_number<int>(text).value_or(0); }

int read_size(std::string_view text) {
    return static_cast<int>(std::min<std::int64_t>(config::parse_size(text).value, std::numeric_limits<int>::max()));
}

/// Seconds as the kernel takes them; nothing: it keeps its own. nullopt: neither.
std::optional<int> read_seconds(std::string_view text) {
    if (text.empty()) return 0;
    const auto time = config::parse_seconds(text);
    if (!time.ok() || time.value < 1000 || time.value / 1000 > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(time.value / 1000);
}

/// "on", "off", "30m::10"; nullopt: none of them.
std::optional<net::KeepAlive> read_keep_alive(std::string_view text) {
    if (text == "on" || text == "off") return net::KeepAlive{text == "on"};
    const auto first = text.find(':');
    const auto second = first == text.npos ? text.npos : text.find(':', first + 1);
    if (second == text.npos) return std::nullopt;
    const auto idle = read_seconds(text.substr(0, first));
    const auto interval = read_seconds(text.substr(first + 1, second - first - 1));
    const auto count_text = text.substr(second + 1);
    const auto count = count_text.empty() ? std::optional(0) : core::parse_number<int>(count_text);
    if (!idle || !interval || !count || (!count_text.empty() && *count < 1)) return std::nullopt;
    if (!*idle && !*interval && !*count) return std::nullopt;
    return net::KeepAlive{true, *idle, *interval, *count};
}

void set_keep_alive(Compiler& c, Listening& listening, const Word& word, std::string_view value) {
    const auto keep = read_keep_alive(value);
    if (!keep)
        return c.error(word.span, concat({in_quotes(value), " does not say how connections are kept alive"}),
                       "on, off, or idle:interval:count as in so_keepalive=30m::10");
    listening.socket.keep_alive = *keep;
}

void set_backlog(Compiler& c, Listening& listening, const Word& word, std::string_view value) {
    const auto backlog = core::parse_number<int>(value);
    if (!backlog || *backlog < 1)
        return c.error(word.span, concat({in_quotes(value), " is not how many connections may wait"}), "a number, as in backlog=511");
    listening.socket.backlog = *backlog;
}

void set_ipv6_only(Compiler& c, Listening& listening, const Word& word, std::string_view value) {
    if (listening.address.family() != net::Address::Family::v6)
        return c.warning(word.span, "without-effect", concat({in_quotes(word.value), " does nothing at ", listening.text}),
                         "it says whether [::] takes IPv4 clients, too");
    listening.socket.ipv6_only = value == "on";
}

struct Parameter {
    std::string_view name;  // with "=" if there is a value
    void (*apply)(Compiler& c, Listening& listening, const Word& word, std::string_view value);
};

constexpr Parameter parameters[] = {
    {"proxy_protocol", [](Compiler&, Listening& l, const Word&, std::string_view) { l.proxy_protocol = true; }},
    {"deferred", [](Compiler&, Listening& l, const Word&, std::string_view) { l.socket.deferred = true; }},
    {"backlog=", set_backlog},
    {"ipv6only=", set_ipv6_only},
    {"plain_ipv4", [](Compiler&, Listening& l, const Word&, std::string_view) { l.socket.plain_ipv4 = true; }},
    {"so_keepalive=", set_keep_alive},
    {"rcvbuf=", [](Compiler&, Listening& l, const Word&, std::string_view v) { l.socket.receive_buffer = read_size(v); }},
    {"sndbuf=", [](Compiler&, Listening& l, const Word&, std::string_view v) { l.socket.send_buffer = read_size(v); }},
    {"fastopen=", [](Compiler&, Listening& l, const Word&, std::string_view v) { l.socket.fast_open = read_int(v); }},
    {"ssl", [](Compiler&, Listening& l, const Word&, std::string_view) { l.secure = true; }},
    {"http2", [](Compiler& c, Listening&, const Word& w, std::string_view) { c.missing(w.span, "\"http2\": HTTP/2 is not in sluice yet", "take the word out: clients then use HTTP/1.1"); }},
    {"quic", [](Compiler& c, Listening&, const Word& w, std::string_view) { c.missing(w.span, "\"quic\": HTTP/3 is not in sluice yet"); }},
    {"setfib=", [](Compiler& c, Listening&, const Word& w, std::string_view) {
         c.error(w.span, "\"setfib\" chooses a routing table of FreeBSD: there is none here", "take the word out");
     }},
    {"accept_filter=", [](Compiler& c, Listening&, const Word& w, std::string_view) {
         c.warning(w.span, "without-effect", "accept filters are FreeBSD's: this does nothing here", "write \"deferred\"");
     }},
};

}  // namespace

void apply_parameter(Compiler& c, Listening& listening, const Word& word) {
    const std::string_view text = word.value;
    for (const auto& parameter : parameters) {
        const bool has_value = parameter.name.ends_with('=');
        if (has_value ? !text.starts_with(parameter.name) : text != parameter.name) continue;
        return parameter.apply(c, listening, word, text.substr(parameter.name.size()));
    }
}

}  // namespace sluice::compile
