#include "bench/stage_files.hpp"

#include <algorithm>

#include "config/files.hpp"
#include "config/words.hpp"

namespace sluice::bench {

using config::concat;
using config::Directive;

StagedFiles::StagedFiles(const config::Conf& conf, const StageTools& tools, Staged& out)
    : tools_(tools),
      written_(conf),
      out_(out),
      own_certificate_(!all_readable(conf.directives, Touch::certificate)),
      own_peer_pair_(!all_readable(conf.directives, Touch::peer_pair)) {
    if (own_certificate_)
        out_.note(
            "a certificate or key of the conf cannot be read, or its name has variables: one made for this run stands "
            "in for all of them");
    if (own_peer_pair_)
        out_.note(
            "a certificate or key for peers cannot be read, or its name has variables: one made for this run stands in "
            "for all of them");
}

bool StagedFiles::is_readable(const std::string& path) const {
    return path.find('$') == path.npos && tools_.readable(config::resolve_path(tools_.conf_folder, path));
}

bool StagedFiles::all_readable(const std::vector<Directive>& list, Touch touch) const {
    return std::ranges::all_of(list, [&](const Directive& d) {
        const bool names = !d.block && !d.args.empty() && touch_of(d.name.value, 0) == touch;
        return (!names || d.args[0].value.empty() || is_readable(d.args[0].value)) &&
               (!d.block || all_readable(d.block->children, touch));
    });
}

std::string StagedFiles::line(const Directive& d, Touch touch) {
    const std::string& name = d.name.value;
    if (d.args.empty()) return written_.line(d);
    switch (touch) {
        case Touch::log:
            return log(d);
        case Touch::temporary:
            return concat({name, " ", conf_word(tools_.folder + name), written_.words(d, 1), ";"});
        case Touch::certificate:
        case Touch::peer_pair:
            return pair(d, touch == Touch::certificate ? !own_certificate_ : !own_peer_pair_, name.ends_with("_key"));
        case Touch::authorities:
            if (is_readable(d.args[0].value)) return file(d);
            out_.note(
                concat({name, " ", d.args[0].value, " cannot be read: the certificate made for this run stands in"}));
            return concat({name, " ", conf_word(tools_.certificate), ";"});
        default:
            return file(d);
    }
}

std::string StagedFiles::log(const Directive& d) {
    const std::string& target = d.args[0].value;
    const bool access = d.name.value == "access_log";
    if (target == (access ? "off" : "stderr")) return written_.line(d);
    if (target.starts_with("syslog:")) out_.note("logs to syslog go to files of this run");
    auto& path = logs_[target];
    if (path.empty())
        path = concat({tools_.folder, access ? "access-" : "error-", std::to_string(logs_.size()), ".log"});
    return concat({d.name.value, " ", conf_word(path), written_.words(d, 1), ";"});
}

std::string StagedFiles::pair(const Directive& d, bool readable, bool key) const {
    const std::string& path = d.args[0].value;
    if (path.empty()) return written_.line(d);  // as in nginx: none, whatever stands around
    return concat({d.name.value, " ",
                   conf_word(readable ? config::resolve_path(tools_.conf_folder, path)
                             : key    ? tools_.key
                                      : tools_.certificate),
                   ";"});
}

std::string StagedFiles::file(const Directive& d) {
    const std::string& path = d.args[0].value;
    if (path == "off") return written_.line(d);
    if (is_readable(path))
        return concat(
            {d.name.value, " ", conf_word(config::resolve_path(tools_.conf_folder, path)), written_.words(d, 1), ";"});
    out_.note(concat({d.name.value, " ", path, " cannot be read, and was left out"}));
    return "";
}

}  // namespace sluice::bench
