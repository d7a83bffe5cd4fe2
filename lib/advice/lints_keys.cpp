// Keys and certificates of TLS: who may choose them, and who may see them.
#include <algorithm>

#include "advice/lint_rows.hpp"
#include "advice/target.hpp"
#include "advice/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

void find_key_log(const View& view, Report& report) {
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        if (d.name.value != "ssl_key_log" && d.name.value != "proxy_ssl_key_log") return;
        if (d.args.empty()) return;
        report.add(d.name.span, concat({"whoever reads ", in_quotes(d.args[0].value), " can decrypt every connection, also recorded ones"}),
                   "for looking into a fault only: take it out, and remove the file, when that is done");
    });
}

bool is_certificate(std::string_view name) {
    constexpr std::string_view names[] = {"ssl_certificate", "ssl_certificate_key", "proxy_ssl_certificate", "proxy_ssl_certificate_key"};
    return std::ranges::find(names, name) != std::end(names);
}

/// Of a request, as its client likes.
bool is_requests(std::string_view variable) {
    constexpr std::string_view prefixes[] = {"arg_", "http_", "cookie_"};
    constexpr std::string_view names[] = {"args", "query_string", "uri", "document_uri", "request_uri", "request", "content_type", "host"};
    return std::ranges::any_of(prefixes, [&](auto prefix) { return variable.starts_with(prefix); }) || std::ranges::find(names, variable) != std::end(names);
}

void find_chosen_by_client(const View& view, Report& report) {
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        if (!is_certificate(d.name.value) || d.args.empty()) return;
        const bool toward_peers = d.name.value.starts_with("proxy_");
        each_variable(d.args[0].value, [&](std::string_view name) {
            // Of the handshake, or taken from a request by a regex.
            const bool elsewhere = toward_peers && (name == "ssl_server_name" || (name.size() == 1 && name >= "1" && name <= "9"));
            if (!is_requests(name) && !elsewhere) return;
            if (toward_peers)
                report.add(d.args[0].span, concat({"the client chooses by $", name, " as whom its request goes to the backend"}),
                           "choose by a map of the values that are meant, with a default");
            else
                report.add(d.args[0].span, concat({"$", name, " is empty here: there is no request yet when the certificate is chosen"}),
                           "use $ssl_server_name");
        });
    });
}

void find_uncached(const View& view, Report& report) {
    each_directive(view.top(), [&](const Directive& d, const Level& level) {
        const std::string_view name = d.name.value;
        if ((name != "ssl_certificate" && name != "proxy_ssl_certificate") || d.args.empty() || !has_variable(d.args[0].value)) return;
        if (d.args[0].value.starts_with("data:")) return;
        const std::string cache = concat({name, "_cache"});
        if (setting(level, cache, "off") != "off") return;
        report.add(d.args[0].span, concat({"two files are read and checked at each ", name == "ssl_certificate" ? "handshake" : "request to a backend", ", while the worker's other clients wait"}),
                   concat({cache, " max=1000 inactive=1m valid=1m;"}));
    });
}

constexpr Lint table[] = {
    {.code = "SL028",
     .name = "key-log",
     .summary = "the secrets of all connections are written to a file",
     .explanation = R"(ssl_key_log and proxy_ssl_key_log write the secrets of each connection, with which Wireshark and its
like decrypt what was recorded of it. So can whoever gets hold of the file. It is made for its owner alone (mode 0600), but
backups and packets may be somewhere else.

Wrong, in service:
    server {
        listen 443 ssl;
        ssl_key_log /var/log/sluice/keys.log;
    }

Right: nothing of it; or, for an hour, only where the fault is.
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_key_log /root/keys.log;
    }
)",
     .find = find_key_log},
    {.code = "SL029",
     .name = "certificate-chosen-by-client",
     .summary = "a certificate's name has a variable that a client writes as it likes, or that is empty",
     .explanation = R"(A certificate is chosen amid the handshake, before there is a request: $uri, $arg_... and fields are
empty then, and only $ssl_server_name says what the client wants. Toward backends there is a request, and a certificate
named by one of its values lets the client choose as whom it is passed on. A value can lead to no other folder by "..", but
to every file beside, and to any file at all where the variable begins the name.

Wrong:
    ssl_certificate     /etc/sluice/certs/$http_host.crt;
    ssl_certificate_key /etc/sluice/certs/$http_host.key;
    location / {
        proxy_pass https://backend;
        proxy_ssl_certificate     /etc/sluice/clients/$arg_tenant.crt;
        proxy_ssl_certificate_key /etc/sluice/clients/$arg_tenant.key;
    }

Right:
    map $http_x_tenant $tenant {
        default nobody;
        one     one;
        two     two;
    }
    ssl_certificate     /etc/sluice/certs/$ssl_server_name.crt;
    ssl_certificate_key /etc/sluice/certs/$ssl_server_name.key;
    location / {
        proxy_pass https://backend;
        proxy_ssl_certificate     /etc/sluice/clients/$tenant.crt;
        proxy_ssl_certificate_key /etc/sluice/clients/$tenant.key;
    }
)",
     .find = find_chosen_by_client},
    {.code = "SL030",
     .name = "certificate-read-each-time",
     .summary = "certificates whose names have variables are not kept",
     .explanation = R"(A certificate whose name has a variable is read when a handshake wants it, by the worker, and checked
against its key. Without a cache that is done for every connection, and a slow disk stops all clients of the worker.

Wrong:
    ssl_certificate     /etc/sluice/certs/$ssl_server_name.crt;
    ssl_certificate_key /etc/sluice/certs/$ssl_server_name.key;

Right: files are looked at once in a minute.
    ssl_certificate     /etc/sluice/certs/$ssl_server_name.crt;
    ssl_certificate_key /etc/sluice/certs/$ssl_server_name.key;
    ssl_certificate_cache max=1000 inactive=1m valid=1m;
)",
     .find = find_uncached},
};

}  // namespace

std::span<const Lint> rows::keys() { return table; }

}  // namespace sluice::advice
