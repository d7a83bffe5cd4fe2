// What is believed of clients, and what others on the machine may read.
#include <algorithm>
#include <set>

#include "advice/lint_rows.hpp"
#include "advice/target.hpp"
#include "advice/words.hpp"
#include "config/files.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Directive;
using config::in_quotes;

bool is_redirect_code(std::string_view code) {
    return code == "301" || code == "302" || code == "303" || code == "307" || code == "308";
}

bool is_absolute(std::string_view url) {
    return url.starts_with("http://") || url.starts_with("https://") || url.starts_with("$scheme");
}

/// The argument that a client is sent to; nullptr if the directive redirects nobody.
const config::Word* redirect_target(const Directive& d) {
    const std::string& name = d.name.value;
    if (d.args.empty()) return nullptr;
    const config::Word& last = d.args.back();
    if (name == "return" && d.args.size() == 2 && is_redirect_code(d.args[0].value)) return &last;
    if (name == "return" && d.args.size() == 1 && is_absolute(last.value)) return &last;
    if (name == "rewrite" && d.args.size() >= 2 && is_absolute(d.args[1].value)) return &d.args[1];
    if (name == "error_page" && is_absolute(last.value)) return &last;
    return nullptr;
}

const Level* site_of(const Level& level) {
    const Level* out = &level;
    while (out && !(out->context & config::in::server)) out = out->outer;
    return out;
}

bool has_name(const Level& site) {
    for (const Directive* names : own(site, "server_name"))
        for (const config::Word& name : names->args)
            if (name.value != "_" && !name.value.empty()) return true;
    return false;
}

void find_redirect_host(const View& view, Report& report) {
    each_directive(view.top(), [&](const Directive& d, const Level& level) {
        const config::Word* url = redirect_target(d);
        const Level* site = site_of(level);
        if (!url || !site) return;
        bool raw = false;
        bool host = false;
        each_variable(url->value, [&](std::string_view name) {
            raw = raw || name == "http_host";
            host = host || name == "host";
        });
        if (!raw && (!host || has_name(*site))) return;
        report.add(
            url->span,
            concat({"the client itself says where it is redirected to: ",
                    raw ? "$http_host is its Host field as it came"
                        : "this site has no server_name, so $host may be any name"}),
            raw && has_name(*site) ? "use $server_name, or $host" : "write the name, or give the site a server_name");
    });
}

void find_allow(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::sites | config::in::limit_except)) {
        const Directive* allow = first_own(*level, "allow");
        if (!allow || first_own(*level, "deny")) continue;
        if (!allow->args.empty() && allow->args[0].value == "all") continue;
        report.add(allow->span, "everybody is let in here: what no rule matches is allowed",
                   "add \"deny all;\" behind it");
    }
}

void find_real_ip(const View& view, Report& report) {
    for (const Level* level : view.levels(config::in::sites))
        for (const Directive* from : own(*level, "set_real_ip_from")) {
            if (from->args.empty() || !from->args[0].value.ends_with("/0")) continue;
            report.add(from->args[0].span, "every client may say which address it comes from",
                       "name only the proxies in front, as in set_real_ip_from 10.0.0.0/8;");
        }
}

constexpr unsigned others_read = 04, others_write = 02;

/// Names of header fields whose values are passwords.
bool is_secret_field(std::string_view field) {
    const std::string name = lower_case(field);
    for (const std::string_view end : {"authorization", "-key", "-token", "-secret", "-password"})
        if (name.ends_with(end)) return true;
    return false;
}

/// The argument that is a password written into the conf.
const config::Word* secret_in(const Directive& d) {
    if (d.name.value == "secure_link_secret" && d.args.size() == 1) return &d.args[0];
    if (d.name.value != "proxy_set_header" || d.args.size() != 2 || !is_secret_field(d.args[0].value)) return nullptr;
    return d.args[1].value.empty() || has_variable(d.args[1].value) ? nullptr : &d.args[1];
}

bool names_secret_file(std::string_view directive) {
    constexpr std::string_view names[] = {"ssl_certificate_key",    "proxy_ssl_certificate_key",
                                          "ssl_password_file",      "proxy_ssl_password_file",
                                          "ssl_session_ticket_key", "auth_basic_user_file"};
    return std::ranges::find(names, directive) != std::end(names);
}

