#include "bench/target.hpp"

#include <algorithm>
#include <array>

#include "config/words.hpp"
#include "core/text.hpp"
#include "version.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

constexpr std::size_t longest_socket_path = 107;  // sun_path, with its final zero
constexpr std::uint32_t most_weight = 1000000;

bool is_token_char(unsigned char c) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return core::is_digit(static_cast<char>(c)) ||
           (core::lower(static_cast<char>(c)) >= 'a' && core::lower(static_cast<char>(c)) <= 'z') ||
           others.find(static_cast<char>(c)) != others.npos;
}

bool has_space_or_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

std::string read_port(std::string_view text, std::uint16_t& port) {
    const auto number = core::parse_number<std::uint16_t>(text);
    if (!number || *number == 0) return concat({"there is no port ", in_quotes(text), "; 1 to 65535"});
    port = *number;
    return "";
}

/// "host", "host:80", "[::1]", "[::1]:80" into `out`, whose port stays where there is none.
std::string read_authority(std::string_view text, Origin& out) {
    const auto bracket = text.rfind(']');
    const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') != host.ends_with(']'))
        return concat({in_quotes(text), " has an odd bracket; as in [::1]:8080"});
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return "names no host, as in http://localhost:8080/";
    if (host.find_first_of("@\"<>\\^`{|}") != host.npos)
        return concat({in_quotes(host), " is no host name and no address"});
    out.host = host;
    return colon == text.npos ? "" : read_port(text.substr(colon + 1), out.port);
}

std::string read_socket_path(std::string_view path, Origin& out) {
    if (!path.starts_with('/')) return "a socket's path begins at the root, as in unix:/run/app.sock";
    if (path.size() > longest_socket_path)
        return concat({"the socket's path has ", std::to_string(path.size()), " bytes; a socket's may have ",
                       std::to_string(longest_socket_path)});
    out.unix_path = path;
    return "";
}

/// The rest of "http://unix:/run/app.sock:/path" behind "unix:".
std::string read_unix_url(std::string_view rest, Url& out) {
    const auto colon = rest.find(':');
    out.target = colon == rest.npos || colon + 1 == rest.size() ? "/" : std::string(rest.substr(colon + 1));
    out.authority = "localhost";
    return read_socket_path(rest.substr(0, colon), out.origin);
}

std::string read_url(std::string_view text, Url& out) {
    if (text.empty()) return "needs a URL, as http://localhost:8080/";
    if (has_space_or_control(text)) return "a URL has no spaces: write %20";
    text = text.substr(0, text.find('#'));
    const auto scheme = text.find("://");
    if (scheme != text.npos) {
        const auto name = text.substr(0, scheme);
        out.origin.secure = core::iequals(name, "https");
        if (!out.origin.secure && !core::iequals(name, "http"))
            return concat({"there is no ", in_quotes(name), " here: http:// or https://"});
        text.remove_prefix(scheme + 3);
    }
    if (text.starts_with('/')) return concat({"names no host, as in http://localhost:8080", text});
    out.origin.port = out.origin.secure ? 443 : 80;
    if (text.starts_with("unix:")) return read_unix_url(text.substr(5), out);
    const auto end = std::min(text.find_first_of("/?"), text.size());
    out.authority = text.substr(0, end);
    out.target = concat({end < text.size() && text[end] == '/' ? "" : "/", text.substr(end)});
    return read_authority(out.authority, out.origin);
}

std::string_view next_word(std::string_view& line) {
    line = core::trim(line);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto out = line.substr(0, end);
    line.remove_prefix(end);
    return out;
}

