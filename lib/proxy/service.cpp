#include "proxy/service.hpp"

#include <algorithm>

#include "config/values.hpp"
#include "route/tls_settings.hpp"

namespace sluice::proxy {

Configured::Configured(std::shared_ptr<const route::Snapshot> made, std::vector<std::shared_ptr<observe::LogFile>> files, observe::Logs& logs, unsigned of_worker)
    : snapshot(std::move(made)), worker(of_worker), logs_(logs) {
    for (const auto& group : snapshot->groups) groups.push_back(std::make_unique<upstream::GroupAtWorker>(*group));
    for (const auto& cache : snapshot->file_caches) file_caches.push_back(std::make_unique<files::Cache>(cache.most, cache.inactive));
    for (const auto& listening : snapshot->listening) {
        const auto number = upstream::endpoint_number(listening.address);
        if (number >= listening_.size()) listening_.resize(number + 1);
        listening_[number] = &listening;
    }
    for (const auto& file : files) channels.push_back(&logs.take(file));
    if (std::ranges::any_of(snapshot->files, [](const auto& file) { return file.options.secret; }))
        key_logs_ = std::make_unique<KeyLogs>(*snapshot, channels, logs, worker);
    for (const auto& log : snapshot->main.error_logs) errors.push_back({channels[log.file], log.level, log.json});
}

Configured::~Configured() {
    key_logs_.reset();  // it writes to channels
    for (auto* channel : channels) logs_.give_back(*channel);
}

tls::PairCache& Configured::pair_cache(const route::VariablePairs& pairs) {
    auto& cache = pair_caches_[&pairs];
    if (!cache) cache = std::make_unique<tls::PairCache>(pairs.cache, tls::system_opener());
    return *cache;
}

upstream::GroupAtWorker* Configured::find_group(std::string_view name, std::uint16_t usual_port) {
    constexpr std::size_t most = 1000;  // a client that makes up addresses must not fill the memory
    std::string key(name);
    if (const auto known = snapshot->group_by_name.find(key); known != snapshot->group_by_name.end()) return groups[known->second].get();
    if (usual_port != 80) (key += '#') += std::to_string(usual_port);
    if (const auto known = literal_.find(key); known != literal_.end()) return known->second.second.get();
    const auto parsed = config::parse_peer_address(name);
    if (!parsed.ok()) return nullptr;
    const auto address = net::Address::parse(parsed.value.host, parsed.value.port == 80 && !name.ends_with(":80") ? usual_port : parsed.value.port);
    if (!address) return nullptr;
    if (literal_.size() >= most) return nullptr;
    upstream::Group::PeerSpec peer;
    peer.address = *address;
    auto& made = literal_[key];
    made.first = std::make_unique<upstream::Group>(std::string(name), *balance::find_balancer("round_robin"), std::vector{peer});
    made.second = std::make_unique<upstream::GroupAtWorker>(*made.first);
    return made.second.get();
}

namespace {

/// The error logs of the route, or else those of the main level.
boost::container::small_vector<observe::ErrorSink, 2> sinks_of(const Serving& q) {
    const auto& own = q.settings().error_logs;
    boost::container::small_vector<observe::ErrorSink, 2> out;
    if (!own) {
        for (const auto& sink : q.conf.errors) out.push_back(sink);
        return out;
    }
    for (const auto& log : *own) out.push_back({q.conf.channels[log.file], log.level, log.json});
    return out;
}

}  // namespace

void make_id(Serving& q) {
    auto& id = q.x.record.id;
    if (!(id[0] | id[1])) id = {q.s.rng.next(), q.s.rng.next()};
}

bool logs_level(const Serving& q, exchange::Level level) {
    const auto sinks = sinks_of(q);
    return std::any_of(sinks.begin(), sinks.end(), [&](const auto& sink) { return level >= sink.level; });
}

void log_error(Serving& q, exchange::Level level, std::string_view text, std::string_view more) {
    const auto& x = q.x;
    char ip[net::Address::text_room];
    observe::ErrorEntry entry{.text = text, .connection = x.record.connection, .client = {ip, x.client->write_ip(ip)}, .more = more};
    entry.server = q.scope.site->name;
    entry.request = x.head.line;
    std::string upstream;
    if (const auto* attempt = x.record.last_attempt()) ((upstream = attempt->secure ? "https://" : "http://") += attempt->peer) += q.scope.peer_uri;
    entry.upstream = upstream;
    entry.host = x.target.host;
    if (const auto* referer = http::find(x.head.fields, http::FieldId::referer)) entry.referrer = referer->value;
    if (x.record.reason != exchange::Reason::none) entry.reason = row(x.record.reason).name;
    entry.id = x.record.id;
    const auto sinks = sinks_of(q);
    q.s.logs.error(sinks.data(), sinks.data() + sinks.size(), level, entry);
}

std::string places_of(const Serving& q, std::string_view limit) {
    std::string out;
    if (!limit.empty()) {
        (out = "limit: ") += limit;
        std::string_view of = ", which the conf does not set";
        std::string place;
        if (const auto& places = q.settings().places)
            for (const auto& [name, where] : *places)
                if (name == limit) of = place = " in " + q.scope.snapshot.place(where);
        out += of;
    }
    const auto& route = *q.scope.route;
    const auto place = route.where.known() ? q.scope.snapshot.place(route.where) : "";
    if (place.empty()) return out;
    if (!out.empty()) out += ", ";
    return out + "route: " + (route.title.empty() ? "the server itself" : route.title) + " in " + place;
}

}  // namespace sluice::proxy
