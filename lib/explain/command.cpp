#include "explain/command.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <filesystem>
#include <ostream>

#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/files.hpp"
#include "config/parser.hpp"
#include "explain/live.hpp"
#include "explain/show.hpp"
#include "explain/tell.hpp"

namespace sluice::explain {

namespace {

namespace po = boost::program_options;

constexpr int failed = 1, usage_error = 2;

constexpr std::string_view usage =
    "usage: sluice explain [-c FILE] [-p PREFIX] [-X METHOD] [-H 'Name: value']... [--from ADDRESS] [--json] [--live] "
    "URL\n";

constexpr std::string_view help = R"(sluice explain: what would become of a request, and which lines of the conf say so
  -c, --conf FILE       the configuration (default: conf/sluice.conf)
  -p, --prefix FOLDER   where relative paths start (default: the working folder)
  -X, --method METHOD   default: GET
  -H, --header FIELD    'Name: value'; may be repeated
      --from ADDRESS    of the client (default: 127.0.0.1)
      --json            for machines
      --live            asks the running process how its peers are
Nothing is sent, and no name is looked up. As in
  sluice explain -c sluice.conf http://localhost:8080/users/7
)";

struct Command {
    Question question;
    std::string conf, prefix;
    bool json = false, live = false, help = false;
    std::string wrong;
};

po::options_description describe(Command& command) {
    po::options_description out;
    auto& q = command.question;
    out.add_options()("conf,c", po::value(&command.conf), "")("prefix,p", po::value(&command.prefix), "")(
        "method,X", po::value(&q.method), "")("header,H", po::value(&q.fields)->composing(), "")(
        "from", po::value(&q.from), "")("json", po::bool_switch(&command.json), "")(
        "live", po::bool_switch(&command.live), "")("help,h", po::bool_switch(&command.help), "")(
        "url", po::value<std::vector<std::string>>(), "");
    return out;
}

Command parse(std::span<const std::string> args) {
    Command out;
    const auto described = describe(out);
    po::positional_options_description operands;
    operands.add("url", -1);
    try {
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::variables_map given;
        po::store(po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                      .options(described)
                      .positional(operands)
                      .style(style)
                      .run(),
                  given);
        po::notify(given);
        const auto urls = given.count("url") ? given["url"].as<std::vector<std::string>>() : std::vector<std::string>();
        if (urls.size() > 1) out.wrong = "one URL, not several: \"" + urls[1] + "\" is too much";
        if (urls.empty()) out.wrong = "which URL? as in sluice explain http://localhost:8080/";
        if (!urls.empty()) out.question.url = urls.front();
    } catch (const po::error& error) {
        out.wrong = error.what();
    }
    return out;
}

/// The conf that `sluice` without flags would run with; `prefix` goes with it.
std::string usual_conf(std::string& prefix) {
    namespace fs = std::filesystem;
    constexpr std::string_view name = "conf/sluice.conf";
    std::error_code error;
    std::string here = config::resolve_path(prefix, name);
    if (!prefix.empty() || fs::exists(here, error)) return here;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    const std::string installation = program.parent_path().parent_path().string() + '/';
    if (error || !fs::exists(installation + std::string(name), error)) return here;
    prefix = installation;
    return installation + std::string(name);
}

}  // namespace

int explain_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
    Command command = parse(args);
    if (command.help) {
        out << usage << help;
        return 0;
    }
    if (!command.wrong.empty()) {
        err << "sluice explain: " << command.wrong << '\n' << usage;
        return usage_error;
    }
    auto& prefix = command.prefix;
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    const auto path = command.conf.empty() ? usual_conf(prefix) : config::resolve_path(prefix, command.conf);
    auto conf =
        config::parse(config::DiskFiles(), path, {.prefix = std::string(config::folder_of(path)), .globals = ""});
    config::check(conf);
    const auto snapshot = compile::compile(std::move(conf), {.prefix = prefix, .error_log = "", .only_check = true});
    if (!snapshot->conf.ok()) {
        for (const auto& diagnostic : snapshot->conf.diagnostics.all())
            if (diagnostic.severity == config::Severity::error)
                err << config::render(diagnostic, snapshot->conf.sources) << '\n';
        err << "sluice explain: the conf has errors; sluice check " << path << " tells all\n";
        return failed;
    }
    const core::SystemClock clock;
    auto told = tell(*snapshot, command.question, clock);
    if (!told.error.empty()) {
        err << "sluice explain: " << told.error << '\n';
        return failed;
    }
    if (command.live && told.story.passing) {
        const auto path = config::resolve_path(prefix, snapshot->main.pid) + ".sock";
        if (const auto wrong = ask_live(path, told.story); !wrong.empty()) {
            err << "sluice explain: " << wrong << '\n';
            return failed;
        }
    }
    out << (command.json ? show_json(told.story) : show_text(told.story));
    return 0;
}

}  // namespace sluice::explain
