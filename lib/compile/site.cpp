// http, server, location, limit_except.
#include <algorithm>

#include "compile/compiler.hpp"
#include "compile/values.hpp"

namespace sluice::compile {

namespace in = config::in;
using route::LocationComplaint;
using route::LocationSpec;
using route::Route;
using route::Site;

namespace {
const Directive* find_directive(const std::vector<Directive>& block, std::string_view name) {
    const auto found = std::ranges::find(block, name, [](const Directive& d) -> const std::string& { return d.name.value; });
    return found == block.end() ? nullptr : &*found;
}
}  // namespace

void Compiler::compile_http(const Directive& http) {
    const auto& block = http.block->children;
    compile_variables(block);
    for (const auto& d : block)
        if (d.name.value == "upstream" && d.block) compile_upstream(d);
    finish_zones();
    route::Settings settings;
    settings.error_logs = snapshot.main.error_logs.empty() ? nullptr : std::make_shared<const std::vector<route::ErrorLog>>(snapshot.main.error_logs);
    set_usual_folders(*this, settings);
    // Without the directive there is a log all the same, as in nginx.
    route::AccessLog usual;
    usual.format = format(Word{"combined", {}, config::Quote::none});
    usual.target = "logs/access.log";
    if (const auto* own = find_directive(block, "access_log"); !own) {
        usual.file = file(path(usual.target));
        settings.access_logs = std::make_shared<const std::vector<route::AccessLog>>(1, usual);
    }
    settings.default_type = "text/plain";
    settings.files.root.prepend(path("html"));
    settings.files.types = std::make_shared<const route::Types>(route::Types::usual());
    Level level{*this, in::http, settings};
    Site defaults;  // what a site may say, said for all of them
    level.site = &defaults;
    set_all(level, block);
    for (const auto& d : block) {
        if (d.name.value != "server" || !d.block) continue;
        auto& site = snapshot.sites.emplace_back();
        site.index = static_cast<std::uint32_t>(snapshot.sites.size() - 1);
        site.merge_slashes = defaults.merge_slashes;
        site.ignore_invalid_headers = defaults.ignore_invalid_headers;
        site.underscores_in_headers = defaults.underscores_in_headers;
        site.header_timeout = defaults.header_timeout;
        site.head_buffers = defaults.head_buffers;
        site.max_headers = defaults.max_headers;
        compile_site(d, settings);
    }
    finish_listening();
    finish_tls();
    seal_lists();
    collect_temp_folders(snapshot);
}

void Compiler::compile_site(const Directive& server, const route::Settings& around) {
    Site& site = snapshot.sites.back();
    const auto& block = server.block->children;
    site.where = site.root.where = server.name.span;
    site.root.title = "the server itself";
    site.root.settings = around;
    Level level{*this, in::server, site.root.settings, &site.root, &site};
    set_all(level, block);
    check_buffers(site.root.settings);
    for (const auto& d : block)
        if (d.name.value == "server_name")
            for (const auto& word : d.args) {
                site.names.push_back(word.value == "\"\"" ? "" : word.value);
                name_places_.emplace(std::pair(site.index, site.names.back()), word.span);
            }
    if (!site.names.empty()) site.name = site.names.front();
    if (site.name.starts_with('.')) site.name.erase(0, 1);
    std::ranges::transform(site.name, site.name.begin(), core::lower);
    bool listens = false;
    for (const auto& d : block) {
        if (d.name.value != "listen") continue;
        listens = true;
        compile_listen(site, d);
    }
    if (!listens) {
        Directive usual = server;
        usual.args = {Word{"80", server.name.span}};
        compile_listen(site, usual);
    }
    compile_script(site, block, site.root, true);
    specs_.clear();
    compile_locations(site, block, site.root, LocationSpec::no_parent);
    std::vector<LocationComplaint> complaints;
    site.locations = route::Locations::build(specs_, complaints);
    for (const auto& complaint : complaints) {
        const Route& route = site.routes[complaint.index];
        switch (complaint.kind) {
            case LocationComplaint::Kind::regex:
                break;  // said when the route was compiled
            case LocationComplaint::Kind::duplicate:
                again(route.where, "there is a \"" + route.title + "\" already", site.routes[complaint.other].where,
                      "put what both say into one block");
                break;
            case LocationComplaint::Kind::outside:
                error(route.where, "\"" + route.title + "\" can never be found inside \"" + site.routes[complaint.other].title + '"',
                      site.routes[complaint.other].matcher
                          ? "inside a regular expression there is room for others only: location ~ ..."
                          : "paths that come in here begin with \"" + site.routes[complaint.other].text + "\": write the whole path, or put the location outside");
                break;
            case LocationComplaint::Kind::parent_refused:
                break;
            case LocationComplaint::Kind::unreachable:
                warning(route.where, "unreachable-location", "\"" + route.title + "\" is never found: it stands in a regular expression");
                break;
            default:
                error(route.where, "\"" + route.title + "\" cannot stand inside \"" + site.routes[complaint.other].title + '"',
                      route.kind == LocationSpec::Kind::named ? "locations with \"@\" stand in the server itself"
                                                              : "there is only one path that comes in there");
        }
    }
}

void Compiler::compile_locations(Site& site, const std::vector<Directive>& block, const Route& around, std::uint32_t parent) {
    for (const auto& d : block)
        if (d.name.value == "location" && d.block) compile_location(site, d, around, parent);
}

namespace {

/// "location ~ x", "location ~x" and "location /x".
LocationSpec::Kind read_kind(const Directive& d, std::string& text) {
    using Kind = LocationSpec::Kind;
    std::string modifier = d.args[0].value;
    text = d.args.back().value;
    if (d.args.size() == 1) {
        text = modifier;
        modifier.clear();
        for (const std::string_view m : {"~*", "^~", "~", "="}) {
            if (!text.starts_with(m)) continue;
            modifier = m;
            text.erase(0, m.size());
            break;
        }
    }
    if (modifier == "=") return Kind::exact;
    if (modifier == "^~") return Kind::preferred;
    if (modifier == "~") return Kind::regex;
    if (modifier == "~*") return Kind::regex_caseless;
    return text.starts_with('@') ? Kind::named : Kind::prefix;
}

std::string title_of(const Directive& d) {
    std::string title = "location";
    for (const auto& arg : d.args) (title += ' ') += arg.value;
    return title;
}

}  // namespace

void Compiler::compile_location(Site& site, const Directive& d, const Route& around, std::uint32_t parent) {
    const auto number = static_cast<std::uint32_t>(site.routes.size());
    Route& route = site.routes.emplace_back();
    route.kind = read_kind(d, route.text);
    route.title = title_of(d);
    route.where = d.span;
    route.settings = around.settings;
    route.internal = around.internal;
    route.around = &around;
    const auto& block = d.block->children;
    Level level{*this, in::location, route.settings, &route, &site};
    set_all(level, block);
    check_buffers(route.settings);
    if (route.kind == LocationSpec::Kind::regex || route.kind == LocationSpec::Kind::regex_caseless) {
        if (auto matcher = this->matcher(d.args.back(), route.text, route.kind == LocationSpec::Kind::regex_caseless)) {
            route.own_matcher = std::make_unique<route::Matcher>(std::move(*matcher));
            route.matcher = route.own_matcher.get();
        }
    }
    const bool proxies = std::holds_alternative<route::ProxyPass>(route.content);
    specs_.push_back({route.kind, route.text, parent, proxies && route.text.ends_with('/')});
    compile_script(site, block, route, false);
    for (const auto& child : block) {
        if (child.name.value != "limit_except" || !child.block) continue;
        Route& others = site.others.emplace_back();
        others.kind = route.kind;
        others.text = route.text;
        others.title = route.title + ", limit_except";
        others.where = child.span;
        others.settings = route.settings;
        others.content = route.content;
        others.around = &route;
        Level inner{*this, in::limit_except, others.settings, &others, &site};
        set_all(inner, child.block->children);
        auto& limit = route.limit_except.emplace(Route::LimitExcept{});
        limit.route = &others;
        for (const auto& method : child.args) limit.methods.push_back(method.value);
        // GET allows HEAD, too.
        if (std::ranges::find(limit.methods, "GET") != limit.methods.end()) limit.methods.push_back("HEAD");
    }
    compile_locations(site, block, route, number);
}

}  // namespace sluice::compile
