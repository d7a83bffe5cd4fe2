// ssl_* and proxy_ssl_*: words to descriptions.
#include "compile/values.hpp"
#include "config/words.hpp"
#include "tls/session_cache.hpp"

namespace sluice::compile::tables {

namespace {

using config::concat;
using config::in_quotes;
using route::PeerTls;
using route::ServerTls;

/// The level's own: what was inherited is copied first.
template <class T>
T& own(Level& level, std::shared_ptr<const T>& member) {
    if (level.own.insert(&member).second || !member) member = member ? std::make_shared<T>(*member) : std::make_shared<T>();
    return const_cast<T&>(*member);
}
ServerTls& server(Level& level) { return own(level, level.settings.tls); }
PeerTls& peer(Level& level) { return own(level, level.settings.proxy.tls); }

/// "engine:…" and paths seen from the conf.
tls::Item file_item(Level& level, const Word& word) {
    const std::string& text = word.value;
    const bool as_it_is = text.starts_with("data:") || text.starts_with("engine:") || text.starts_with("store:");
    return level.c.tls_item(word, as_it_is ? text : level.c.path_beside_conf(text));
}

bool has_variables(const tls::Item& item) { return item.text.find('$') != item.text.npos; }

template <auto Member>
void set_server_file(Level& level, const Directive& d) {
    server(level).description.*Member = file_item(level, d.args[0]);
}
template <auto Member>
void set_server_flag(Level& level, const Directive& d) {
    read(level.c, d.args[0], server(level).description.*Member);
}
template <auto Member>
void set_peer_file(Level& level, const Directive& d) {
    peer(level).description.*Member = file_item(level, d.args[0]);
}
template <auto Member>
void set_peer_flag(Level& level, const Directive& d) {
    read(level.c, d.args[0], peer(level).*Member);
}

/// The first of a level takes the place of those around it.
void add_item(Level& level, std::vector<tls::Item>& list, const Directive& d) {
    if (level.own.insert(&list).second) list.clear();
    list.push_back(file_item(level, d.args[0]));
}
/// A name in which variables stand is another one for each connection.
void add_name(Level& level, std::vector<tls::Item>& list, std::vector<vars::Template>& names, const Directive& d) {
    add_item(level, list, d);
    names.resize(list.size() - 1);
    names.push_back(has_variables(list.back()) ? level.c.text(d.args[0]) : vars::Template::literal(list.back().text));
}
void set_certificate(Level& level, const Directive& d) { add_name(level, server(level).certificates, server(level).certificate_names, d); }
void set_key(Level& level, const Directive& d) { add_name(level, server(level).keys, server(level).key_names, d); }
void set_passwords(Level& level, const Directive& d) { add_item(level, server(level).description.password_files, d); }
void set_ticket_key(Level& level, const Directive& d) { add_item(level, server(level).description.ticket_keys, d); }
void set_peer_passwords(Level& level, const Directive& d) { add_item(level, peer(level).description.password_files, d); }

unsigned protocols_of(const Directive& d) {
    static constexpr std::pair<std::string_view, unsigned> known[] = {{"SSLv3", tls::protocol::ssl3},     {"TLSv1", tls::protocol::tls1},
                                                                      {"TLSv1.1", tls::protocol::tls1_1}, {"TLSv1.2", tls::protocol::tls1_2},
                                                                      {"TLSv1.3", tls::protocol::tls1_3}};
    unsigned out = 0;
    for (const auto& word : d.args)
        for (const auto& [name, bit] : known)
            if (core::iequals(name, word.value)) out |= bit;
    return out;
}
void set_protocols(Level& level, const Directive& d) { server(level).description.protocols = protocols_of(d); }
void set_peer_protocols(Level& level, const Directive& d) { peer(level).description.protocols = protocols_of(d); }

void set_ciphers(Level& level, const Directive& d) { server(level).description.ciphers = level.c.tls_item(d.args[0], d.args[0].value); }
void set_curves(Level& level, const Directive& d) { server(level).description.curves = level.c.tls_item(d.args[0], d.args[0].value); }
void set_peer_ciphers(Level& level, const Directive& d) { peer(level).description.ciphers = level.c.tls_item(d.args[0], d.args[0].value); }

using Commands = std::vector<std::pair<tls::Item, tls::Item>>;
void add_command(Level& level, Commands& commands, const Directive& d) {
    if (level.own.insert(&commands).second) commands.clear();
    commands.emplace_back(level.c.tls_item(d.args[0], d.args[0].value), level.c.tls_item(d.args[1], d.args[1].value));
}
void set_command(Level& level, const Directive& d) { add_command(level, server(level).description.commands, d); }
void set_peer_command(Level& level, const Directive& d) { add_command(level, peer(level).description.commands, d); }

void set_verify(Level& level, const Directive& d) {
    using tls::VerifyClient;
    const auto& word = d.args[0].value;
    server(level).description.verify = word == "on"         ? VerifyClient::on
                                       : word == "optional" ? VerifyClient::optional
                                       : word == "off"      ? VerifyClient::off
                                                            : VerifyClient::optional_no_ca;
}
void set_depth(Level& level, const Directive& d) { server(level).description.verify_depth = core::parse_number<int>(d.args[0].value).value_or(1); }
void set_peer_depth(Level& level, const Directive& d) { peer(level).description.verify_depth = core::parse_number<int>(d.args[0].value).value_or(1); }

/// off, none, builtin[:size], shared:name:size.
void set_session_cache(Level& level, const Directive& d) {
    tls::SessionCacheRule rule;
    for (const auto& word : d.args) {
        const std::string_view text = word.value;
        if (text == "off") {
            rule.off = true;
        } else if (text == "none") {
            continue;
        } else if (text == "builtin" || text.starts_with("builtin:")) {
            rule.builtin = true;
            if (text == "builtin") continue;
            const auto size = core::parse_number<long>(text.substr(8));
            if (!size || *size < 0) return level.c.error(word.span, in_quotes(text) + " does not say how many sessions are kept", "as in builtin:1000");
            rule.builtin_size = *size;
        } else if (text.starts_with("shared:")) {
            const auto rest = text.substr(7);
            const auto colon = rest.find(':');
            const auto size = colon == rest.npos ? config::Parsed<std::int64_t>{} : config::parse_size(rest.substr(colon + 1));
            if (colon == rest.npos || colon == 0 || !size.ok() || size.value <= 0)
                return level.c.error(word.span, in_quotes(text) + " lacks a name or a size", "as in shared:SSL:10m");
            rule.shared = rest.substr(0, colon);
            rule.shared_size = static_cast<std::size_t>(size.value);
            if (rule.shared_size < 8 * 4096) return level.c.error(word.span, "session cache " + in_quotes(rule.shared) + " is too small", "32k at least; 1m holds about 4000 sessions");
            const auto [known, fresh] = level.c.session_caches.emplace(rule.shared, std::pair(rule.shared_size, word.span));
            if (!fresh && known->second.first != rule.shared_size)
                return (void)level.c.again(word.span, "the session cache " + in_quotes(rule.shared) + " has another size elsewhere", known->second.second, "one size for one name");
        } else {
            return level.c.error(word.span, in_quotes(text) + " is no session cache", "off, none, builtin, builtin:1000 or shared:SSL:10m");
        }
    }
    server(level).description.session_cache = rule;
}

void set_ocsp(Level& level, const Directive& d) {
    using tls::ClientOcsp;
    const auto& word = d.args[0].value;
    server(level).description.ocsp = word == "on" ? ClientOcsp::on : word == "leaf" ? ClientOcsp::leaf : ClientOcsp::off;
}
void set_ocsp_responder(Level& level, const Directive& d) { server(level).description.ocsp_responder = level.c.tls_item(d.args[0], d.args[0].value); }
void set_stapling_responder(Level& level, const Directive& d) { server(level).description.stapling_responder = level.c.tls_item(d.args[0], d.args[0].value); }

/// off, shared:name:size.
void set_ocsp_cache(Level& level, const Directive& d) {
    const auto& word = d.args[0];
    const std::string_view text = word.value;
    tls::OcspCacheRule rule;
    if (text != "off") {
        const auto rest = text.starts_with("shared:") ? text.substr(7) : std::string_view();
        const auto colon = rest.find(':');
        const auto size = colon == rest.npos ? config::Parsed<std::int64_t>{} : config::parse_size(rest.substr(colon + 1));
        if (colon == rest.npos || colon == 0 || !size.ok() || size.value <= 0)
            return level.c.error(word.span, "invalid OCSP cache " + in_quotes(text), "off, or a name and a size: shared:OCSP:1m");
        rule = {std::string(rest.substr(0, colon)), static_cast<std::size_t>(size.value)};
        if (rule.size < tls::SessionCache::least_size) return level.c.error(word.span, "OCSP cache " + in_quotes(text) + " is too small", "32k at least");
        const auto [known, fresh] = level.c.session_caches.emplace("ocsp " + rule.name, std::pair(rule.size, word.span));
        if (!fresh && known->second.first != rule.size)
            return (void)level.c.again(word.span, "the OCSP cache " + in_quotes(rule.name) + " has another size elsewhere", known->second.second, "one size for one name");
    }
    server(level).description.ocsp_cache = rule;
}

void set_session_timeout(Level& level, const Directive& d) {
    server(level).description.session_timeout = std::chrono::seconds(config::parse_seconds(d.args[0].value).value / 1000);
}
void set_buffer_size(Level& level, const Directive& d) {
    std::uint64_t size = 0;
    read(level.c, d.args[0], size);
    if (size < 512) return level.c.error(d.args[0].span, "a record of " + in_quotes(d.args[0].value) + " is too small", "512 at least; 4k for the first byte early, 16k for throughput");
    server(level).description.largest_record = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, 16384));
}
void set_handshake_timeout(Level& level, const Directive& d) {
    core::Duration time{};
    read(level.c, d.args[0], time);
    server(level).handshake_timeout = time;
}

