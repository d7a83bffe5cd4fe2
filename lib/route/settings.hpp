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
#include "http/head.hpp"
#include "route/access.hpp"
#include "route/real_ip.hpp"
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

/// add_header.
struct AddHeader {
    std::string name;
    vars::Template value;
    bool always = false;
};

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
};

struct ErrorLog {
    std::string target;
    exchange::Level level = exchange::Level::error;
    std::uint32_t file = 0;
};

enum class ServerTokens : std::uint8_t { on, off, build, text };
enum class Satisfy : std::uint8_t { all, any };

/// A list that a level either has of its own or takes from around it.
template <class T>
using Shared = std::shared_ptr<const std::vector<T>>;

struct ClientSettings {
    std::uint64_t max_body = 1 << 20;  // bytes; 0: any
    core::Duration body_timeout = seconds(60);
    core::Duration send_timeout = seconds(60);
    core::Duration keepalive_timeout = seconds(75);  // 0: connections are not kept
    std::int64_t keepalive_header = 0;               // seconds told in Keep-Alive; 0: nothing is told
    std::uint64_t keepalive_requests = 1000;
    core::Duration keepalive_time = hours(1);
    core::Duration lingering_timeout = seconds(5);
    core::Duration lingering_time = seconds(30);
};

struct ProxySettings {
    core::Duration connect_timeout = seconds(60);
    core::Duration send_timeout = seconds(60);
    core::Duration read_timeout = seconds(60);
    core::Duration tunnel_timeout{};  // 0: as read_timeout
    Shared<SetHeader> headers;
    std::uint32_t set_ids = 0;  // a bit for each FieldId among the headers
    vars::Template method;
    bool has_method = false;
    bool pass_headers = true, pass_body = true;
    int http_minor = 1;
    std::uint32_t tries = 0;     // 0: as many as there are peers
    core::Duration retry_for{};  // 0: no limit
    bool intercept_errors = false;
    Shared<std::string> hidden, passed;  // response fields, lower case
};

struct Settings {
    ClientSettings client;
    ProxySettings proxy;
    std::shared_ptr<const AccessList> access;  // nullptr: no rules
    RealIpSettings real_ip;
    Shared<ErrorPage> error_pages;
    Shared<AddHeader> add_headers;
    Shared<AccessLog> access_logs;
    Shared<ErrorLog> error_logs;
    vars::Template default_type = vars::Template();  // "": text/plain
    std::string server_tokens_text;
    ServerTokens server_tokens = ServerTokens::on;
    Satisfy satisfy = Satisfy::all;
    bool absolute_redirect = true, port_in_redirect = true, server_name_in_redirect = false;
    bool recursive_error_pages = false;
    bool log_not_found = true, rewrite_log = false, log_subrequest = false;
    bool chunked = true;  // chunked_transfer_encoding
};

}  // namespace sluice::route
