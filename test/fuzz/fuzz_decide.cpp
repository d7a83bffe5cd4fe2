// Requests against whole confs. The first byte chooses the conf, the rest is a head. Laws: nothing crashes; a decision
// is complete; error pages end; every variable can be read, and a log line has exactly one newline.
#include <cstdint>
#include <memory>
#include <string>

#include "exchange/silent_requester.hpp"
#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "http/framing.hpp"
#include "http/target.hpp"
#include "laws.hpp"
#include "route/decide.hpp"
#include "route/destination.hpp"
#include "route/log_line.hpp"

namespace {

using namespace sluice;
using fuzz::require;

const char* const confs[] = {
    // every kind of location, rewrites and pages
    R"(events {} http {
        map $uri $kind { ~^/(?<part>[a-z]+)(.*)$ "$part$2"; default none; }
        map $http_host $m { hostnames; .a a; b.* b; default $kind; }
        geo $arg_ip $g { default x; 10.0.0.0/8 y; 2001:db8::/32 z; }
        split_clients $request_uri $s { 50% a; * b; }
        server { listen 80; server_name a.test ~^(?<sub>\w+)\.b$;
            error_page 404 403 = /page$uri?$args; error_page 500 @n; recursive_error_pages on;
            rewrite ^/r/(.*)/(.*)$ /$2?$1; rewrite ^/x(.*) /xx$1 last;
            if ($args ~* (?<q>a=(.*))) { set $v $q$2$m$g$s; }
            location / { rewrite ^/(a+)$ /$1a last; return 200 "$v$uri$1$kind"; }
            location /p/ { proxy_pass http://127.0.0.1:1/base/; limit_except GET { proxy_pass http://127.0.0.1:2; } }
            location /b/ { rewrite ^/b/(.*)$ /$1 break; proxy_pass http://127.0.0.1:1/base/; }
            location /v/ { proxy_pass http://$arg_to$uri; }
            location ~ ^/re/(.)(?<rest>.*) { if ($rest) { return 302 /$rest$1; } return 301 $scheme://$host$request_uri; }
            location ^~ /i/ { internal; return 404; }
            location = /e { return 403; }
            location /d { rewrite ^/d(.*)$ http://o/$1 permanent; }
            location @n { set $args $arg_n; proxy_pass http://127.0.0.1:1; } } })",
    // paths as they are, several sites
    R"(events {} http { merge_slashes off; absolute_redirect off;
        server { listen 80; server_name *.a b.*; rewrite (.*) $1 break; location // { proxy_pass http://127.0.0.1:1/; }
            location / { proxy_pass http://unix:/s:/u; } }
        server { listen 80 default_server; server_name "" c; client_max_body_size 3;
            location /f/ { proxy_pass http://127.0.0.1:1; } location / { error_page 413 404 =200 $arg_p; return 404; } } })",
    // who may come
    R"(events {} http { deny 10.0.0.1; allow 10.0.0.0/8; deny ::/1; set_real_ip_from 0.0.0.0/0; set_real_ip_from ::/0;
        real_ip_header X-Forwarded-For; real_ip_recursive on; underscores_in_headers on;
        server { listen 80; ignore_invalid_headers off; error_page 403 /e; satisfy any;
            location / { real_ip_header X-Real-IP; proxy_set_header X-A $remote_addr; proxy_pass http://127.0.0.1:1; }
            location /e { deny all; set_real_ip_from 127.0.0.1; real_ip_header X_B; proxy_pass http://127.0.0.1:1; }
            location /l { limit_except GET { deny all; } proxy_pass http://127.0.0.1:1; } } })",
};

compile::Resolved resolve(const std::string& host, std::uint16_t port) {
    if (const auto literal = net::Address::parse(host, port)) return {{*literal}, ""};
    return {{}, "not known"};
}

constexpr const char* all_variables =
    "$remote_addr $realip_remote_addr $host $http_host $http_cookie $cookie_a $arg_a $args $uri $request_uri $is_args $request "
    "$remote_user "
    "$content_length $query_string $request_port $is_request_port $authority $http_x $status $server_name $server_addr "
    "$proxy_host $proxy_add_x_forwarded_for $upstream_addr $sent_http_location $request_id $time_local $limit_rate "
    "$http_user_agent $http_referer $1 $2";

struct Compiled {
    std::shared_ptr<route::Snapshot> snapshot;

    explicit Compiled(std::string text) {
        text.insert(text.find("http {") + 6,
                    std::string(" log_format all \"") + all_variables + "\"; access_log /a all; ");
        config::Conf conf = config::parse(config::MemoryFiles({{"a", std::move(text)}}), "a");
        config::check(conf);
        compile::Options options;
        options.resolve = resolve;
        snapshot = compile::compile(std::move(conf), options);
        const std::string said = config::render(snapshot->conf.diagnostics, snapshot->conf.sources);
        require(snapshot->conf.ok(), said.c_str());
    }
};

/// As server/serve goes on; the number of turns is bounded by the scope's own count.
void follow(route::Scope& scope, route::Decision decision) {
    using Kind = route::Decision::Kind;
    for (int turns = 0;; ++turns) {
        require(turns < 20, "error pages end");
        int status = decision.status;
        require(scope.route != nullptr && scope.site != nullptr, "a decision has a route");
        if (decision.kind == Kind::serve) {
            const auto* pass = std::get_if<route::ProxyPass>(&scope.route->content);
            if (pass) {
                const auto there = route::find_destination(scope, *pass);
                scope.peer_uri = there.uri;
                require(there.uri.find_first_of("\r\n\t ") == there.uri.npos, "the URI is one word of a request line");
                if (pass->url && !there.authority.empty()) return;
                require(pass->url || !there.uri.empty(), "a peer is asked for something");
            }
            status = pass ? 502 : 404;
        } else if (decision.kind == Kind::redirect) {
            const auto location = route::absolute_location(scope, decision.text);
            require(location.find_first_of("\r\n") == location.npos, "Location is one line");
            require(route::is_redirect(status), "a redirect has a status for it");
        } else {
            require(decision.kind == Kind::close || status > 0, "an answer has a status");
        }
        const auto next = route::on_error(scope, status);
        if (!next) return;
        decision = *next;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Compiled compiled[] = {Compiled(confs[0]), Compiled(confs[1]), Compiled(confs[2])};
    static core::BufferPool buffers;
    static http::DateCache dates;
    static core::ManualClock clock;
    static core::Rng rng{1};
    static route::Tools tools{buffers, dates, clock, rng, {}};
    if (size < 2) return 0;
    const auto& snapshot = *compiled[data[0] % 3].snapshot;
    std::string head(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (head.find("\r\n\r\n") == head.npos) head += "\r\nHost: a.test\r\n\r\n";
    const auto local = *net::Address::parse("127.0.0.1", 80), client = *net::Address::parse("127.0.0.1", 4000);
    exchange::SilentRequester requester;
    exchange::Exchange x;
    x.client = &client;
    x.local = &local;
    x.requester = &requester;
    route::Scope scope(snapshot, snapshot.listening.front(), x, tools);
    if (http::parse_request_head(head, 0, {.odd_names = true}, x.head).state != http::HeadState::complete) return 0;
    x.framing = http::frame_request(x.head);
    x.target = http::parse_target(x.head);
    if (x.framing.error || x.target.error) return 0;
    route::Trace trace;
    follow(scope, route::decide(scope, head.size() % 2 ? &trace : nullptr));
    for (const auto& variable : snapshot.variables) scope.get(variable);
    std::string line;
    for (const auto& log : *snapshot.sites.front().root.settings.access_logs) {
        line.clear();
        route::append_log_line(line, *log.format, scope);
        require(line.find('\n') == line.size() - 1, "one line");
    }
    return 0;
}
