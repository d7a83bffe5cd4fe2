// One exchange in the light of the conf: where it stands in the decision, and the values of variables.
#pragma once

#include "core/arena.hpp"
#include "core/clock.hpp"
#include "core/rng.hpp"
#include "exchange/counters.hpp"
#include "exchange/exchange.hpp"
#include "files/cache.hpp"
#include "http/date.hpp"
#include "route/snapshot.hpp"

namespace sluice::route {

/// What a worker lends to its exchanges.
struct Tools {
    core::BufferPool& buffers;
    http::DateCache& dates;
    const core::Clock& clock;
    core::Rng& rng;
    LocationChoice choice;  // used again by each decision
    const exchange::Census* census = nullptr;  // for stub_status and its variables
};

/// Lives in the frame that serves the exchange, until its lines are in the log. That worker's thread only.
class Scope {
  public:
    Scope(const Snapshot& snapshot, const Listening& listening, exchange::Exchange& exchange, Tools& tools);

    const Snapshot& snapshot;
    const Listening& listening;
    exchange::Exchange& x;
    Tools& tools;
    core::Arena arena;

    const Site* site;    // the listener's default until a host is known
    const Route* route;  // never nullptr
    const Settings& settings() const { return route->settings; }

    std::optional<net::Address> real_client;  // see find_real_client()
    std::string_view host;       // as in $host: lower case, without port
    std::string_view uri;        // $uri
    std::string_view args;       // $args
    std::string_view peer_uri;  // what the last peer was asked for
    bool uri_is_as_sent = true;  // the peer gets the target as the client wrote it
    bool at_location = true;     // `uri` still begins with the text of the location (nginx: valid_location)
    bool quoted = false;         // see NormalUri
    bool internal = false;       // after an internal redirect
    bool plus = false;
    bool error_page_used = false;
    bool uri_behind_alias = false;  // try_files has found it behind the alias of a regex location
    int cycles_left = 11;                     // internal redirects and turns of rewrite end with the eleventh
    int error_status = 0;                     // an error page is being fetched: the answer has this status, whatever its own
    std::optional<std::uint64_t> limit_rate;  // bytes per second

    std::string_view client_ip;  // of client_ip_of, as text
    const net::Address* client_ip_of = nullptr;

    /// The value of a variable by its number.
    Value get(std::uint32_t variable) { return get(snapshot.variables[variable]); }
    Value get(const Variable& variable);
    void set(std::uint32_t variable, std::string_view text);

    /// A template's value; lives as long as the scope.
    std::string_view evaluate(const vars::Template& text);
    /// Reads one part of a template.
    std::string_view part(const vars::Part& part);

    /// Matches; on success its groups are what $1 to $9 and its named variables stand for. A pattern that takes too
    /// long does not match; whoever must not go on then asks `gave_up`.
    bool match(const Matcher& matcher, std::string_view subject);
    void take_captures(std::string_view subject, const core::Captures& captures);
    std::string_view capture(std::size_t number) const;
    void set_groups(const Matcher& matcher, std::string_view subject, const core::Captures& captures);

    /// Fields that were left out for their names, for the log.
    std::span<const http::Field> ignored_fields;

    /// Patterns that were given up, for the log.
    std::string_view gave_up;
    /// What rewrite_log wants told, if somebody listens.
    std::vector<std::string>* rewrites = nullptr;

    /// Kept for the log if Snapshot::keeps_peer_fields.
    void keep_peer_fields(const http::Fields& fields);
    void keep_sent_fields(const http::Fields& fields);
    void keep_sent_trailers(const http::Fields& fields);
    /// The answer gets these, too: what a peer said that then did not answer itself (X-Accel-Redirect, a 401 with a page
    /// of ours). Of Content-Type only if it has none of its own. Texts in the arena.
    std::unique_ptr<http::Fields> carried;
    void carry(const http::Field& field);

    const http::Fields* peer_fields = nullptr;
    const http::Fields* sent_fields = nullptr;

    /// Those of Snapshot::file_caches, of the exchange's worker; empty where there is none.
    std::span<const std::unique_ptr<files::Cache>> file_caches;

    /// While a map reads its own value: a cycle ends with "".
    int depth = 0;

  private:
    struct Slot {
        Value value;
        bool known = false;
    };
    Slot* slots_ = nullptr;
    std::string_view subject_;
    std::string_view* captures_ = nullptr;
    std::size_t capture_count_ = 0;
    std::optional<http::Fields> peer_, sent_, sent_trailers_;
};

}  // namespace sluice::route
