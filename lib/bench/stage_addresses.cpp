#include "bench/stage_addresses.hpp"

#include <algorithm>
#include <span>

#include "bench/group_names.hpp"
#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

using config::concat;
using config::Directive;

namespace {

/// What a listener keeps of its parameters.
constexpr std::string_view listen_parameters[] = {"default_server", "default", "ssl"};

bool is_one_of(std::span<const std::string_view> list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

bool is_of_name(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '_'; }

/// Where the first variable that always begins with a slash stands; the URL's size if there is none.
std::size_t start_of_path(const std::string& url, std::size_t from) {
    std::size_t out = url.size();
    for (const std::string_view name : {"request_uri", "uri", "document_uri"}) {
        for (const std::string& spelled : {concat({"$", name}), concat({"${", name, "}"})})
            for (auto at = url.find(spelled, from); at != url.npos; at = url.find(spelled, at + 1)) {
                const auto end = at + spelled.size();
                // "$uri_of_app" is another one.
                if (spelled.ends_with('}') || end == url.size() || !is_of_name(url[end])) out = std::min(out, at);
            }
    }
    return out;
}

/// The same socket under another spelling is the same listener.
std::string key_of(const std::string& address) {
    const auto parsed = config::parse_listen_address(address);
    if (!parsed.ok()) return address;
    const auto& v = parsed.value;
    if (v.family == config::AddressText::Family::unix_path) return address;
    return concat({v.host.empty() ? "*" : v.host, ":", std::to_string(v.port)});
}

}  // namespace

StagedAddresses::StagedAddresses(const config::Conf& conf, const StageTools& tools, Staged& out)
    : tools_(tools), written_(conf), groups_(conf), out_(out) {}

std::string StagedAddresses::usual_listener() { return listener("*:80", "80", ""); }

std::string StagedAddresses::listener(const std::string& key, std::string_view shown, std::string_view parameters) {
    auto found = ports_of_listeners_.find(key);
    if (found == ports_of_listeners_.end()) {
        found = ports_of_listeners_.emplace(key, tools_.free_port(tools_.ports)).first;
        out_.listeners.push_back({std::string(shown), "", found->second});
    }
    return concat({"listen 127.0.0.1:", std::to_string(found->second), parameters, ";"});
}

std::string StagedAddresses::listen(const Directive& d) {
    std::string parameters;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        const std::string& word = d.args[i].value;
        if (word == "quic" || word == "udp") return "";
        if (is_one_of(listen_parameters, word)) parameters += ' ' + word;
        if (word == "proxy_protocol") out_.note("listeners with proxy_protocol take plain connections here");
        if (word == "http2") out_.note("http2 was left out of listen: the load is HTTP/1.1");
    }
    return listener(key_of(d.args[0].value), d.args[0].value, parameters);
}

std::uint16_t StagedAddresses::port_of_peer(const std::string& name, const std::string& address) {
    const auto key = std::pair(name, address);
    const auto found = ports_of_peers_.find(key);
    if (found != ports_of_peers_.end()) return found->second;
    const auto port = tools_.free_port(tools_.ports);
    out_.peers.push_back({name, address, port});
    return ports_of_peers_[key] = port;
}

std::string StagedAddresses::peer(const Directive& d, std::string_view group) {
    std::string parameters;
    for (std::size_t i = 1; i < d.args.size(); ++i) {
        const std::string& word = d.args[i].value;
        if (word != "resolve" && !word.starts_with("service=")) parameters += ' ' + written_.word(d.args[i]);
    }
    const auto port = port_of_peer(std::string(group), d.args[0].value);
    return concat({"server 127.0.0.1:", std::to_string(port), parameters, ";"});
}

std::string StagedAddresses::proxy_pass(const Directive& d) {
    const std::string& url = d.args[0].value;
    const auto scheme = url.find("://");
    const auto start = scheme == url.npos ? 0 : scheme + 3;
    const bool unix_socket = std::string_view(url).substr(start).starts_with("unix:");
    auto end = unix_socket ? url.find(':', start + 5) : url.find('/', start);
    end = std::min({end, url.size(), start_of_path(url, start)});
    const std::string authority = url.substr(start, end - start);
    if (scheme != url.npos && (groups_.has(authority) || groups_.come_of(authority))) return written_.line(d);
    const bool variable = scheme == url.npos || authority.find('$') != authority.npos;
    if (variable) out_.note(concat({"proxy_pass ", url, " leads to a backend of our own, whatever the variable says"}));
    const std::string& known = variable ? url : authority;
    const std::string prefix = scheme == url.npos || url.find('$') < scheme ? "http" : url.substr(0, scheme);
    std::string rest = scheme == url.npos ? "" : url.substr(end);
    if (unix_socket && rest.starts_with(':')) rest.erase(0, 1);
    return concat({"proxy_pass ",
                   conf_word(concat({prefix, "://127.0.0.1:", std::to_string(port_of_peer(known, known)), rest})),
                   ";"});
}

}  // namespace sluice::bench
