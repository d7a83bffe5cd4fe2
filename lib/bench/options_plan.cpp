#include <algorithm>

#include "bench/options.hpp"

namespace sluice::bench {

namespace {

constexpr double unlimited = 7 * 86400, usual_seconds = 10;

std::size_t index_of(std::vector<Origin>& origins, const Origin& origin) {
    const auto found = std::ranges::find(origins, origin);
    if (found != origins.end()) return static_cast<std::size_t>(found - origins.begin());
    origins.push_back(origin);
    return origins.size() - 1;
}

/// Where the URL leads with --connect and --sni.
Origin directed(const Options& options, const Origin& named) {
    Origin out = named;
    if (!options.connect.empty()) {
        const Origin instead = parse_connect(options.connect, named.port).url.origin;
        out.sni = named.host;
        out.host = instead.host;
        out.port = instead.port;
        out.unix_path = instead.unix_path;
    }
    if (!options.sni.empty()) out.sni = options.sni;
    return out;
}

}  // namespace

std::vector<Phase> phases_of(const Options& options) {
    std::vector<Phase> out = options.phases;
    if (out.empty()) {
        Phase& phase = out.emplace_back();
        phase.seconds = options.seconds.value_or(options.plan.requests_limit != 0 ? unlimited : usual_seconds);
        if (options.rate)
            phase.rate_from = phase.rate_to = *options.rate;
        else
            phase.connections_from = phase.connections_to = options.plan.connections;
    }
    if (options.warmup > 0) {
        Phase warm = out.front();
        warm.name = "warmup";
        warm.seconds = options.warmup;
        warm.rate_to = warm.rate_from;
        warm.connections_to = warm.connections_from;
        warm.counts = false;
        out.insert(out.begin(), std::move(warm));
    }
    return out;
}

Plan plan_of(const Options& options) {
    Plan out = options.plan;
    out.random = options.random;
    out.phases = phases_of(options);
    for (const Wanted& wanted : options.wanted) {
        std::string method = wanted.method.empty() ? options.method : wanted.method;
        if (method.empty()) method = options.has_body ? "POST" : "GET";
        Request request = make_request(wanted.url, {method, options.fields, options.body, options.has_body});
        request.weight = wanted.weight;
        request.origin = index_of(out.origins, directed(options, wanted.url.origin));
        out.requests.push_back(std::move(request));
    }
    return out;
}

}  // namespace sluice::bench
