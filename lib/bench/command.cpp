#include "bench/command.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <fstream>
#include <ostream>

#include "bench/options.hpp"
#include "bench/plot.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "bench/run.hpp"

namespace sluice::bench {

namespace {

constexpr int failed = 1, usage_error = 2;

int complain(std::ostream& err, int status, std::string_view what) {
    err << "sluice bench: " << what << '\n';
    return status;
}

/// What is wrong, or "".
std::string write_files(const Options& options, const Plan& plan, const Result& result, std::ostream& out) {
    const Outputs& to = options.outputs;
    const std::string name = to.name.empty() ? "this run" : to.name;
    if (to.json.empty() && to.plot.empty()) return "";
    const std::string json = boost::json::serialize(result_json(name, plan, result));
    if (to.json == "-")
        out << json << '\n';
    else if (!to.json.empty())
        if (std::ofstream file(to.json); !(file << json << '\n' << std::flush)) return "cannot write " + to.json;
    return to.plot.empty() ? "" : write_plot(to.plot, load_text(plan), json, to.compare);
}

}  // namespace

int bench_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads the report may leave before its end: what was made is put away still
    if (!args.empty() && args.front() == "conf") return bench_conf_command(args.subspan(1), out, err);
    const ParsedOptions parsed = parse_options(args);
    const Options& options = parsed.options;
    if (!parsed.message.empty()) return complain(err, usage_error, parsed.message);
    if (options.help) {
        out << help_text(Command::bench);
        return 0;
    }
    Plan plan = plan_of(options);
    for (const auto& wrong : {allow_descriptors(plan), find_addresses(plan)})
        if (!wrong.empty()) return complain(err, failed, wrong);
    Progress progress(options.outputs.quiet);
    Watch watch;
    if (progress.shows()) watch.look = [&progress](const Glance& glance) { progress.show(glance); };
    const Result result = run(plan, watch);
    progress.clear();
    if (!result.failure.empty()) return complain(err, failed, result.failure);
    const bool machine = options.outputs.json == "-";
    if (!options.outputs.quiet) (machine ? err : out) << result_text(plan, result);
    if (const auto wrong = write_files(options, plan, result, out); !wrong.empty()) return complain(err, failed, wrong);
    if (!(out << std::flush)) return complain(err, failed, "cannot write the report");
    return result.total.tally.answers != 0 ? 0 : failed;
}

}  // namespace sluice::bench
