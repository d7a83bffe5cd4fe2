// What an exchange at a worker needs to be served: borrowed, all of it outlives the exchange.
#pragma once

#include <boost/container/small_vector.hpp>

#include "core/rng.hpp"
#include "observe/logs.hpp"
#include "proxy/key_logs.hpp"
#include "proxy/request_body.hpp"
#include "route/scope.hpp"
#include "upstream/pool.hpp"

namespace sluice::proxy {

/// One worker's; that worker's thread only.
struct Service {
    net::Loop& loop;
    upstream::Pool& pool;
    observe::Logs& logs;
    core::Rng& rng;
    route::Tools& tools;
    spool::Disk& disk;
    bool draining = false;  // no connection is kept for another request
};

/// A snapshot in use by one worker: what that worker keeps for it. Lives as long as an exchange under it.
struct Configured {
    Configured(std::shared_ptr<const route::Snapshot> snapshot, std::vector<std::shared_ptr<observe::LogFile>> files, observe::Logs& logs, unsigned worker);
    ~Configured();
    Configured(const Configured&) = delete;
    Configured& operator=(const Configured&) = delete;

    std::shared_ptr<const route::Snapshot> snapshot;
    std::vector<std::unique_ptr<upstream::GroupAtWorker>> groups;  // as in the snapshot
    std::vector<observe::LogChannel*> channels;                    // by Snapshot::files
    boost::container::small_vector<observe::ErrorSink, 2> errors;  // of the main level
    std::vector<std::unique_ptr<files::Cache>> file_caches;        // as in the snapshot
    const unsigned worker;                                         // its number: contexts of TLS are made for each
    std::uint32_t users = 0;                                       // exchanges, and the worker for its current one

    /// By ListenAddress::number; nullptr: this snapshot does not listen there.
    const route::Listening* find_listening(std::size_t number) const {
        return number < listening_.size() ? listening_[number] : nullptr;
    }

    /// What has been read of pairs whose names have variables.
    tls::PairCache& pair_cache(const route::VariablePairs& pairs);

    /// The group that a proxy_pass with variables names: one of the conf, or a literal address. nullptr: neither.
    upstream::GroupAtWorker* find_group(std::string_view name, std::uint16_t usual_port);

  private:
    observe::Logs& logs_;
    std::vector<const route::Listening*> listening_;
    std::unique_ptr<KeyLogs> key_logs_;
    std::map<const route::VariablePairs*, std::unique_ptr<tls::PairCache>> pair_caches_;
    std::unordered_map<std::string, std::pair<std::unique_ptr<upstream::Group>, std::unique_ptr<upstream::GroupAtWorker>>> literal_;
};

/// One exchange being served.
struct Serving {
    Service& s;
    Configured& conf;
    route::Scope& scope;
    exchange::Exchange& x;
    RequestBody body = {};
    std::string tls_problem = {};           // of the last attempt, in OpenSSL's words
    const char* peer_mistake = "";          // in the last head that a peer sent, if it is malformed
    std::vector<std::string> rewrites = {};  // for rewrite_log, until they are told

    const route::Settings& settings() const { return scope.settings(); }
};

/// A line "*CONN text, client: …, server: …, request: "…", upstream: "…", host: "…"" to the error logs of the route.
/// `more`, if there is any, stands at its end.
void log_error(Serving& q, exchange::Level level, std::string_view text, std::string_view more = {});
/// For the end of a line: "limit: client_max_body_size in conf/site.conf:12, route: location /api/ in conf/site.conf:30": what
/// was passed, where it was set, where the request was served. `limit`: a directive's name, or "".
std::string places_of(const Serving& q, std::string_view limit = {});
/// Whether any error log of the route takes that level: not worth making the text otherwise.
bool logs_level(const Serving& q, exchange::Level level);
/// Makes the request's id if it has none.
void make_id(Serving& q);

}  // namespace sluice::proxy