void set_peer_item(Level& level, const Directive& d, tls::Item& item, vars::Template& name) {
    item = file_item(level, d.args[0]);
    name = has_variables(item) ? level.c.text(d.args[0]) : vars::Template::literal(item.text);
}
void set_peer_certificate(Level& level, const Directive& d) { set_peer_item(level, d, peer(level).description.pair.certificate, peer(level).certificate_name); }
void set_peer_key(Level& level, const Directive& d) { set_peer_item(level, d, peer(level).description.pair.key, peer(level).key_name); }

/// off, or max=N and times.
void set_pair_cache(Level& level, const Directive& d, tls::PairCacheRule& out) {
    tls::PairCacheRule rule;
    bool off = false;
    for (const auto& word : d.args) {
        const std::string_view text = word.value;
        const auto value = text.substr(std::min(text.find('=') + 1, text.size()));
        if (text == "off") {
            off = true;
        } else if (text.starts_with("max=")) {
            rule.most = core::parse_number<std::uint32_t>(value).value_or(0);
            if (rule.most == 0) return level.c.error(word.span, "a cache of certificates needs room for one at least", "as in max=1000");
        } else if (text.starts_with("inactive=") || text.starts_with("valid=")) {
            const auto time = config::parse_seconds(value);
            if (!time.ok()) return level.c.error(word.span, in_quotes(value) + " is no time", "as in valid=1h");
            (text.starts_with("valid=") ? rule.valid : rule.inactive) = std::chrono::milliseconds(time.value);
        } else {
            return level.c.error(word.span, in_quotes(text) + " is not known to " + in_quotes(d.name.value), "there are off, max=N, inactive=TIME and valid=TIME");
        }
    }
    if (off && d.args.size() > 1) return level.c.error(d.span, "\"off\" stands alone", "as in max=1000 inactive=20s valid=1m");
    if (!off && rule.most == 0) return level.c.error(d.span, in_quotes(d.name.value) + " needs \"max=\", the most certificates that it keeps", "as in max=1000 inactive=20s valid=1m");
    out = off ? tls::PairCacheRule{} : rule;
}
void set_certificate_cache(Level& level, const Directive& d) { set_pair_cache(level, d, server(level).cache); }
void set_peer_certificate_cache(Level& level, const Directive& d) { set_pair_cache(level, d, peer(level).cache); }

