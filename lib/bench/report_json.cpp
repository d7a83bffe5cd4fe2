#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "bench/report.hpp"
#include "version.hpp"

namespace sluice::bench {

namespace json = boost::json;

namespace {

double ms(double ns) { return ns * 1e-6; }

json::object histogram_json(const Histogram& h, bool whole) {
    json::object out{{"count", h.count()},
                     {"mean", ms(h.mean())},
                     {"deviation", ms(h.deviation())},
                     {"min", ms(static_cast<double>(h.min()))}};
    constexpr std::pair<const char*, double> named[] = {{"p50", 50},       {"p75", 75},         {"p90", 90},
                                                        {"p95", 95},       {"p99", 99},         {"p99.9", 99.9},
                                                        {"p99.99", 99.99}, {"p99.999", 99.999}, {"max", 100}};
    for (const auto& [name, percent] : named) out[name] = ms(static_cast<double>(h.at(percent)));
    if (!whole) return out;
    json::array distribution;
    for (const auto& point : h.distribution())
        distribution.push_back(json::array{point.percent, ms(static_cast<double>(point.value)), point.count});
    out["distribution"] = std::move(distribution);
    return out;
}

json::object tally_json(const Tally& tally) {
    json::object status, failed;
    for (std::size_t code = 0; code < tally.status.size(); ++code)
        if (tally.status[code] != 0) status[std::to_string(code)] = tally.status[code];
    for (std::size_t i = 0; i < troubles; ++i) failed[trouble_names[i].key] = tally.trouble[i];
    json::object classes;
    for (unsigned i = 1; i <= 5; ++i) classes[std::to_string(i) + "xx"] = tally.of_class(i);
    return {{"answers", tally.answers}, {"status", std::move(status)},   {"classes", std::move(classes)},
            {"failed", tally.failed()}, {"troubles", std::move(failed)}, {"waited", tally.waited},
            {"late", tally.late}};
}

json::object phase_json(const Phase& phase) {
    json::object out;
    if (!phase.name.empty()) out["name"] = phase.name;
    if (phase.open()) {
        out["rate_from"] = phase.rate_from;
        out["rate_to"] = phase.rate_to;
    } else {
        out["connections_from"] = phase.connections_from;
        out["connections_to"] = phase.connections_to;
    }
    return out;
}

}  // namespace

json::object part_json(const Part& part, bool open) {
    json::object out = tally_json(part.tally);
    out["seconds"] = part.seconds;
    out["rate"] = part.rate();
    out["latency_ms"] = histogram_json(part.latency, false);
    if (open) {
        out["due"] = part.due;
        out["service_ms"] = histogram_json(part.service, false);
    }
    return out;
}

json::object result_json(const std::string& name, const Plan& plan, const Result& result) {
    const Part& total = result.total;
    json::object out{{"sluice", version}, {"name", name}, {"load", load_text(plan)}, {"open", plan.open()}};
    out["poisson"] = plan.poisson;
    out["threads"] = plan.threads;
    out["connections_limit"] = plan.connections;
    json::array urls;
    for (const Request& request : plan.requests) {
        if (urls.size() == 100) break;
        urls.push_back(json::string(request.label));
    }
    out["requests"] = std::move(urls);
    for (auto& member : part_json(total, plan.open())) out[member.key()] = std::move(member.value());
    out["latency_ms"] = histogram_json(total.latency, true);
    out["connect_ms"] = histogram_json(result.connect, false);
    out["connections"] = total.tally.connections;
    out["resumed"] = total.tally.resumed;
    out["retried"] = total.tally.retried;
    out["bytes_in"] = total.tally.bytes_in;
    out["body_bytes"] = total.tally.body_bytes;
    out["bytes_out"] = total.tally.bytes_out;
    out["generator"] = json::object{{"cpu_seconds", result.cpu}, {"busy", result.busy}};
    out["interrupted"] = result.interrupted;
    json::array phases;
    for (const Part& part : result.parts) {
        json::object phase = phase_json(part.phase);
        for (auto& member : part_json(part, plan.open())) phase[member.key()] = std::move(member.value());
        phases.push_back(std::move(phase));
    }
    out["phases"] = std::move(phases);
    json::array moments;
    for (const Moment& m : result.moments)
        moments.push_back(json::object{{"at", m.at},
                                       {"seconds", m.seconds},
                                       {"rate", m.seconds > 0 ? static_cast<double>(m.answers) / m.seconds : 0},
                                       {"failed", m.failed},
                                       {"p50", ms(static_cast<double>(m.p50))},
                                       {"p99", ms(static_cast<double>(m.p99))},
                                       {"max", ms(static_cast<double>(m.max))}});
    out["moments"] = std::move(moments);
    json::array minds;
    for (const std::string& warning : warnings(plan, result)) minds.push_back(json::string(warning));
    out["warnings"] = std::move(minds);
    return out;
}

}  // namespace sluice::bench
