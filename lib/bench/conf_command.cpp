#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "bench/command.hpp"
#include "bench/conf_drive.hpp"
#include "bench/conf_profiles.hpp"
#include "bench/conf_report.hpp"
#include "bench/mock_server.hpp"
#include "bench/options.hpp"
#include "bench/run.hpp"
#include "bench/scratch.hpp"
#include "bench/signals.hpp"
#include "bench/staged_proxy.hpp"
#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/files.hpp"
#include "config/parser.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using config::in_quotes;

constexpr int failed = 1, usage_error = 2;

bool is_readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }
std::uint16_t take_port(void* ports) { return static_cast<Ports*>(ports)->take(); }

/// For `user`, which root has to name lest it becomes somebody else.
std::string own_name() {
    const passwd* entry = geteuid() == 0 ? getpwuid(0) : nullptr;
    return entry ? entry->pw_name : "";
}

std::string with_slash(std::string folder) {
    if (!folder.empty() && !folder.ends_with('/')) folder += '/';
    return folder;
}

/// One run of the command.
class ConfBench {
  public:
    ConfBench(std::string conf, Options options, std::ostream& out, std::ostream& err)
        : conf_(std::move(conf)), options_(std::move(options)), out_(out), err_(err) {}

    int run() {
        if (!scratch_.wrong().empty()) return complain(failed, scratch_.wrong());
        if (const int status = stage_conf(); status != 0) return status;
        if (const int status = start_backends(); status != 0) return status;
        if (const int status = start_proxy(); status != 0) return status;
        drive_all();
        proxy_.stop();
        return report();
    }

  private:
    std::string staged_path() const { return scratch_.folder() + "staged.conf"; }

    int complain(int status, std::string_view what) {
        err_ << "sluice bench conf: " << what << '\n';
        return status;
    }

    bool tell_errors(const config::Conf& conf) {
        for (const auto& diagnostic : conf.diagnostics.all())
            if (diagnostic.severity == config::Severity::error)
                err_ << in_words_of_conf(config::render(diagnostic, conf.sources), staged_path(), staged_) << '\n';
        return !conf.ok();
    }

    int stage_conf() {
        std::error_code error;
        const auto allowed = allow_descriptors();
        if (const auto wrong = scratch_.make_certificate(); !wrong.empty()) return complain(failed, wrong);
        const std::string folder = with_slash(
            std::filesystem::absolute(config::folder_of(conf_).empty() ? "." : config::folder_of(conf_), error)
                .string());
        auto conf =
            config::parse(config::DiskFiles(), conf_, {.prefix = std::string(config::folder_of(conf_)), .globals = ""});
        config::check(conf);
        if (tell_errors(conf))
            return complain(failed, concat({"the conf has errors; sluice check ", conf_, " tells all"}));
        const StageTools tools{scratch_.folder(),
                               folder,
                               take_port,
                               &ports_,
                               is_readable,
                               scratch_.folder() + "own.crt",
                               scratch_.folder() + "own.key",
                               own_name()};
        staged_ = stage(conf, tools);
        if (const auto wrong = lacks(allowed); !wrong.empty()) return complain(failed, wrong);
        if (const auto wrong = scratch_.write("staged.conf", staged_.text); !wrong.empty())
            return complain(failed, wrong);
        return compile_staged();
    }

    /// What there is too little of for the listeners and the peers, or "".
    std::string lacks(std::uint64_t descriptors) const {
        const auto listeners = staged_.listeners.size(), peers = staged_.peers.size();
        std::uint64_t connections = options_.plan.connections;
        for (const Phase& phase : options_.phases)
            connections = std::max<std::uint64_t>({connections, phase.connections_from, phase.connections_to});
        // Of a peer its port is held, and listened on.
        if (auto wrong = too_few_descriptors(
                listeners + 2 * peers + connections, descriptors,
                concat({config::counted(listeners, "listener"), ", ", config::counted(peers, "peer"), " and ",
                        config::counted(connections, "connection")}));
            !wrong.empty())
            return wrong;
        for (const auto* list : {&staged_.listeners, &staged_.peers})
            for (const Moved& moved : *list)
                if (moved.port == 0)
                    return concat({"no port of 127.0.0.1 is free for ", moved.peer.empty() ? moved.name : moved.peer});
        return "";
    }

