// What the conf says of a location. Entering a block copies the settings around it; the rows of that block then change
// them (lib/compile). Immutable once compiled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/source.hpp"
#include "core/time.hpp"
#include "exchange/reasons.hpp"
#include "files/open.hpp"
#include "http/conditional.hpp"
#include "http/head.hpp"
#include "observe/log_options.hpp"
#include "route/access.hpp"
#include "route/buffer_settings.hpp"
#include "route/real_ip.hpp"
#include "route/tls_settings.hpp"
#include "route/types.hpp"
#include "vars/template.hpp"

namespace sluice::route {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// proxy_set_header. An empty value leaves the field out.
struct SetHeader {
    std::string name;
    http::FieldId id = http::FieldId::other;
    vars::Template value;
    bool plain = false;  // no value holds what must be escaped
};

/// add_header, add_trailer.
struct AddHeader {
    enum class Kind : std::uint8_t { added, replaces, last_modified };
    std::string name;
    vars::Template value;
    bool always = false;
    Kind kind = Kind::added;
};

/// add_header_inherit, add_trailer_inherit: what becomes of the list around.
enum class Inherit : std::uint8_t { on, off, merge };

/// expires.
struct Expires {
    enum class Kind : std::uint8_t {
        off, epoch, max,
        access,    // so long from now
        modified,  // so long after Last-Modified
        daily,     // at that time of the day
    };
    Kind kind = Kind::off;
    std::int64_t seconds = 0;
};

struct Matcher;

/// proxy_redirect, proxy_cookie_domain, proxy_cookie_path: what takes the place of what.
struct Replacement {
    vars::Template pattern;                  // stands in front; of a cookie's domain it is the whole, in any case
    std::shared_ptr<const Matcher> matcher;  // instead of that; then all of the value is replaced
    vars::Template text;
};

/// proxy_cookie_flags.
struct CookieFlags {
    vars::Template cookie;                   // its name
    std::shared_ptr<const Matcher> matcher;  // instead of that
    std::vector<vars::Template> flags;       // words, as in the conf: "secure", "nosamesite"
};

/// proxy_bind.
struct LocalBinding {
    vars::Template address;
    bool transparent = false;  // it may be one that is not this machine's
};

/// When another peer is tried: bits of proxy_next_upstream.
namespace next_upstream {
constexpr std::uint32_t error = 1u << 0;
constexpr std::uint32_t timeout = 1u << 1;
constexpr std::uint32_t invalid_header = 1u << 2;
constexpr std::uint32_t non_idempotent = 1u << 3;
constexpr std::uint32_t http_403 = 1u << 4;
constexpr std::uint32_t http_404 = 1u << 5;
constexpr std::uint32_t http_429 = 1u << 6;
constexpr std::uint32_t http_500 = 1u << 7;
constexpr std::uint32_t http_502 = 1u << 8;
constexpr std::uint32_t http_503 = 1u << 9;
constexpr std::uint32_t http_504 = 1u << 10;
constexpr std::uint32_t off = 1u << 31;  // beside any other: none of them
constexpr std::uint32_t usual = error | timeout;
}  // namespace next_upstream

/// What a peer's fields do not do here: bits of proxy_ignore_headers.
namespace ignored {
constexpr std::uint32_t accel_redirect = 1u << 0;
constexpr std::uint32_t accel_expires = 1u << 1;
constexpr std::uint32_t accel_limit_rate = 1u << 2;
constexpr std::uint32_t accel_buffering = 1u << 3;
constexpr std::uint32_t accel_charset = 1u << 4;
constexpr std::uint32_t expires = 1u << 5;
constexpr std::uint32_t cache_control = 1u << 6;
constexpr std::uint32_t set_cookie = 1u << 7;
constexpr std::uint32_t vary = 1u << 8;
}  // namespace ignored

/// error_page: what answers for some statuses.
struct ErrorPage {
    static constexpr int own_status = -1;  // "=": that of whatever answers instead
    static constexpr int same_status = 0;

