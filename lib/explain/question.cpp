#include "explain/question.hpp"

#include <algorithm>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::explain {

namespace {

constexpr std::uint16_t client_port = 50000;  // if none is given

struct Parts {
    std::string_view authority, target;
};

Parts split(std::string_view url, Asked& out) {
    url = url.substr(0, url.find('#'));
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!core::iequals(url.substr(0, scheme.size()), scheme)) continue;
        out.secure = scheme == "https://";
        url.remove_prefix(scheme.size());
        break;
    }
    const auto end = std::min(url.find_first_of("/?"), url.size());
    return {url.substr(0, end), url.substr(end)};
}

/// "[::1]:80" and "host:80" into host and port; what is wrong, or "".
std::string read_authority(std::string_view authority, std::string& host, std::optional<std::uint16_t>& port) {
    const auto bracket = authority.rfind(']');
    const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    host = authority.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (colon == authority.npos) return "";
    port = core::parse_number<std::uint16_t>(authority.substr(colon + 1));
    return port ? "" : config::concat({"there is no port ", config::in_quotes(authority.substr(colon + 1))});
}

std::string read_client(const std::string& from, net::Address& out) {
    std::string ip;
    std::optional<std::uint16_t> port;
    // An IPv6 address without brackets is all address.
    const bool plain_v6 = !from.starts_with('[') && std::ranges::count(from, ':') > 1;
    if (plain_v6)
        ip = from;
    else if (auto wrong = read_authority(from, ip, port); !wrong.empty())
        return wrong;
    const auto address = net::Address::parse(ip, port.value_or(client_port));
    if (!address)
        return config::concat({"--from ", config::in_quotes(from), " is not an address, as 10.0.0.9 or ::1 are"});
    out = *address;
    return "";
}

bool has_space_or_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

std::string read_fields(const std::vector<std::string>& fields, std::string& lines, bool& has_host) {
    for (const std::string& field : fields) {
        const auto colon = field.find(':');
        if (colon == std::string::npos || colon == 0)
            return config::concat({"-H ", config::in_quotes(field), " is not a field, as 'Name: value' is"});
        if (field.find_first_of("\r\n") != std::string::npos) return "-H takes one field, on one line";
        has_host |= core::iequals(std::string_view(field).substr(0, colon), "host");
        lines += field + "\r\n";
    }
    return "";
}

}  // namespace

Asked ask(const Question& question) {
    Asked out;
    const auto [authority, target] = split(question.url, out);
    out.error = read_authority(authority, out.host, out.port);
    if (out.error.empty() && has_space_or_control(question.url)) out.error = "a URL has no spaces: write %20";
    if (out.error.empty() && (question.method.empty() || has_space_or_control(question.method)))
        out.error = config::concat({"there is no method ", config::in_quotes(question.method)});
    if (out.error.empty()) out.error = read_client(question.from, out.client);
    std::string lines;
    bool has_host = false;
    if (out.error.empty()) out.error = read_fields(question.fields, lines, has_host);
    if (!out.error.empty()) return out;
    const bool nobody = out.host.empty();
    if (nobody) out.host = "localhost";
    out.head = question.method + ' ' + (target.starts_with('/') ? "" : "/") + std::string(target) + " HTTP/1." + (question.without_host ? "0" : "1") + "\r\n";
    if (!has_host && !question.without_host) out.head += std::string("Host: ") + (nobody ? "localhost" : "") + std::string(authority) + "\r\n";
    out.head += lines + "\r\n";
    out.brief = question.brief;
    out.peers = question.peers;
    return out;
}

}  // namespace sluice::explain