void set_peer_name(Level& level, const Directive& d) {
    auto& tls = peer(level);
    tls.name = level.c.text(d.args[0]);
    tls.has_name = true;
}
void set_peer_verify(Level& level, const Directive& d) { read(level.c, d.args[0], peer(level).description.verify); }

/// A log like others: opened at the start, anew when told to, and only the owner's.
std::string key_log(Level& level, const Word& word) {
    const auto path = level.c.path(word.value);
    observe::LogOptions options;
    options.secret = true;
    level.c.file(path, options, word.span);
    return path;
}
void set_key_log(Level& level, const Directive& d) { server(level).description.key_log = key_log(level, d.args[0]); }
void set_peer_key_log(Level& level, const Directive& d) { peer(level).description.key_log = key_log(level, d.args[0]); }

using Server = tls::ServerDescription;
using Client = tls::ClientDescription;

constexpr Setter table[] = {
    {"ssl_certificate", set_certificate},
    {"ssl_certificate_key", set_key},
    {"ssl_certificate_cache", set_certificate_cache},
    {"ssl_password_file", set_passwords},
    {"ssl_protocols", set_protocols},
    {"ssl_ciphers", set_ciphers},
    {"ssl_prefer_server_ciphers", set_server_flag<&Server::prefer_server_ciphers>},
    {"ssl_ecdh_curve", set_curves},
    {"ssl_dhparam", set_server_file<&Server::dhparam>},
    {"ssl_conf_command", set_command},
    {"ssl_session_cache", set_session_cache},
    {"ssl_session_timeout", set_session_timeout},
    {"ssl_session_tickets", set_server_flag<&Server::tickets>},
    {"ssl_session_ticket_key", set_ticket_key},
    {"ssl_early_data", set_server_flag<&Server::early_data>},
    {"ssl_buffer_size", set_buffer_size},
    {"ssl_handshake_timeout", set_handshake_timeout},
    {"ssl_reject_handshake", set_server_flag<&Server::reject_handshake>},
    {"ssl_verify_client", set_verify},
    {"ssl_verify_depth", set_depth},
    {"ssl_client_certificate", set_server_file<&Server::client_authorities>},
    {"ssl_trusted_certificate", set_server_file<&Server::trusted_authorities>},
    {"ssl_crl", set_server_file<&Server::crl>},
    {"ssl_stapling", set_server_flag<&Server::stapling>},
    {"ssl_stapling_verify", set_server_flag<&Server::stapling_verify>},
    {"ssl_stapling_file", set_server_file<&Server::stapling_file>},
    {"ssl_stapling_responder", set_stapling_responder},
    {"ssl_ocsp", set_ocsp},
    {"ssl_ocsp_responder", set_ocsp_responder},
    {"ssl_ocsp_cache", set_ocsp_cache},
    {"ssl_key_log", set_key_log},
    {"proxy_ssl_certificate", set_peer_certificate},
    {"proxy_ssl_certificate_key", set_peer_key},
    {"proxy_ssl_certificate_cache", set_peer_certificate_cache},
    {"proxy_ssl_password_file", set_peer_passwords},
    {"proxy_ssl_protocols", set_peer_protocols},
    {"proxy_ssl_ciphers", set_peer_ciphers},
    {"proxy_ssl_name", set_peer_name},
    {"proxy_ssl_server_name", set_peer_flag<&PeerTls::sends_name>},
    {"proxy_ssl_verify", set_peer_verify},
    {"proxy_ssl_verify_depth", set_peer_depth},
    {"proxy_ssl_trusted_certificate", set_peer_file<&Client::trusted>},
    {"proxy_ssl_crl", set_peer_file<&Client::crl>},
    {"proxy_ssl_session_reuse", set_peer_flag<&PeerTls::reuses_sessions>},
    {"proxy_ssl_conf_command", set_peer_command},
    {"proxy_ssl_key_log", set_peer_key_log},
};

}  // namespace

std::span<const Setter> tls() { return table; }

}  // namespace sluice::compile::tables
