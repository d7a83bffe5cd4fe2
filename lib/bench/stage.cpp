#include "bench/stage.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "config/files.hpp"
#include "config/row.hpp"
#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

/// What would touch the machine or other machines, or has no meaning here.
constexpr std::string_view left_out[] = {"include",
                                         "user",
                                         "pid",
                                         "daemon",
                                         "lock_file",
                                         "working_directory",
                                         "load_module",
                                         "debug_points",
                                         "worker_priority",
                                         "worker_cpu_affinity",
                                         "worker_rlimit_core",
                                         "worker_rlimit_nofile",
                                         "stream",
                                         "mail",
                                         "resolver",
                                         "resolver_timeout",
                                         "ssl_stapling",
                                         "ssl_stapling_file",
                                         "ssl_stapling_responder",
                                         "ssl_stapling_verify",
                                         "ssl_ocsp",
                                         "ssl_ocsp_responder",
                                         "ssl_ocsp_cache",
                                         "ssl_engine",
                                         "proxy_bind",
                                         "proxy_ssl_verify",
                                         "proxy_ssl_name",
                                         "proxy_ssl_server_name"};

/// Files that are read in the conf's own folder.
constexpr std::string_view files_of_conf[] = {"ssl_client_certificate",
                                              "ssl_trusted_certificate",
                                              "ssl_crl",
                                              "ssl_dhparam",
                                              "ssl_password_file",
                                              "ssl_session_ticket_key",
                                              "proxy_ssl_certificate",
                                              "proxy_ssl_certificate_key",
                                              "proxy_ssl_trusted_certificate",
                                              "proxy_ssl_crl",
                                              "proxy_ssl_password_file",
                                              "auth_basic_user_file"};

/// What a listener keeps of its parameters.
constexpr std::string_view listen_parameters[] = {"default_server", "default", "ssl"};

template <class List>
bool in(const List& list, std::string_view word) {
    return std::ranges::find(list, word) != std::end(list);
}

