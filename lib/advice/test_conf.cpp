#include "advice/test_conf.hpp"

#include <ostream>
#include <set>

#include "config/checker.hpp"
#include "config/words.hpp"

namespace sluice::advice {

namespace {

using config::concat;
using config::Diagnostic;

/// What render() shows, without the line of the message: that one was said before in nginx's form.
std::string without_message(const Diagnostic& diagnostic, const config::Sources& sources) {
    Diagnostic bare = diagnostic;
    bare.message.clear();
    std::string out = config::render(bare, sources);
    const std::string_view kind = bare.severity == config::Severity::error ? "error: \n" : "warning: \n";
    const std::string line = bare.span.known() ? concat({sources.where(bare.span), ": ", kind}) : std::string(kind);
    if (const std::size_t at = out.find(line); at != out.npos) out.erase(at, line.size());
    return out;
}

config::Conf read(const ConfTest& test, const config::Files& files) {
    config::Conf conf = config::parse(files, test.path, test.options);
    config::check(conf);
    if (test.more_checks) test.more_checks(conf);
    return conf;
}

void print_all(const config::Diagnostics& all, const config::Sources& sources, bool quiet, std::ostream& err) {
    for (const Diagnostic& d : all.all()) {
        const bool error = d.severity == config::Severity::error;
        if (quiet && !error) continue;
        err << "sluice: [" << (error ? "emerg" : "warn") << "] " << d.message;
        if (d.span.known())
            err << " in " << sources[d.span.source].path << ':' << sources.position(d.span).line;
        err << '\n' << without_message(d, sources);
    }
}

int report(const config::Conf& conf, const ConfTest& test, std::ostream& err) {
    print_all(conf.diagnostics, conf.sources, test.quiet, err);
    bool ok = conf.ok();
    if (ok && !test.quiet) err << "sluice: the configuration file " << test.path << " syntax is ok\n";
    if (ok && test.trial) {
        config::Diagnostics found;
        test.trial(conf, found);
        found.arrange(conf.sources);
        print_all(found, conf.sources, test.quiet, err);
        ok = found.errors() == 0;
    }
    if (!ok)
        err << "sluice: configuration file " << test.path << " test failed\n";
    else if (!test.quiet)
        err << "sluice: configuration file " << test.path << " test is successful\n";
    return ok ? 0 : 1;
}

}  // namespace

void print_problems(const config::Conf& conf, bool quiet, std::ostream& err) {
    print_all(conf.diagnostics, conf.sources, quiet, err);
}

int test_conf(const ConfTest& test, const config::Files& files, std::ostream& err) {
    return report(read(test, files), test, err);
}

int dump_conf(const ConfTest& test, const config::Files& files, std::ostream& out, std::ostream& err) {
    const config::Conf conf = read(test, files);
    if (const int status = report(conf, test, err); status != 0) return status;
    std::set<std::string_view> printed;
    const bool has_globals = !test.options.globals.empty();  // the first source then, and no file
    for (config::SourceId id = has_globals ? 1 : 0; id < conf.sources.size(); ++id) {
        const config::Source& source = conf.sources[id];
        if (printed.insert(source.path).second)
            out << "# configuration file " << source.path << ":\n" << source.text->bytes() << '\n';
    }
    return 0;
}

}  // namespace sluice::advice
