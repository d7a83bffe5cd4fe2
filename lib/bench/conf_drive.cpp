#include "bench/conf_drive.hpp"

#include <algorithm>

#include "bench/run.hpp"
#include "config/words.hpp"
#include "observe/error_line.hpp"

namespace sluice::bench {

namespace {

using config::concat;

constexpr double usual_seconds = 2, usual_warmup = 0.2;

}  // namespace

Drive::Drive(const Options& options, const Staged& staged, MockServer& backends, StagedProxy& proxy)
    : options_(options),
      staged_(staged),
      backends_(backends),
      proxy_(proxy),
      plan_(options.plan),
      warmup_(options.warmup > 0 ? options.warmup : usual_warmup),
      progress_(options.outputs.quiet) {
    Options timed = options;
    timed.warmup = 0;
    if (!timed.seconds && timed.plan.requests_limit == 0) timed.seconds = usual_seconds;
    plan_.phases = phases_of(timed);
    plan_.tls.verify = false;
}

Usual Drive::usual() const {
    Usual out{options_.method, options_.fields, std::nullopt};
    if (out.method.empty()) out.method = options_.has_body ? "POST" : "GET";
    if (options_.has_body) out.body = options_.body.size();
    return out;
}

Plan Drive::plan_for(const Approach& approach) const {
    Plan out = plan_;
    const Usual all = usual();
    RequestParts parts{approach.method.empty() ? all.method : approach.method, approach.fields, options_.body,
                       options_.has_body, approach.without_host};
    parts.fields.insert(parts.fields.end(), options_.fields.begin(), options_.fields.end());
    if (approach.body != 0) {
        parts.body.assign(approach.body, 'x');
        parts.has_body = true;
    }
    out.requests.push_back(make_request(approach.url, parts));
    out.origins.push_back(approach.url.origin);
    return out;
}

std::vector<std::uint16_t> Drive::ports_of(const explain::PeerAnswer& peers) const {
    std::vector<std::uint16_t> out;
    for (const Moved& peer : staged_.peers)
        if (peers.group.empty() || peer.name == peers.group ||
            concat({"127.0.0.1:", std::to_string(peer.port)}) == peers.group)
            out.push_back(peer.port);
    return out;
}

std::string Drive::drive(RouteResult& out, bool& interrupted) {
    const Approach& approach = out.route.approach;
    Plan plan = plan_for(approach);
    if (auto wrong = find_addresses(plan); !wrong.empty()) return wrong;
    const auto led_on = backends_.acted();
    if (approach.peers) backends_.act(ports_of(*approach.peers), approach.peers);
    Plan warm = plan;
    warm.requests_limit = 0;
    warm.phases.resize(1);
    warm.phases[0].seconds = warmup_;
    const Result warmed = bench::run(warm);
    const double before = proxy_.cpu();
    Watch watch;
    if (progress_.shows()) watch.look = [this](const Glance& glance) { progress_.show(glance); };
    if (!warmed.interrupted) out.result = bench::run(plan, watch);
    out.cpu = proxy_.cpu() - before;
    interrupted = warmed.interrupted || out.result.interrupted;
    if (approach.peers) backends_.act({}, std::nullopt);
    out.led_on = backends_.acted() - led_on;
    progress_.clear();
    if (!out.result.failure.empty()) return out.result.failure;
    return out.result.parts.empty() ? "the run was ended early" : "";
}

void Drive::run(std::vector<DrivenRoute> routes, ConfResult& out) {
    struct Driven {
        std::size_t place;
        RouteResult row;
    };
    std::vector<Driven> driven;
    for (const bool by_answers : {false, true})
        for (std::size_t i = 0; i < routes.size(); ++i) {
            DrivenRoute& route = routes[i];
            if (!route.why_not.empty() || route.approach.peers.has_value() != by_answers) continue;
            if (out.interrupted || !proxy_.runs()) {
                route.why_not = out.interrupted ? "the run was ended early" : "the server is gone";
                continue;
            }
            std::string label;
            observe::append_without_controls(label, route.title.empty() ? route.site : route.title);
            progress_.label(std::move(label));
            RouteResult row{route, {}, 0, 0};
            route.why_not = drive(row, out.interrupted);
            if (route.why_not.empty()) driven.push_back({i, std::move(row)});
        }
    std::ranges::sort(driven, {}, &Driven::place);
    for (Driven& one : driven) out.driven.push_back(std::move(one.row));
    for (DrivenRoute& route : routes)
        if (!route.why_not.empty()) out.left.push_back(std::move(route));
}

}  // namespace sluice::bench
