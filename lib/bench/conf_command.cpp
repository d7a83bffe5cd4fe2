#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "bench/command.hpp"
#include "bench/conf_report.hpp"
#include "bench/mock_server.hpp"
#include "bench/options.hpp"
#include "bench/plot.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "bench/run.hpp"
#include "bench/scratch.hpp"
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
constexpr double usual_seconds = 2, usual_warmup = 0.2;
constexpr std::size_t most_curves = 8;

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
        if (scratch_.folder().empty()) return complain(failed, "cannot make a folder for temporary files");
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
        if (const auto wrong = scratch_.write("staged.conf", staged_.text); !wrong.empty())
            return complain(failed, wrong);
        return compile_staged();
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

    /// That of the peer's own name goes before that of its group, and that before the one for all.
    MockProfile profile_of(const Moved& peer, std::vector<bool>& used) const {
        MockProfile out;
        int best = 0;
        for (std::size_t i = 0; i < options_.backends.size(); ++i) {
            const MockProfile profile = parse_backend(options_.backends[i]).profile;
            const int rank = profile.name.empty()                                  ? 1
                             : profile.name == peer.name && peer.name != peer.peer ? 2
                             : profile.name == peer.peer                           ? 3
                                                                                   : 0;
            if (rank > 0) used[i] = true;
            if (rank >= best && rank > 0) {
                best = rank;
                out = profile;
            }
        }
        return out;
    }

    int start_backends() {
        backends_.emplace(scratch_.folder() + "own.crt", scratch_.folder() + "own.key", options_.plan.seed);
        std::vector<bool> used(options_.backends.size());
        for (const Moved& peer : staged_.peers)
            if (const auto wrong = backends_->add(peer.port, profile_of(peer, used)); !wrong.empty())
                return complain(failed, wrong);
        for (std::size_t i = 0; i < used.size(); ++i)
            if (!used[i] && !parse_backend(options_.backends[i]).profile.name.empty())
                return complain(usage_error,
                                concat({"--backend ", in_quotes(options_.backends[i]),
                                        ": the conf has no upstream and no peer of that name; ", names_of_peers()}));
        backends_->start();
        return 0;
    }

    std::string names_of_peers() const {
        std::vector<std::string_view> names;
        for (const Moved& peer : staged_.peers)
            if (std::ranges::find(names, peer.name) == names.end() && names.size() < 10) names.push_back(peer.name);
        return names.empty() ? "it has none" : "there are " + config::list(names);
    }

    int start_proxy() {
        std::vector<std::uint16_t> ports;
        for (const Moved& listener : staged_.listeners) ports.push_back(listener.port);
        if (ports.empty()) return complain(failed, concat({conf_, " has no server that could be driven"}));
        const auto wrong = proxy_.start(staged_path(), options_.prefix, scratch_.folder() + "said", ports);
        ports_.release();
        return wrong.empty()
                   ? 0
                   : complain(failed,
                              concat({"the conf does not start:\n", in_words_of_conf(wrong, staged_path(), staged_)}));
    }

    Plan plan_for(const DrivenRoute& route) const {
        Plan plan = plan_;
        std::string method = options_.method.empty() ? options_.has_body ? "POST" : "GET" : options_.method;
        plan.requests.push_back(make_request(route.url, {method, options_.fields, options_.body, options_.has_body}));
        plan.origins.push_back(route.url.origin);
        plan.tls.verify = false;
        return plan;
    }

    void drive_all() {
        const std::string method = options_.method.empty() ? options_.has_body ? "POST" : "GET" : options_.method;
        Progress progress(options_.outputs.quiet);
        plan_ = options_.plan;
        options_.seconds = options_.seconds               ? options_.seconds
                           : options_.plan.requests_limit ? std::nullopt
                                                          : std::optional(usual_seconds);
        const double warmup = options_.warmup > 0 ? options_.warmup : usual_warmup;
        options_.warmup = 0;
        plan_.phases = phases_of(options_);
        result_.conf = conf_;
        result_.notes = staged_.notes;
        for (DrivenRoute& route : find_routes(*snapshot_, staged_, method, options_.fields)) {
            if (!route.why_not.empty() || result_.interrupted || !proxy_.runs()) {
                if (route.why_not.empty())
                    route.why_not = result_.interrupted ? "the run was ended early" : "the server is gone";
                result_.left.push_back(std::move(route));
                continue;
            }
            progress.label(route.title.empty() ? route.site : route.title);
            drive(route, warmup, progress);
        }
    }

    void drive(const DrivenRoute& route, double warmup, Progress& progress) {
        Plan plan = plan_for(route);
        RouteResult out{route, {}, 0};
        if (out.result.failure = find_addresses(plan); out.result.failure.empty()) {
            Plan warm = plan;
            warm.requests_limit = 0;
            warm.phases.resize(1);
            warm.phases[0].seconds = warmup;
            const Result warmed = run(warm);
            const double before = proxy_.cpu();
            Watch watch;
            if (progress.shows()) watch.look = [&progress](const Glance& glance) { progress.show(glance); };
            if (!warmed.interrupted) out.result = bench::run(plan, watch);
            out.cpu = proxy_.cpu() - before;
            result_.interrupted = warmed.interrupted || out.result.interrupted;
        }
        progress.clear();
        if (!out.result.failure.empty() || out.result.parts.empty()) {
            out.route.why_not = out.result.failure.empty() ? "the run was ended early" : out.result.failure;
            result_.left.push_back(std::move(out.route));
        } else
            result_.driven.push_back(std::move(out));
    }

    static Result run(const Plan& plan) { return bench::run(plan); }

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
            if (std::ofstream file(to.plot); !(file << picture() << std::flush))
                return complain(failed, "cannot write " + to.plot);
        if (!result_.driven.empty()) return 0;
        return complain(failed, result_.interrupted ? "ended before a route was driven" : "no route could be driven");
    }

    /// The slowest, by p99.
    std::string picture() const {
        std::vector<const RouteResult*> rows;
        for (const RouteResult& row : result_.driven)
            if (row.result.total.latency.count() != 0) rows.push_back(&row);
        std::ranges::stable_sort(rows, std::greater<>(),
                                 [](const RouteResult* row) { return row->result.total.latency.at(99); });
        if (rows.size() > most_curves) rows.resize(most_curves);
        Picture out{"Latency by percentile, the slowest routes", load_text(plan_), {}, {}};
        for (const RouteResult* row : rows) {
            Curve& curve = out.curves.emplace_back();
            curve.name = row->route.title.empty() ? row->route.site : row->route.title;
            for (const auto& point : row->result.total.latency.distribution())
                curve.points.emplace_back(point.percent, static_cast<double>(point.value) * 1e-6);
        }
        return plot_svg(out);
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
