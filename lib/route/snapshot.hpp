// One compiled configuration: immutable, shared by all workers, replaced as a whole by a reload.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/tree.hpp"
#include "net/listen.hpp"
#include "observe/log_options.hpp"
#include "route/route.hpp"
#include "route/variable.hpp"
#include "vars/geo.hpp"
#include "vars/map.hpp"
#include "vars/split.hpp"

namespace sluice::route {

/// An address that is listened on, and the sites that share it.
struct Listening {
    net::Address address;
    std::string text;  // as written
    config::Span where;
    std::vector<std::uint32_t> sites;
    std::uint32_t default_site = 0;
    Names names;
    std::vector<std::pair<std::uint32_t, Matcher>> name_matchers;  // by number of the name: groups of its regex
    net::ListenOptions socket;
    bool proxy_protocol = false;  // each connection begins with a header of the PROXY protocol
    bool secure = false;      // of TLS
    bool early_data = false;  // some site takes it
    http::HeadLimits head_limits{.odd_names = true};  // the largest of all sites: what is read before one is known
    std::size_t easy_head = 0, easy_fields = 0;  // a head of so many bytes and fields is none too large for any of them
};

/// The main level: what the process does.
struct Main {
    unsigned workers = 1;
    std::optional<std::uint64_t> open_files;
    core::Duration shutdown_timeout{};  // 0: none
    std::string pid = "logs/sluice.pid";
    std::string user, group;
    bool daemon = true;
    bool needs_raw_sockets = false;  // proxy_bind ... transparent: a right of root's is kept for it
    std::vector<ErrorLog> error_logs;
    std::optional<std::uint64_t> core_size;  // worker_rlimit_core, bytes
};

/// What lines of logs go to.
struct LogTarget {
    std::string name;
    observe::LogOptions options;
    config::Span where;  // what first named it; unknown: nothing in the conf did
};

/// open_file_cache, of which each worker has one.
struct FileCache {
    std::size_t most = 0;
    core::Duration inactive{};
};

struct Snapshot {
    config::Conf conf;  // for places, explain and -T
    std::string prefix;
    Main main;
    std::vector<Variable> variables;   // by number; those of the conf among them
    std::uint32_t kept_variables = 0;  // how many slots an exchange has for values (Variable::slot)
    std::vector<std::unique_ptr<vars::Map>> maps;
    std::vector<std::unique_ptr<vars::Geo>> geos;
    std::vector<std::unique_ptr<vars::Split>> splits;
    std::vector<std::shared_ptr<upstream::Group>> groups;
    std::unordered_map<std::string, std::uint32_t> group_by_name;  // for proxy_pass with variables
    std::deque<Site> sites;
    std::vector<Listening> listening;
    std::vector<LogTarget> files;
    std::vector<FileCache> file_caches;
    bool logs_rewrites = false;      // some rewrite_log is on
    std::vector<TempFolder> temp_folders;
    std::vector<std::string> tls_files;  // certificates, keys, lists: what is read again at a reload
    bool keeps_peer_fields = false;  // somebody reads $upstream_http_… or $sent_http_… after the exchange

    /// "conf/site.conf:12"
    std::string place(config::Span span) const;
};

}  // namespace sluice::route
