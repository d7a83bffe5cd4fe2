#include <netdb.h>
#include <sys/un.h>

#include <array>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "observe/syslog.hpp"

namespace sluice::observe {

namespace {

/// In the order of their numbers.
constexpr std::array<std::string_view, 24> facilities = {"kern",   "user",   "mail",   "daemon", "auth",     "intern",
                                                         "lpr",    "news",   "uucp",   "clock",  "authpriv", "ftp",
                                                         "ntp",    "audit",  "alert",  "cron",   "local0",   "local1",
                                                         "local2", "local3", "local4", "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> severities = {"emerg", "alert",  "crit", "error",
                                                        "warn",  "notice", "info", "debug"};
constexpr std::array<std::string_view, 5> parameters = {"server", "facility", "severity", "tag", "nohostname"};
constexpr std::size_t longest_tag = 32;  // RFC 3164 4.1.3

std::string in_quotes(std::string_view s) { return '"' + std::string(s) + '"'; }

template <class Words>
std::string choices(std::string_view word, const Words& words) {
    if (const auto meant = core::nearest(word, words.begin(), words.end()); !meant.empty())
        return "did you mean " + in_quotes(meant) + "?";
    std::string out = "it may be ";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

template <class Words>
std::string find_word(std::string_view kind, std::string_view word, const Words& words, std::size_t& out) {
    for (out = 0; out < words.size(); ++out)
        if (words[out] == word) return "";
    return "unknown syslog " + std::string(kind) + " " + in_quotes(word) + ": " + choices(word, words);
}

std::string parse_unix(std::string_view path, SyslogOptions& out) {
    if (path.empty()) return "no path in syslog server \"unix:\": write for example server=unix:/dev/log";
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return "too long a path in syslog server " + in_quotes("unix:" + std::string(path)) +
               ": a Unix socket has at most 107 characters";
    out.is_unix = true;
    out.host = path;
    return "";
}

std::string parse_server(std::string_view text, SyslogOptions& out) {
    if (text.starts_with("unix:")) return parse_unix(text.substr(5), out);
    const bool bracketed = text.starts_with('[');
    const auto end_of_host = bracketed ? text.find(']') : text.find(':');
    const std::string in_server = " in syslog server " + in_quotes(text);
    if (bracketed && end_of_host == std::string_view::npos)
        return "no \"]\"" + in_server + ": write for example server=[::1]:514";
    out.host = text.substr(bracketed, end_of_host == std::string_view::npos ? end_of_host : end_of_host - bracketed);
    if (out.host.empty())
        return "no host" + in_server + ": write for example server=127.0.0.1:514 or server=unix:/dev/log";
    const auto rest = end_of_host == std::string_view::npos ? "" : text.substr(end_of_host + bracketed);
    if (rest.empty()) return "";
    const std::uint16_t port = rest.front() == ':' ? core::parse_number<std::uint16_t>(rest.substr(1)).value_or(0) : 0;
    if (!bracketed && rest.find(':', 1) != std::string_view::npos)
        return "invalid port" + in_server + ": an IPv6 address needs brackets, as in server=[::1]:514";
    if (port == 0) return "invalid port" + in_server + ": it is a number from 1 to 65535";
    out.port = port;
    return "";
}

std::string parse_tag(std::string_view text, SyslogOptions& out) {
    if (text.size() > longest_tag)
        return "syslog tag length exceeds 32: " + in_quotes(text) + " has " + std::to_string(text.size()) + " characters";
    for (const char c : text)
        if (!core::is_digit(c) && c != '_' && (core::lower(c) < 'a' || core::lower(c) > 'z'))
            return "syslog \"tag\" only allows alphanumeric characters and underscore: " + in_quotes(text) + " has a " +
                   in_quotes({&c, 1});
    out.tag = text;
    return "";
}

/// One parameter's value. `which` is an index into parameters.
std::string parse_value(std::size_t which, std::string_view value, SyslogOptions& out) {
    std::size_t found = 0;
    if (which == 0) return parse_server(value, out);
    if (which == 3) return parse_tag(value, out);
    const bool is_facility = which == 1;
    auto wrong =
        is_facility ? find_word("facility", value, facilities, found) : find_word("severity", value, severities, found);
    if (!wrong.empty()) return wrong;
    if (is_facility)
        out.facility = static_cast<std::uint8_t>(found);
    else
        out.severity = static_cast<Severity>(found);
    return "";
}

/// `word`: "name=value" or a name alone.
std::string parse_parameter(std::string_view word, std::array<bool, parameters.size()>& seen, SyslogOptions& out) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    std::size_t which = 0;
    if (auto wrong = find_word("parameter", name, parameters, which); !wrong.empty()) return wrong;
    if (which == 4) {
        if (equals != std::string_view::npos) return "syslog \"nohostname\" has no value: write just nohostname";
        out.hostname = false;
        return "";
    }
    if (equals == std::string_view::npos)
        return "syslog " + in_quotes(name) + " has no value: write " + std::string(name) + "=...";
    if (std::exchange(seen[which], true)) return "duplicate syslog " + in_quotes(name) + ": it may be given once";
    return parse_value(which, word.substr(equals + 1), out);
}

}  // namespace

std::string parse_syslog(std::string_view text, SyslogOptions& out) {
    std::array<bool, parameters.size()> seen{};
    for (;;) {
        const auto comma = text.find(',');
        if (auto wrong = parse_parameter(text.substr(0, comma), seen, out); !wrong.empty()) return wrong;
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    if (!seen[0])
        return "no syslog server specified: write for example syslog:server=127.0.0.1:514 or "
               "syslog:server=unix:/dev/log";
    return "";
}

std::string resolve_syslog(const SyslogOptions& options, net::Address& out) {
    if (options.is_unix) {
        out = net::Address::unix_socket(options.host);
        return "";
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(options.host.c_str(), std::to_string(options.port).c_str(), &hints, &found);
        error != 0)
        return "host not found in syslog server " + in_quotes(options.host) + ": " + gai_strerror(error);
    out = net::Address::from(found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return "";
}

}  // namespace sluice::observe
