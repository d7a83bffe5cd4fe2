// upstream and the groups that proxy_pass makes up.
#include <algorithm>

#include "compile/compiler.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace sluice::compile {

using PeerSpec = upstream::Group::PeerSpec;

namespace {

struct Upstreams {
    Compiler& c;

    bool add_addresses(const Word& word, std::string_view text, const PeerSpec& like, std::uint16_t usual_port, std::vector<PeerSpec>& out) {
        const auto parsed = config::parse_peer_address(text);
        if (!parsed.ok()) {
            c.error(word.span, parsed.complaint.message, parsed.complaint.help);
            return false;
        }
        const auto& where = parsed.value;
        PeerSpec spec = like;
        if (where.family == config::AddressText::Family::unix_path) {
            spec.address = net::Address::unix_socket(where.host);
            out.push_back(spec);
            return true;
        }
        const bool has_port = where.port != 80 || text.ends_with(":80");
        auto resolved = c.options.resolve(where.host, has_port ? where.port : usual_port);
        if (!resolved.error.empty()) {
            std::vector<std::string_view> groups;
            for (const auto& [name, number] : c.snapshot.group_by_name) groups.push_back(name);
            const auto meant = core::nearest(where.host, groups.data(), groups.data() + groups.size());
            c.unknown(word.span, "host not found: \"" + where.host + "\": " + resolved.error,
                    meant.empty() ? "is the name spelled right, and known to this machine?" : "did you mean the upstream \"" + std::string(meant) + "\"?");
            return false;
        }
        for (const auto& address : resolved.addresses) {
            spec.address = address;
            out.push_back(spec);
        }
        return true;
    }

    PeerSpec read_parameters(const Directive& d) {
        PeerSpec spec;
        for (std::size_t i = 1; i < d.args.size(); ++i) {
            const std::string_view word = d.args[i].value;
            const auto value = word.substr(std::min(word.find('=') + 1, word.size()));
            const auto number = core::parse_number<std::uint32_t>(value);
            if (word.starts_with("weight=")) spec.weight = number.value_or(1);
            else if (word.starts_with("max_fails=")) spec.rule.max_fails = number.value_or(1);
            else if (word.starts_with("max_conns=")) spec.max_conns = number.value_or(0);
            else if (word.starts_with("fail_timeout=")) spec.rule.fail_timeout = std::chrono::milliseconds(config::parse_time(value).value);
            else if (word == "backup") spec.backup = true;
            else if (word == "down") spec.down = true;
            else c.missing(d.args[i].span, "\"" + d.args[i].value + "\" is not in sluice yet");
        }
        return spec;
    }

    std::uint32_t add_group(const std::string& name, const balance::Balancer& balancer, const std::vector<PeerSpec>& peers, const upstream::KeepRule& keep) {
        auto& snapshot = c.snapshot;
        const auto number = static_cast<std::uint32_t>(snapshot.groups.size());
        std::shared_ptr<upstream::Group> group;
        if (c.options.before)
            for (const auto& old : c.options.before->groups)
                if (old->name() == name && old->is_made_of(balancer, peers, keep)) group = old;
        if (!group) {
            group = std::make_shared<upstream::Group>(name, balancer, peers, keep);
            if (c.options.before)
                for (const auto& old : c.options.before->groups)
                    if (old->name() == name) group->inherit_health(*old);
        }
        snapshot.groups.push_back(std::move(group));
        snapshot.group_by_name.emplace(name, number);
        return number;
    }
};

}  // namespace

void Compiler::compile_upstream(const Directive& d) {
    Upstreams upstreams{*this};
    std::vector<PeerSpec> peers;
    upstream::KeepRule keep;
    const auto* balancer = balance::find_balancer("round_robin");
    upstream_names.insert(d.args[0].value);
    bool sound = true;
    for (const auto& line : d.block->children) {
        const auto& name = line.name.value;
        if (name == "server") {
            sound &= upstreams.add_addresses(line.args[0], line.args[0].value, upstreams.read_parameters(line), 80, peers);
        } else if (const auto* algorithm = balance::find_balancer(name)) {
            balancer = algorithm;
        } else if (name == "keepalive") {
            keep.idle_connections = core::parse_number<std::uint32_t>(line.args[0].value).value_or(32);
        } else if (name == "zone") {
            declare_zone(line);
        } else if (name == "keepalive_requests") {
            keep.requests = core::parse_number<std::uint64_t>(line.args[0].value).value_or(1000);
        } else if (name == "keepalive_time") {
            keep.time = std::chrono::milliseconds(config::parse_time(line.args[0].value).value);
        } else if (name == "keepalive_timeout") {
            keep.idle = std::chrono::milliseconds(config::parse_time(line.args[0].value).value);
        } else if (const auto* row = config::find_row(name, config::in::upstream); row && row->support == config::Support::later) {
            missing(line, *row);
        }
    }
    const bool serves = std::ranges::any_of(peers, [](const PeerSpec& peer) { return !peer.backup; });
    if (!serves && sound)
        diagnostics().error("no-servers", d.span, peers.empty() ? "there is no server in this upstream" : "there are only backup servers in this upstream",
                            "it needs a line such as server 127.0.0.1:8080;");
    if (!serves) {
        broken_upstreams.insert(d.args[0].value);
        return;
    }
    upstreams.add_group(d.args[0].value, *balancer, peers, keep);
}

std::optional<std::uint32_t> Compiler::group_of(const Word& word, std::string_view host, std::uint16_t usual_port) {
    const auto known = snapshot.group_by_name.find(std::string(host));
    if (known != snapshot.group_by_name.end()) return known->second;
    if (broken_upstreams.contains(host)) return std::nullopt;
    const auto colon = host.rfind(':');
    const bool has_port = host.starts_with("unix:") || (colon != host.npos && host.find(']', colon) == host.npos);
    // One host may stand for two groups, by http and by https.
    if (usual_port != 80 && !has_port && !upstream_names.contains(host)) return group_of(word, std::string(host) + ':' + std::to_string(usual_port), 80);
    if (const auto name = host.substr(0, colon); colon != host.npos && upstream_names.contains(name)) {
        error(word.span, "the upstream \"" + std::string(name) + "\" has no port here", "its servers have theirs: write http://" + std::string(name));
        return std::nullopt;
    }
    Upstreams upstreams{*this};
    std::vector<PeerSpec> peers;
    if (!upstreams.add_addresses(word, host, {}, usual_port, peers)) return std::nullopt;
    return upstreams.add_group(std::string(host), *balance::find_balancer("round_robin"), peers, {});
}

}  // namespace sluice::compile
