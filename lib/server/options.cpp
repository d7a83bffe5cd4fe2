#include "server/options.hpp"

#include <algorithm>
#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "balance/balancer.hpp"
#include "core/text.hpp"
#include "server/option_parts.hpp"
#include "version.hpp"

namespace sluice::server {

namespace {

namespace po = boost::program_options;

constexpr unsigned most_threads = 512;

/// These set their part of the options, or return what is wrong with the value.
std::string set_listen(Options& out, std::string_view value) {
    ParsedAddress parsed = parse_address(value);
    out.listen.push_back(std::move(parsed.address));
    return parsed.message;
}

std::string set_backend(Options& out, std::string_view value) {
    ParsedBackend parsed = parse_backend(value);
    out.backends.push_back(std::move(parsed.backend));
    return parsed.message;
}

std::string set_balance(Options& out, std::string_view value) {
    out.balance = value;
    if (balance::find_balancer(value)) return "";
    std::vector<std::string_view> names;
    for (const balance::Balancer& balancer : balance::balancers()) names.push_back(balancer.name);
    return "no such balancer; " + suggestion(value, names);
}

std::string set_threads(Options& out, std::string_view value) {
    const auto number = core::parse_number<unsigned>(value);
    if (!number || *number < 1 || *number > most_threads)
        return join({"is not a number from 1 to ", std::to_string(most_threads)});
    out.threads = *number;
    return "";
}

std::string set_access_log(Options& out, std::string_view value) {
    if (value.empty()) return "needs a path, \"-\" for standard output, or \"off\"";
    if (value.ends_with('/')) return "names a folder; the log is a file in it, as in access.log";
    out.access_log = value;
    return "";
}

std::string set_demo(Options& out, std::string_view) {
    out.action = Options::Action::demo;
    return "";
}

std::string set_once(Options& out, std::string_view) {
    out.once = true;
    return "";
}

struct Flag {
    std::string_view name;
    std::string_view example;  // of its value; "" if it takes none
    bool repeats;
    std::string (*set)(Options&, std::string_view value);
};

constexpr Flag flags[] = {
    {"listen", "8080", true, set_listen},
    {"backend", "127.0.0.1:9001", true, set_backend},
    {"balance", "least_conn", false, set_balance},
    {"threads", "2", false, set_threads},
    {"access-log", "access.log", false, set_access_log},
    {"demo", "", false, set_demo},
    {"once", "", false, set_once},
    {"help", "", true, nullptr},
    {"version", "", true, nullptr},
};

/// Names that other programs have for these flags.
struct OtherName {
    std::string_view name;
    std::string_view ours;
};
constexpr OtherName other_names[] = {
    {"port", "listen"},       {"bind", "listen"},    {"address", "listen"}, {"upstream", "backend"},
    {"server", "backend"},    {"origin", "backend"}, {"target", "backend"}, {"workers", "threads"},
    {"algorithm", "balance"}, {"policy", "balance"}, {"log", "access-log"}, {"accesslog", "access-log"},
};

const Flag* find_flag(std::string_view name) {
    const Flag* row = std::ranges::find(flags, name, &Flag::name);
    return row == std::end(flags) ? nullptr : row;
}

std::string unknown_flag(std::string_view token) {
    const std::string_view shown = token.substr(0, token.find('='));
    constexpr std::string_view of_confs = "cpgestTqV";
    if (shown.size() == 2 && shown[0] == '-' && of_confs.find(shown[1]) != of_confs.npos)
        return join({shown, ": flags and a configuration do not go together: either -c FILE, or --listen and --backend"});
    const std::string_view name = shown.substr(std::min(shown.find_first_not_of('-'), shown.size()));
    std::string_view names[std::size(flags)];
    std::ranges::transform(flags, names, &Flag::name);
    std::string_view meant = core::nearest(name, std::begin(names), std::end(names));
    const OtherName* other = std::ranges::find(other_names, name, &OtherName::name);
    if (other != std::end(other_names)) meant = other->ours;
    if (meant.empty()) return join({in_quotes(shown), ": no such flag; --help shows all"});
    return join({in_quotes(shown), ": no such flag; did you mean --", meant, "?"});
}

std::string missing_value(const Flag& flag) {
    return join({"--", flag.name, ": needs a value, as in --", flag.name, " ", flag.example});
}

/// What Boost.Program_options could not split into flags and values.
std::string describe(const po::invalid_command_line_syntax& error) {
    using Kind = po::invalid_syntax;
    const std::string token = error.get_option_name();
    const Flag* flag = find_flag(std::string_view(token).substr(std::min(token.find_first_not_of('-'), token.size())));
    if (!flag) return unknown_flag(token);
    const bool missing = error.kind() == Kind::missing_parameter || error.kind() == Kind::empty_adjacent_parameter;
    if (missing && !flag->example.empty()) return missing_value(*flag);
    return join({"--", flag->name, ": takes no value"});
}

po::options_description description() {
    po::options_description out;
    for (const Flag& flag : flags) {
        const std::string name(flag.name);
        if (!flag.example.empty())
            out.add_options()(name.c_str(), po::value<std::string>(), "");
        else
            out.add_options()(name.c_str(), "");
    }
    return out;
}

/// --flag VALUE and --flag=VALUE; without guessing (--li for --listen). The two short flags are rows of their own.
constexpr int style = po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                      po::command_line_style::long_allow_next;

using Given = std::vector<po::option>;

bool is_positional(const po::option& o) { return o.position_key >= 0; }

/// `short_name` comes as a word of its own, since `style` knows long flags only.
bool has(const Given& given, std::string_view name, std::string_view short_name) {
    return std::ranges::any_of(given, [&](const po::option& o) {
        return is_positional(o) ? o.value.front() == short_name : !o.unregistered && o.string_key == name;
    });
}

/// What stands where no flag's value is expected.
std::string stray_word(std::string_view word) {
    if (word.starts_with('-') && word.size() > 1) return unknown_flag(word);
    if (word.ends_with(".conf")) return join({in_quotes(word), ": is no flag; a configuration is named by -c FILE"});
    return join({in_quotes(word), ": is no flag; a backend is given as --backend ADDRESS"});
}

std::string apply_one(const po::option& given, Options& out, std::vector<const Flag*>& seen) {
    if (is_positional(given)) return stray_word(given.value.front());
    const Flag* flag = given.unregistered ? nullptr : find_flag(given.string_key);
    if (!flag) return unknown_flag(given.original_tokens.front());
    if (!flag->repeats && std::ranges::count(seen, flag) != 0) return join({"--", flag->name, ": is given twice"});
    seen.push_back(flag);
    const std::string value = given.value.empty() ? "" : given.value.front();
    if (value.starts_with("--")) return missing_value(*flag);  // the next flag: the value was forgotten
    const std::string message = flag->set(out, value);
    return message.empty() ? "" : join({"--", flag->name, " ", in_quotes(value), ": ", message});
}

std::string apply(const Given& given, Options& out) {
    std::vector<const Flag*> seen;
    for (const po::option& option : given)
        if (std::string message = apply_one(option, out, seen); !message.empty()) return message;
    return "";
}

/// The first address of --listen that was there before, or nullptr.
const AddressText* find_repeated(const std::vector<AddressText>& listen) {
    for (auto a = listen.begin(); a != listen.end(); ++a)
        for (auto b = listen.begin(); b != a; ++b)
            if (a->family == b->family && a->host == b->host && a->port == b->port) return &*a;
    return nullptr;
}

/// What one flag cannot know of the others.
std::string check_together(const Options& options) {
    const bool demo = options.action == Options::Action::demo;
    if (options.once && !demo) return "--once: goes only with --demo";
    if (demo && !options.backends.empty())
        return join({"--backend ", in_quotes(options.backends.front().address.text),
                     ": --demo runs its own backends; leave out one of the two"});
    if (!demo && options.backends.empty())
        return "--backend: none is given; try --backend 127.0.0.1:9001, or --demo to see sluice work";
    if (!demo && std::ranges::all_of(options.backends, &BackendOption::backup))
        return join({"--backend ", in_quotes(options.backends.front().address.text),
                     ": a backup needs a backend to stand in for; leave out \"backup\" at one of them"});
    if (const AddressText* repeated = find_repeated(options.listen))
        return join({"--listen ", in_quotes(repeated->text), ": is given twice"});
    return "";
}

ParsedOptions print(std::string text) {
    ParsedOptions out;
    out.options.action = Options::Action::print;
    out.options.print = std::move(text);
    return out;
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
    if (argc <= 1) return print(help_text());
    ParsedOptions out;
    try {
        const po::options_description known = description();
        const Given given =
            po::command_line_parser(argc, argv).options(known).style(style).allow_unregistered().run().options;
        if (has(given, "help", "-h")) return print(help_text());
        if (has(given, "version", "-v")) return print(join({"sluice ", version, "\n"}));
        out.message = apply(given, out.options);
    } catch (const po::invalid_command_line_syntax& error) {
        out.message = describe(error);
    }
    if (out.message.empty()) out.message = check_together(out.options);
    if (out.options.listen.empty()) out.options.listen.push_back(parse_address("8080").address);
    return out;
}

}  // namespace sluice::server