std::string read_line(std::string_view line, Wanted& out) {
    auto word = next_word(line);
    if (word.find_first_of("/:.") == word.npos && !core::trim(line).empty()) {
        if (auto wrong = check_method(word); !wrong.empty()) return wrong;
        out.method = word;
        word = next_word(line);
    }
    auto parsed = parse_url(word);
    if (!parsed.message.empty()) return concat({in_quotes(word), ": ", parsed.message});
    out.url = std::move(parsed.url);
    for (word = next_word(line); !word.empty(); word = next_word(line)) {
        const auto weight =
            word.starts_with("weight=") ? core::parse_number<std::uint32_t>(word.substr(7)) : std::nullopt;
        if (!weight || *weight == 0 || *weight > most_weight)
            return concat({in_quotes(word), ": behind the URL goes weight=NUMBER, 1 to 1000000"});
        out.weight = *weight;
    }
    return "";
}

bool is_idempotent(std::string_view method) {
    constexpr std::array<std::string_view, 6> methods = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    return std::ranges::find(methods, method) != methods.end();
}

}  // namespace

std::string Origin::text() const {
    if (!unix_path.empty()) return "unix:" + unix_path;
    const bool v6 = host.find(':') != host.npos;
    return concat({v6 ? "[" : "", host, v6 ? "]" : "", ":", std::to_string(port)});
}

ParsedUrl parse_url(std::string_view text) {
    ParsedUrl out;
    out.message = read_url(text, out.url);
    return out;
}

ParsedUrl parse_connect(std::string_view text, std::uint16_t port) {
    ParsedUrl out;
    out.url.origin.port = port;
    if (text.starts_with("unix:"))
        out.message = read_socket_path(text.substr(5), out.url.origin);
    else if (text.find('/') != text.npos || has_space_or_control(text))
        out.message = "is no address, as 127.0.0.1:8080 or unix:/run/app.sock";
    else
        out.message = read_authority(text, out.url.origin);
    return out;
}

ParsedList parse_url_list(std::string_view text) {
    ParsedList out;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? "" : text.substr(end + 1);
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = core::trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        Wanted wanted;
        if (auto wrong = read_line(line, wanted); !wrong.empty()) {
            out.message = concat({"line ", std::to_string(number), ": ", wrong});
            return out;
        }
        out.wanted.push_back(std::move(wanted));
    }
    if (out.wanted.empty()) out.message = "has no URL in it";
    return out;
}

Request make_request(const Url& url, const RequestParts& parts) {
    std::string rest;
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(parts.fields, [&](std::string_view field) {
            return core::iequals(core::trim(field.substr(0, field.find(':'))), name);
        });
    };
    const auto usual = [&](std::string_view name, std::string_view value) {
        if (!has(name)) rest += concat({name, ": ", value, "\r\n"});
    };
    if (!parts.without_host) usual("Host", url.authority);
    usual("User-Agent", concat({"sluice-bench/", version}));
    usual("Accept", "*/*");
    if (parts.has_body && !has("Transfer-Encoding")) usual("Content-Length", std::to_string(parts.body.size()));
    for (const std::string& field : parts.fields) rest += field + "\r\n";

    Request out;
    const bool old = parts.without_host;
    const std::string line = concat({parts.method, " ", url.target, old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"});
    out.bytes = concat({line, rest, old && !has("Connection") ? "Connection: keep-alive\r\n\r\n" : "\r\n", parts.body});
    out.last_bytes = has("Connection") ? out.bytes : concat({line, rest, "Connection: close\r\n\r\n", parts.body});
    out.head_only = parts.method == "HEAD";
    out.repeatable = is_idempotent(parts.method);
    out.label = concat({parts.method, " ", url.target});
    return out;
}

std::string check_field(std::string_view field) {
    const auto colon = field.find(':');
    if (colon == field.npos || colon == 0) return "is no field, as 'Name: value' is";
    if (!std::ranges::all_of(field.substr(0, colon), is_token_char)) return "has a name that no field can have";
    if (std::ranges::any_of(field, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; }))
        return "has a control character; a field is one line";
    return "";
}

std::string check_method(std::string_view method) {
    if (method.empty() || !std::ranges::all_of(method, is_token_char))
        return concat({in_quotes(method), " is no method, as GET and POST are"});
    return "";
}

}  // namespace sluice::bench
