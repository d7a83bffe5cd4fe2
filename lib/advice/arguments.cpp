#include "advice/arguments.hpp"

#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <ostream>

#include "config/words.hpp"

namespace sluice::advice {

namespace {

namespace po = boost::program_options;
using config::concat;
using config::in_quotes;

std::string_view long_name(std::string_view name) { return name.substr(0, name.find(',')); }

po::options_description describe(const Shape& shape) {
    po::options_description out;
    for (const Flag& flag : shape.flags) {
        const std::string name(flag.name);
        if (flag.value.empty())
            out.add_options()(name.c_str(), "");
        else
            out.add_options()(name.c_str(), po::value<std::string>(), "");
    }
    out.add_options()("help,h", "");
    return out;
}

/// What Boost could not make sense of, in one sentence.
std::string explain(const po::error& error, const Shape& shape) {
    if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
        const std::string name = unknown->get_option_name();
        std::vector<std::string> names{"--help"};
        for (const Flag& flag : shape.flags) names.push_back(concat({"--", long_name(flag.name)}));
        const std::vector<std::string_view> views(names.begin(), names.end());
        const std::string meant = config::did_you_mean(name, views);
        return concat({"there is no ", name, meant.empty() ? "" : "; ", meant});
    }
    if (const auto* bad = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
        const bool missing = bad->kind() == po::invalid_syntax::missing_parameter;
        return concat({bad->get_option_name(), missing ? " needs a value" : " takes no value"});
    }
    return error.what();
}

std::string help_of(const Shape& shape) {
    std::string out = concat({"sluice ", shape.name, ": ", shape.doc, "\n", usage_of(shape), "\n"});
    for (const Flag& flag : shape.flags) {
        std::string left = concat({"  --", long_name(flag.name), flag.value.empty() ? "" : " ", flag.value});
        left.resize(std::max<std::size_t>(left.size() + 2, 22), ' ');
        out += concat({left, flag.doc, "\n"});
    }
    return out;
}

}  // namespace

std::string usage_of(const Shape& shape) {
    std::string out = concat({"usage: sluice ", shape.name, " ", shape.operand});
    for (const Flag& flag : shape.flags)
        out += concat({" [--", long_name(flag.name), flag.value.empty() ? "" : " ", flag.value, "]"});
    return out;
}

Arguments::Arguments(const Shape& shape, std::span<const std::string> args, std::ostream& out, std::ostream& err)
    : shape_(shape) {
    if (const std::string message = parse(args); !message.empty())
        done_ = fail(message, err);
    else if (has("help")) {
        out << help_of(shape_);
        done_ = exit_ok;
    }
}

/// Fills flags and operand; gives what is wrong, or "".
std::string Arguments::parse(std::span<const std::string> args) {
    try {
        const po::options_description described = describe(shape_);
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto parsed = po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                                .options(described)
                                .style(style)
                                .run();
        bool has_operand = false;
        for (const po::option& option : parsed.options) {
            const std::string value = option.value.empty() ? "" : option.value.front();
            if (option.position_key < 0) {
                flags_[option.string_key] = value;
                continue;
            }
            if (has_operand) return concat({"one argument, not several: ", in_quotes(value), " is too much"});
            operand_ = value;
            has_operand = true;
        }
    } catch (const po::error& error) {
        return explain(error, shape_);
    }
    return "";
}

const std::string& Arguments::value(std::string_view flag) const {
    static const std::string none;
    const auto found = flags_.find(flag);
    return found == flags_.end() ? none : found->second;
}

int Arguments::fail(std::string_view message, std::ostream& err) const {
    err << "sluice " << shape_.name << ": " << message << '\n' << usage_of(shape_) << '\n';
    return exit_usage;
}

}  // namespace sluice::advice