/// For a word of a conf that may hold anything.
std::string conf_word(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

class Stager {
  public:
    Stager(const config::Conf& conf, const StageTools& tools) : conf_(conf), tools_(tools) {}

    Staged run() {
        own_certificate_ = any_unreadable(conf_.directives);
        if (own_certificate_)
            note("a certificate or key of the conf cannot be read: one made for this run stands in for all of them");
        line(concat({"pid ", conf_word(tools_.folder + "sluice.pid"), ";"}), {});
        if (!tools_.user.empty()) line(concat({"user ", tools_.user, ";"}), {});
        line(concat({"error_log ", conf_word(tools_.folder + "error.log"), ";"}), {});
        walk(conf_.directives, config::in::main, "");
        return std::move(out_);
    }

  private:
    using Span = config::Span;

    void note(std::string text) {
        if (!in(out_.notes, text)) out_.notes.push_back(std::move(text));
    }

    void line(std::string_view text, Span where) {
        out_.text += text;
        out_.text += '\n';
        ConfPlace place;
        if (where.known()) place = {conf_.sources[where.source].path, conf_.sources.position(where).line};
        out_.places.insert(out_.places.end(), static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1, place);
    }

    std::string raw(const config::Word& word) const { return std::string(conf_.sources.text(word.span)); }

    std::string words(const Directive& d, std::size_t from = 0) const {
        std::string out;
        for (std::size_t i = from; i < d.args.size(); ++i) out += ' ' + raw(d.args[i]);
        return out;
    }

    void walk(const std::vector<Directive>& list, config::Contexts context, std::string_view group) {
        bool listens = false;
        for (const Directive& d : list) {
            const std::string& name = d.name.value;
            listens |= name == "listen";
            const auto* row = config::find_row(name, context);
            const bool entries = (context & (config::in::entries | config::in::opaque)) != 0;
            if (entries ? name == "include" : in(left_out, name)) continue;
            if (!entries && row && row->support == config::Support::later) {
                note(concat({in_quotes(name), " is not in sluice yet, and was left out"}));
                continue;
            }
            if (d.block) {
                line(concat({raw(d.name), words(d), " {"}), d.span);
                const bool peers = context == config::in::http && name == "upstream";
                if (context == config::in::main && name == "http") usual_files(d.block->children);
                walk(d.block->children, row ? row->opens : config::in::entries,
                     peers && !d.args.empty() ? d.args[0].value : "");
                line("}", d.span);
            } else if (const std::string text = entries ? plain(d) : rewrite(d, context, group); !text.empty())
                line(text, d.span);
        }
        if (context == config::in::server && !listens) line(listener("*:80", "80", ""), {});
    }

    /// What is written without a word of the conf goes to our folder, too.
    void usual_files(const std::vector<Directive>& http) {
        for (const std::string_view name : {"access_log", "client_body_temp_path", "proxy_temp_path"})
            if (std::ranges::none_of(http, [&](const Directive& d) { return d.name.value == name; }))
                line(concat({name, " ", conf_word(concat({tools_.folder, name})), ";"}), {});
    }

    std::string plain(const Directive& d) const { return concat({raw(d.name), words(d), ";"}); }

    std::string rewrite(const Directive& d, config::Contexts context, std::string_view group) {
        const std::string& name = d.name.value;
        if (name == "listen" && !d.args.empty()) return listen(d);
        if (name == "server" && context == config::in::upstream && !d.args.empty()) return peer(d, group);
        if (name == "proxy_pass" && !d.args.empty()) return proxy_pass(d);
        if (name == "access_log" || name == "error_log") return log(d);
        if (name.ends_with("_temp_path") && !d.args.empty())
            return concat({name, " ", conf_word(tools_.folder + name), words(d, 1), ";"});
        if (name == "ssl_certificate" || name == "ssl_certificate_key") return certificate(d);
        if (name == "ssl_verify_client" && !d.args.empty() && d.args[0].value == "on") {
            note("ssl_verify_client on became optional: the load has no certificate");
            return "ssl_verify_client optional;";
        }
        if (in(files_of_conf, name) && !d.args.empty()) return file_of_conf(d);
        return plain(d);
    }

    // Listeners.

    std::string listener(const std::string& key, std::string_view shown, std::string_view parameters) {
        auto found = ports_of_listeners_.find(key);
        if (found == ports_of_listeners_.end()) {
            found = ports_of_listeners_.emplace(key, tools_.free_port(tools_.ports)).first;
            out_.listeners.push_back({std::string(shown), "", found->second});
        }
        return concat({"listen 127.0.0.1:", std::to_string(found->second), parameters, ";"});
    }

    /// The same socket under another spelling is the same listener.
    static std::string key_of(const std::string& address) {
        const auto parsed = config::parse_listen_address(address);
        if (!parsed.ok()) return address;
        using Family = config::AddressText::Family;
        const auto& v = parsed.value;
        if (v.family == Family::unix_path) return address;
        return concat({v.host.empty() ? "*" : v.host, ":", std::to_string(v.port)});
    }

    std::string listen(const Directive& d) {
        std::string parameters;
        for (std::size_t i = 1; i < d.args.size(); ++i) {
            const std::string& word = d.args[i].value;
            if (word == "quic" || word == "udp") return "";
            if (in(listen_parameters, word)) parameters += ' ' + word;
            if (word == "proxy_protocol") note("listeners with proxy_protocol take plain connections here");
            if (word == "http2") note("http2 was left out of listen: the load is HTTP/1.1");
        }
        return listener(key_of(d.args[0].value), d.args[0].value, parameters);
    }

    // Peers.

    std::uint16_t port_of_peer(const std::string& name, const std::string& address) {
        const auto key = std::pair(name, address);
        const auto found = ports_of_peers_.find(key);
        if (found != ports_of_peers_.end()) return found->second;
        const auto port = tools_.free_port(tools_.ports);
        out_.peers.push_back({name, address, port});
        return ports_of_peers_[key] = port;
    }

    std::string peer(const Directive& d, std::string_view group) {
        std::string parameters;
        for (std::size_t i = 1; i < d.args.size(); ++i) {
            const std::string& word = d.args[i].value;
            if (word != "resolve" && !word.starts_with("service=")) parameters += ' ' + raw(d.args[i]);
        }
        const auto port = port_of_peer(std::string(group), d.args[0].value);
        return concat({"server 127.0.0.1:", std::to_string(port), parameters, ";"});
    }

    bool is_group(std::string_view name) {
        if (groups_.empty()) find_groups(conf_.directives);
        return groups_.contains(std::string(name));
    }
    void find_groups(const std::vector<Directive>& list) {
        for (const Directive& d : list) {
            if (!d.block) continue;
            if (d.name.value == "http") find_groups(d.block->children);
            if (d.name.value == "upstream" && !d.args.empty()) groups_.insert(d.args[0].value);
        }
        groups_.insert("");  // looked for, whatever was found
    }

    /// Of the first variable that always begins with a slash; the URL's size if there is none.
    static std::size_t start_of_path(const std::string& url, std::size_t from) {
        std::size_t out = url.size();
        for (const char* const path :
             {"$request_uri", "$uri", "$document_uri", "${request_uri}", "${uri}", "${document_uri}"})
            out = std::min(out, url.find(path, from));
        return out;
    }

    /// Whether map, geo or split_clients make the variable ("$name"), and only names of groups can come of it.
    bool names_groups(std::string_view variable, unsigned depth = 0) const {
        if (depth > 8 || !variable.starts_with('$')) return false;
        const auto http = std::ranges::find_if(conf_.directives,
                                               [](const Directive& d) { return d.name.value == "http" && d.block; });
        if (http == conf_.directives.end()) return false;
        constexpr std::string_view makers[] = {"map", "geo", "split_clients"};
        bool found = false;
        for (const Directive& d : http->block->children) {
            if (!in(makers, d.name.value) || !d.block || d.args.empty() || d.args.back().value != variable) continue;
            found = true;
            for (const Directive& entry : d.block->children)
                if (entry.name.value != "include" && !entry.args.empty() && !groups_.contains(entry.args[0].value) &&
                    !names_groups(entry.args[0].value, depth + 1))
                    return false;
        }
        return found;
    }

    /// Nothing but our own backends is ever reached: where a variable says who is asked, one of them stands in.
    std::string proxy_pass(const Directive& d) {
        const std::string& url = d.args[0].value;
        const auto scheme = url.find("://");
        const auto start = scheme == url.npos ? 0 : scheme + 3;
        const bool unix_socket = std::string_view(url).substr(start).starts_with("unix:");
        auto end = unix_socket ? url.find(':', start + 5) : url.find('/', start);
        end = std::min({end, url.size(), start_of_path(url, start)});
        const std::string authority = url.substr(start, end - start);
        if (scheme != url.npos && (is_group(authority) || names_groups(authority))) return plain(d);
        const bool variable = scheme == url.npos || authority.find('$') != authority.npos;
        if (variable) note(concat({"proxy_pass ", url, " leads to a backend of our own, whatever the variable says"}));
        const std::string& known = variable ? url : authority;
        const std::string prefix = scheme == url.npos || url.find('$') < scheme ? "http" : url.substr(0, scheme);
        std::string rest = scheme == url.npos ? "" : url.substr(end);
        if (unix_socket && rest.starts_with(':')) rest.erase(0, 1);
        return concat({"proxy_pass ",
                       conf_word(concat({prefix, "://127.0.0.1:", std::to_string(port_of_peer(known, known)), rest})),
                       ";"});
    }

    // What is written, and what is read.

    std::string log(const Directive& d) {
        if (d.args.empty() || d.args[0].value == "off" || d.args[0].value == "stderr") return plain(d);
        const bool access = d.name.value == "access_log";
        const bool remote = d.args[0].value.starts_with("syslog:");
        if (remote) note("logs to syslog go to files of this run");
        auto& path = logs_[d.args[0].value];
        if (path.empty())
            path = concat({tools_.folder, access ? "access-" : "error-", std::to_string(logs_.size()), ".log"});
        return concat({d.name.value, " ", conf_word(path), words(d, 1), ";"});
    }

    bool is_readable(const std::string& path) const {
        return path.find('$') == path.npos && tools_.readable(config::resolve_path(tools_.conf_folder, path));
    }

    bool any_unreadable(const std::vector<Directive>& list) const {
        return std::ranges::any_of(list, [this](const Directive& d) {
            const bool named = d.name.value == "ssl_certificate" || d.name.value == "ssl_certificate_key";
            return (named && !d.args.empty() && !is_readable(d.args[0].value)) ||
                   (d.block && any_unreadable(d.block->children));
        });
    }

    std::string certificate(const Directive& d) const {
        const bool key = d.name.value == "ssl_certificate_key";
        if (d.args.empty()) return plain(d);
        const std::string path = own_certificate_ ? (key ? tools_.key : tools_.certificate)
                                                  : config::resolve_path(tools_.conf_folder, d.args[0].value);
        return concat({d.name.value, " ", conf_word(path), ";"});
    }

    std::string file_of_conf(const Directive& d) {
        const std::string& path = d.args[0].value;
        if (path.find('$') != path.npos || path == "off") return plain(d);
        if (is_readable(path))
            return concat(
                {d.name.value, " ", conf_word(config::resolve_path(tools_.conf_folder, path)), words(d, 1), ";"});
        note(concat({d.name.value, " ", path, " cannot be read, and was left out"}));
        return "";
    }

    const config::Conf& conf_;
    const StageTools& tools_;
    Staged out_;
    bool own_certificate_ = false;
    std::set<std::string> groups_;
    std::map<std::string, std::uint16_t> ports_of_listeners_;
    std::map<std::pair<std::string, std::string>, std::uint16_t> ports_of_peers_;
    std::map<std::string, std::string> logs_;
};

}  // namespace

Staged stage(const config::Conf& conf, const StageTools& tools) { return Stager(conf, tools).run(); }

std::string in_words_of_conf(std::string message, const std::string& path, const Staged& staged) {
    const std::string start = path + ':';
    for (auto at = message.find(start); at != message.npos; at = message.find(start, at + 1)) {
        const auto digits = at + start.size();
        const auto end = std::min(message.find_first_not_of("0123456789", digits), message.size());
        const auto number = core::parse_number<std::size_t>(std::string_view(message).substr(digits, end - digits));
        if (!number || *number == 0 || *number > staged.places.size()) continue;
        const ConfPlace& place = staged.places[*number - 1];
        message.replace(at, end - at, place.line == 0 ? "(made for this run)" : place.text());
    }
    return message;
}

}  // namespace sluice::bench