    int compile_staged() {
        auto conf = config::parse(config::DiskFiles(), staged_path(), {.prefix = scratch_.folder(), .globals = ""});
        config::check(conf);
        snapshot_ = compile::compile(
            std::move(conf),
            {.prefix = options_.prefix, .conf_folder = scratch_.folder(), .error_log = "", .only_check = true});
        if (tell_errors(snapshot_->conf))
            return complain(failed,
                            "the conf cannot be run on this machine; the lines above are of the conf as it was made "
                            "ready for that");
        return 0;
    }

    int start_backends() {
        const Profiles profiles(options_.backends);
        if (const auto wrong = profiles.unknown(staged_.peers); !wrong.empty()) return complain(usage_error, wrong);
        backends_.emplace(scratch_.folder() + "own.crt", scratch_.folder() + "own.key", options_.plan.seed);
        for (const Moved& peer : staged_.peers)
            if (const auto wrong = backends_->add(peer.port, profiles.of(peer)); !wrong.empty())
                return complain(failed, wrong);
        backends_->start();
        return 0;
    }

    int start_proxy() {
        if (staged_.listeners.empty()) return complain(failed, concat({conf_, " has no server that could be driven"}));
        const auto wrong = proxy_.start(staged_path(), options_.prefix, scratch_.folder());
        ports_.release();
        if (!wrong.empty() && is_to_end()) return complain(failed, "ended before a route was driven");
        return wrong.empty()
                   ? 0
                   : complain(failed,
                              concat({"the conf does not start:\n", in_words_of_conf(wrong, staged_path(), staged_)}));
    }

    void drive_all() {
        Drive drive(options_, staged_, *backends_, proxy_);
        result_.conf = conf_;
        result_.notes = staged_.notes;
        drive.run(find_routes(*snapshot_, staged_, drive.usual()), result_);
        plan_ = drive.plan();
    }

    int report() {
        const Outputs& to = options_.outputs;
        if (!to.quiet) (to.json == "-" ? err_ : out_) << conf_text(plan_, result_);
        const std::string json = boost::json::serialize(conf_json(plan_, result_));
        if (to.json == "-")
            out_ << json << '\n';
        else if (!to.json.empty())
            if (std::ofstream file(to.json); !(file << json << '\n' << std::flush))
                return complain(failed, "cannot write " + to.json);
        if (!to.plot.empty())
            if (std::ofstream file(to.plot); !(file << conf_picture(plan_, result_) << std::flush))
                return complain(failed, "cannot write " + to.plot);
        if (!(out_ << std::flush)) return complain(failed, "cannot write the report");
        if (!result_.driven.empty()) return 0;
        return complain(failed, result_.interrupted ? "ended before a route was driven" : "no route could be driven");
    }

    const std::string conf_;
    Options options_;
    std::ostream& out_;
    std::ostream& err_;
    const SignalsHeld held_;  // before the folder is there, until it is gone
    const Scratch scratch_;
    Ports ports_;
    Staged staged_;
    std::shared_ptr<route::Snapshot> snapshot_;
    std::optional<MockServer> backends_;
    StagedProxy proxy_;
    Plan plan_;
    ConfResult result_;
};

}  // namespace

int bench_conf_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
    const bool named = !args.empty() && !args.front().starts_with('-');
    ParsedOptions parsed = parse_options(named ? args.subspan(1) : args, Command::conf);
    if (parsed.message.empty() && parsed.options.help) {
        out << help_text(Command::conf);
        return 0;
    }
    if (parsed.message.empty() && !named) parsed.message = "which conf? as in sluice bench conf /etc/nginx/nginx.conf";
    if (parsed.message.empty() && !is_readable(args.front()))
        parsed.message = concat({in_quotes(args.front()), ": cannot be read"});
    if (!parsed.message.empty()) {
        err << "sluice bench conf: " << parsed.message << '\n';
        return usage_error;
    }
    parsed.options.prefix = with_slash(parsed.options.prefix);
    return ConfBench(args.front(), std::move(parsed.options), out, err).run();
}

}  // namespace sluice::bench
