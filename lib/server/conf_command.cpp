#include "server/conf_command.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <boost/version.hpp>
#include <filesystem>
#include <iostream>

#include "advice/test_conf.hpp"
#include "compile/compile.hpp"
#include "process/signal_command.hpp"
#include "server/server.hpp"
#include "server/try_out.hpp"
#include "version.hpp"

namespace sluice::server {

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr int usage_error = 2, failed = 1;

constexpr std::string_view help = R"(sluice: a reverse proxy and load balancer

Usage: sluice [-?hvVtTq] [-s signal] [-p prefix] [-e filename] [-c filename] [-g directives]

  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and what it was built with, then exit
  -t            : test the configuration and exit
  -T            : test it, dump it and exit
  -q            : suppress non-error messages during the test
  -s signal     : tell the running process: stop, quit, reopen, reload
  -p prefix     : where relative paths start (default: the working folder)
  -e filename   : the error log, if the configuration names none (default: logs/error.log)
  -c filename   : the configuration (default: conf/sluice.conf)
  -g directives : directives of the main level, before the file

Without a configuration: sluice --help
)";

/// "/opt/sluice/" for /opt/sluice/bin/sluice.
std::string installation() {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    return error ? std::string() : program.parent_path().parent_path().string() + '/';
}

bool is_of_this_kind(int argc, const char* const* argv) {
    if (argc <= 1) return fs::exists(installation() + "conf/sluice.conf");
    const std::string_view first = argv[1];
    if (first == "-h") return argc > 2;  // alone it is that of the flags, which tells of both
    return first.size() >= 2 && first[0] == '-' && first[1] != '-';
}

/// A word that is neither a flag of nginx's nor the value of one; what is wrong with it, or "".
std::string find_stray(int argc, const char* const* argv) {
    constexpr std::string_view with_value = "specg";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const auto name = word.substr(0, word.find('='));
        if (word.starts_with("--") && word.size() > 2)
            return std::string(name) + ": flags and a configuration do not go together: either -c FILE, or --listen and --backend";
        if (!word.starts_with('-') || word.size() < 2)
            return '"' + std::string(word) + "\": is no flag; a configuration is named by -c FILE";
        const auto valued = word.find_first_of(with_value, 1);
        if (valued != word.npos && valued + 1 == word.size()) ++i;  // the next word is its value
    }
    return "";
}

po::options_description description() {
    po::options_description out;
    auto add = out.add_options();
    for (const char* flag : {",h", ",?", ",v", ",V", ",t", ",T", ",q"}) add(flag, "");
    for (const char* flag : {",s", ",p", ",e", ",c", ",g"}) add(flag, po::value<std::string>(), "");
    return out;
}

std::string value(const po::variables_map& given, const char* name) { return given.count(name) ? given[name].as<std::string>() : std::string(); }

ConfPlace place_of(const po::variables_map& given) {
    ConfPlace place;
    std::error_code error;
    const auto here = fs::current_path(error).string() + '/';
    place.prefix = value(given, "-p");
    if (place.prefix.empty()) place.prefix = given.count("-c") ? here : fs::exists(here + "conf/sluice.conf") ? here : installation();
    if (!place.prefix.ends_with('/')) place.prefix += '/';
    // A daemon has another working folder.
    if (!place.prefix.starts_with('/')) place.prefix = here + place.prefix;
    if (given.count("-c")) place.path = value(given, "-c");
    place.globals = value(given, "-g");
    place.error_log = value(given, "-e");
    return place;
}

advice::ConfTest test_of(const ConfPlace& place, bool quiet) {
    advice::ConfTest test;
    test.path = config::resolve_path(place.prefix, place.path);
    test.options = {.prefix = std::string(config::folder_of(test.path)), .globals = place.globals};
    test.quiet = quiet;
    const auto kept = std::make_shared<std::shared_ptr<route::Snapshot>>();  // from the checks to the trial
    test.more_checks = [kept, place, folder = test.options.prefix](config::Conf& conf) {
        *kept = compile::compile(std::move(conf), {.prefix = place.prefix, .conf_folder = folder, .error_log = place.error_log});
        conf = std::move((*kept)->conf);
    };
    test.trial = [kept, place](const config::Conf& conf, config::Diagnostics& out) { try_out(**kept, conf, place, out); };
    return test;
}

int print_version(bool with_build) {
    std::cerr << "sluice version: sluice/" << version << '\n';
    if (with_build) std::cerr << "built by gcc " << __VERSION__ << "\nbuilt with Boost " << BOOST_LIB_VERSION << '\n';
    return 0;
}

int send_signal(const ConfPlace& place, const std::string& word) {
    const auto snapshot = read_conf(place);
    if (!snapshot->conf.ok()) {
        advice::print_problems(snapshot->conf, true, std::cerr);
        return failed;
    }
    const auto wrong = process::send_signal(word, config::resolve_path(place.prefix, snapshot->main.pid));
    if (wrong.empty()) return 0;
    std::cerr << "sluice: " << wrong << '\n';
    return failed;
}

int run_given(const po::variables_map& given) {
    if (given.count("-h") || given.count("-?")) {
        std::cerr << help;
        return 0;
    }
    if (given.count("-v") || given.count("-V")) return print_version(given.count("-V"));
    const auto place = place_of(given);
    const bool quiet = given.count("-q");
    const config::DiskFiles files;
    if (given.count("-T")) return advice::dump_conf(test_of(place, quiet), files, std::cout, std::cerr);
    if (given.count("-t")) return advice::test_conf(test_of(place, quiet), files, std::cerr);
    if (const auto word = value(given, "-s"); !word.empty()) {
        if (!process::signal_of(word)) {
            std::cerr << "sluice: invalid option: \"-s " << word << "\": there are stop, quit, reload and reopen\n";
            return failed;
        }
        return send_signal(place, word);
    }
    Server server;
    if (!server.start(place)) return failed;
    server.run();
    return 0;
}

}  // namespace

void check_by_compiling(config::Conf& conf) {
    compile::Options how;
    how.only_check = true;
    auto snapshot = compile::compile(std::move(conf), how);
    conf = std::move(snapshot->conf);
}

std::optional<int> run_conf_command(int argc, const char* const* argv) {
    if (!is_of_this_kind(argc, argv)) return std::nullopt;
    if (const auto wrong = find_stray(argc, argv); !wrong.empty()) {
        std::cerr << "sluice: " << wrong << '\n';
        return usage_error;
    }
    po::variables_map given;
    try {
        const auto known = description();
        using namespace po::command_line_style;
        const int style = allow_short | allow_dash_for_short | short_allow_adjacent | short_allow_next | allow_sticky;
        po::store(po::command_line_parser(argc, argv).options(known).style(style).run(), given);
    } catch (const po::error& error) {
        std::cerr << "sluice: " << error.what() << "; -h shows all\n";
        return usage_error;
    }
    return run_given(given);
}

}  // namespace sluice::server