void check_file_of(const Directive& d, const View& view, Report& report) {
    if (!names_secret_file(d.name.value) || d.args.empty() || has_variable(d.args[0].value)) return;
    const std::string path = config::resolve_path(view.prefix(), d.args[0].value);
    const std::optional<unsigned> mode = view.modes().mode(path);
    if (!mode || !(*mode & (others_read | others_write))) return;
    report.add(d.args[0].span,
               concat({"every user of this machine may ", *mode & others_read ? "read " : "change ", in_quotes(path)}),
               concat({"chmod o-rwx ", path}));
}

void find_readable(const View& view, Report& report) {
    std::set<std::string> said;
    each_directive(view.top(), [&](const Directive& d, const Level&) {
        check_file_of(d, view, report);
        const std::string& path = view.sources()[d.span.source].path;
        const std::optional<unsigned> mode = view.modes().mode(path);
        if (!mode) return;
        if ((*mode & others_write) && said.insert(path).second)
            report.add(d.name.span, concat({"every user of this machine may change ", in_quotes(path)}),
                       concat({"chmod o-w ", path}));
        const config::Word* secret = secret_in(d);
        if (secret && (*mode & others_read))
            report.add(secret->span, concat({"every user of this machine may read this secret in ", in_quotes(path)}),
                       concat({"chmod o-rwx ", path, ", or move it into a file of its own and include that"}));
    });
}

constexpr Lint table[] = {
    {.code = "SL019",
     .name = "redirect-to-client-host",
     .summary = "a redirect goes to a host that the client named",
     .explanation = R"($http_host is the Host field as the client sent it. $host is nearly that, but in a site with a
server_name it is one of the site's names, unless the site is also the default one. A redirect to it sends people
wherever the one who made the request, or a cache between, wanted.

Wrong:
    server {
        listen 80;
        return 301 https://$http_host$request_uri;
    }

Right:
    server {
        listen 80;
        server_name example.com www.example.com;
        return 301 https://$host$request_uri;
    }

Right, with one name for all:
        return 301 https://example.com$request_uri;
)",
     .find = find_redirect_host},
    {.code = "SL020",
     .name = "allow-without-deny",
     .summary = "allow without a deny lets everybody in",
     .explanation =
         R"(Rules are tried in order, and who matches none is let in. A list of allow alone so keeps nobody out.

Wrong: open to all.
    location /admin/ {
        allow 10.0.0.0/8;
        proxy_pass http://admin;
    }

Right:
    location /admin/ {
        allow 10.0.0.0/8;
        deny all;
        proxy_pass http://admin;
    }
)",
     .needs_whole = true,
     .find = find_allow},
    {.code = "SL021",
     .name = "real-ip-from-everyone",
     .summary = "every client may choose the address that it seems to come from",
     .explanation =
         R"(set_real_ip_from names the proxies whose word on a client's address is taken. With 0.0.0.0/0 that is
everybody, and a client that sends X-Forwarded-For gets past allow, deny and limits.

Wrong:
    set_real_ip_from 0.0.0.0/0;
    real_ip_header X-Forwarded-For;

Right:
    set_real_ip_from 10.0.0.0/8;
    real_ip_header X-Forwarded-For;
)",
     .find = find_real_ip},
    {.code = "SL022",
     .name = "secrets-readable-by-all",
     .summary = "a key, a file of passwords, or a conf file with a secret in it is open to every user of the machine",
     .explanation = R"(Keys and files of passwords are read before rights are given up: only root has to be able to read
them. A conf file may be readable, unless there is a secret in it, such as a token for a backend; nobody but its owner
should be able to change it.

Wrong:
    -rw-r--r-- root root /etc/ssl/private/example.com.key

Right:
    chmod o-rwx /etc/ssl/private/example.com.key

Wrong, in a conf file that all may read:
    proxy_set_header Authorization "Basic c2VjcmV0";

Right: the line in a file of its own, with chmod 0600.
    include /etc/sluice/secrets.conf;
)",
     .find = find_readable},
};

}  // namespace

std::span<const Lint> rows::trust() { return table; }

}  // namespace sluice::advice
