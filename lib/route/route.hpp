// Sites and their routes, as compiled from `server` and `location`.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/head_buffers.hpp"
#include "route/locations.hpp"
#include "route/names.hpp"
#include "route/script.hpp"
#include "route/settings.hpp"
#include "tls/client_contexts.hpp"
#include "tls/server_contexts.hpp"
#include "upstream/group.hpp"

namespace sluice::route {

struct VariablePairs;

/// proxy_pass.
struct ProxyPass {
    bool secure = false;                // https
    std::shared_ptr<const tls::ClientContexts> tls;  // if it is, or may be
    std::shared_ptr<const VariablePairs> variable_pair;  // one; nullptr: the certificate's name has no variables
    std::uint32_t group = 0;            // index into Snapshot::groups; if there are no variables
    std::string host;                   // $proxy_host: as written, with a port that is not the usual one
    std::string port;                   // $proxy_port
    std::string written;                // in the conf, without variables
    std::optional<std::string> uri;     // takes the place of the location's text; none: the request's URI as it came
    std::optional<vars::Template> url;  // the whole, if it has variables
    config::Span where;
};

/// root and alias: files, which is what serves where nothing else does.
struct StaticFiles {};

struct StubStatus {};  // stub_status

/// What answers the requests of a route.
using Content = std::variant<StaticFiles, ProxyPass, StubStatus>;

/// try_files.
struct TryFiles {
    struct Entry {
        vars::Template path;
        bool folder = false;    // "dir/"
        bool constant = false;  // nothing of the request is in it
    };
    std::vector<Entry> entries;  // all but the last word
    vars::Template otherwise;    // "@name", or a URI; if there is no status
    bool otherwise_constant = false;
    int status = 0;
    config::Span where;
};

/// A `location`, an `if` or `limit_except` in one, or the site itself.
struct Route {
    LocationSpec::Kind kind = LocationSpec::Kind::prefix;
    std::string text;   // "/api/", the regex, "@name"; "" of the site itself
    std::string title;  // "location ^~ /api/", for people
    config::Span where;
    Settings settings;
    Content content;
    std::shared_ptr<const TryFiles> try_files;  // of this very block: as in nginx it is not inherited
    Script script;
    Matcher const* matcher = nullptr;  // groups of a regex location
    bool internal = false;
    const Route* around = nullptr;
    std::unique_ptr<Matcher> own_matcher;

    struct LimitExcept {
        std::vector<std::string> methods;
        const Route* route = nullptr;  // holds for all other methods
    };
    std::optional<LimitExcept> limit_except;
};

/// A `server` block.
struct Site {
    std::uint32_t index = 0;
    std::string name;                // the first server_name; ""
    std::vector<std::string> names;  // all, as written
    config::Span where;
    Route root;                // what holds where no location matches
    std::deque<Route> routes;  // by their number in `locations`
    std::deque<Route> others;    // of `if` and limit_except
    Locations locations;
    bool merge_slashes = true;
    bool ignore_invalid_headers = true, underscores_in_headers = false;
    core::Duration header_timeout = std::chrono::seconds(60);
    http::HeadBuffers head_buffers;  // client_header_buffer_size, large_client_header_buffers
    std::size_t max_headers = 1000;
    std::shared_ptr<const tls::ServerContexts> tls;     // nullptr: no certificate, and nothing said of TLS
    std::optional<core::Duration> handshake_timeout;     // none: header_timeout
    std::shared_ptr<const VariablePairs> variable_pairs;  // nullptr: names of its certificates have no variables
};

}  // namespace sluice::route
