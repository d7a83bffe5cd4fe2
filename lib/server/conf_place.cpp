#include "server/conf_place.hpp"

#include <algorithm>

#include "config/checker.hpp"
#include "config/parser.hpp"

namespace sluice::server {

std::shared_ptr<route::Snapshot> read_conf(const ConfPlace& place, compile::Options how, const config::Files& files) {
    const auto path = config::resolve_path(place.prefix, place.path);
    auto conf = config::parse(files, path, {.prefix = std::string(config::folder_of(path)), .globals = place.globals});
    config::check(conf);
    how.prefix = place.prefix;
    how.conf_folder = config::folder_of(path);
    how.error_log = place.error_log;
    return compile::compile(std::move(conf), how);
}

std::string start_log_of(const config::Conf& conf, const ConfPlace& place) {
    std::string target = place.error_log.empty() ? "logs/error.log" : place.error_log;
    const auto own = std::ranges::find_if(conf.directives, [](const auto& d) { return d.name.value == "error_log" && !d.args.empty(); });
    if (own != conf.directives.end()) target = own->args[0].value;
    return target == "stderr" || target.starts_with("syslog:") ? target : config::resolve_path(place.prefix, target);
}

}  // namespace sluice::server