    std::vector<int> statuses;
    int answer = same_status;
    vars::Template target;  // a URI, an absolute URL, or "@name"
    config::Span where;
};

/// log_format.
struct LogFormat {
    enum class Escape : std::uint8_t { standard, json, none };
    std::string name;
    vars::Template line;
    Escape escape = Escape::standard;
};

/// access_log.
struct AccessLog {
    std::string target;
    std::shared_ptr<const LogFormat> format;
    vars::Template condition;  // if=
    bool has_condition = false;
    std::uint32_t file = 0;  // index into Snapshot::files
    vars::Template path;     // of a target with variables: a path for each line
    bool has_path = false;
};

struct ErrorLog {
    std::string target;
    exchange::Level level = exchange::Level::error;
    std::uint32_t file = 0;
    bool json = false;  // one JSON object per line
};

enum class ServerTokens : std::uint8_t { on, off, build, text };
enum class Lingering : std::uint8_t { off, on, always };
/// `usual`: toward loopback and private addresses.
enum class ProxyStatus : std::uint8_t { usual, on, off };
enum class Satisfy : std::uint8_t { all, any };

/// A list that a level either has of its own or takes from around it.
template <class T>
using Shared = std::shared_ptr<const std::vector<T>>;

/// Where the directives stand that set limits, by their names: for messages that say which one was passed.
using Places = Shared<std::pair<std::string_view, config::Span>>;

/// keepalive_disable: browsers whose connections are not kept.
struct KeepAliveDisable {
    bool msie6 = true, safari = false;
};

struct ClientSettings {
    std::uint64_t max_body = 1 << 20;  // bytes; 0: any
    BodyBuffers body;
    core::Duration body_timeout = seconds(60);
    core::Duration send_timeout = seconds(60);
    core::Duration keepalive_timeout = seconds(75);  // 0: connections are not kept
    std::int64_t keepalive_header = 0;               // seconds told in Keep-Alive; 0: nothing is told
    std::uint64_t keepalive_requests = 1000;
    core::Duration keepalive_time = hours(1);
    core::Duration lingering_timeout = seconds(5);
    core::Duration lingering_time = seconds(30);
    Lingering lingering = Lingering::on;
    KeepAliveDisable keepalive_disable;
    bool reset_timedout = false;  // reset_timedout_connection
    bool limits_rate = false;     // there is a limit_rate
    vars::Template limit_rate, limit_rate_after;
};

struct ProxySettings {
    AnswerBuffers buffers;
    core::Duration connect_timeout = seconds(60);
    core::Duration send_timeout = seconds(60);
    core::Duration read_timeout = seconds(60);
    core::Duration tunnel_timeout{};  // 0: as read_timeout
    Shared<SetHeader> headers;
    http::FieldSet set_ids = 0;  // of the headers
    vars::Template method;
    bool has_method = false;
    bool pass_headers = true, pass_body = true;
    int http_minor = 1;
    std::uint32_t tries = 0;     // 0: as many as there are peers
    core::Duration retry_for{};  // 0: no limit
    bool intercept_errors = false;
    std::shared_ptr<const PeerTls> tls;  // nullptr: nothing is said of it
    Shared<std::string> hidden, passed;  // response fields, lower case
    Shared<Replacement> redirects, cookie_domains, cookie_paths;
    Shared<CookieFlags> cookie_flags;
    bool redirect_off = false;  // for the levels within
    std::uint32_t retry_on = next_upstream::usual;
    std::uint32_t ignored_fields = 0;
    vars::Template body;  // proxy_set_body
    bool has_body = false;
    std::shared_ptr<const LocalBinding> binding;  // none: the kernel's choice
    vars::Template limit_rate;                    // bytes in a second; "0" and "": any
    bool has_limit_rate = false;
    bool ignore_client_abort = false, socket_keepalive = false;
};

/// Where files come from, and how they are sent.
struct FileSettings {
    enum class Place : std::uint8_t {
        root,            // the URI goes behind it
        alias,           // it stands for the first `replaced` bytes of the URI
        alias_of_regex,  // it is the whole path
    };
    static constexpr std::uint32_t no_cache = 0xffffffff;

    vars::Template root;  // absolute, unless it begins with a variable
    Place place = Place::root;
    std::uint32_t replaced = 0;
    bool etag = true;
    bool direct = false;  // sendfile
    http::ModifiedSince modified_since = http::ModifiedSince::exact;
    std::uint32_t max_ranges = 0xffffffff;
    std::uint64_t max_chunk = 2 << 20;  // sendfile_max_chunk, bytes; 0: any
    Shared<vars::Template> index;       // none: index.html
    std::shared_ptr<const Types> types;
    files::LinkRule links = files::LinkRule::any;
    vars::Template trusted;  // disable_symlinks from=
    std::uint32_t cache = no_cache;  // index into Snapshot::file_caches
    std::uint32_t cache_min_uses = 1;
    core::Duration cache_valid = seconds(60);
    bool cache_errors = false;
};

struct HeaderSettings {
    Shared<AddHeader> headers, trailers;
    Inherit inherit_headers = Inherit::on, inherit_trailers = Inherit::on;
    Expires expires;
    vars::Template expires_text;  // with variables: read anew for each answer, as `expires.kind` says
    bool expires_varies = false;
};

struct Settings {
    ClientSettings client;
    ProxySettings proxy;
    std::shared_ptr<const AccessList> access;  // nullptr: no rules
    RealIpSettings real_ip;
    FileSettings files;
    HeaderSettings answer;
    Shared<ErrorPage> error_pages;
    Shared<AccessLog> access_logs;
    Shared<ErrorLog> error_logs;
    observe::LogOptions log_cache;  // open_log_file_cache
    std::string default_type;  // as it stands, "$" too; "": none is told
    vars::Template server_tokens_text;
    ServerTokens server_tokens = ServerTokens::on;
    Satisfy satisfy = Satisfy::all;
    std::shared_ptr<const ServerTls> tls;  // nullptr: nothing is said of it
    bool absolute_redirect = true, port_in_redirect = true, server_name_in_redirect = false;
    bool recursive_error_pages = false;
    bool log_not_found = true, rewrite_log = false, log_subrequest = false;
    bool chunked = true;  // chunked_transfer_encoding
    bool msie_padding = true;
    ProxyStatus proxy_status = ProxyStatus::usual;
    Places places;
};

}  // namespace sluice::route
