#include "advice/commands.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace sluice::advice {

namespace {

struct Command {
    std::string_view name;
    int (*run)(std::span<const std::string>, const Tools&, std::ostream&, std::ostream&);
};
constexpr Command commands[] = {
    {"check", check_command},
    {"compat", compat_command},
    {"reference", reference_command},
};

}  // namespace

std::optional<int> run_command(std::span<const std::string> args, const Tools& tools, std::ostream& out,
                               std::ostream& err) {
    if (args.empty()) return std::nullopt;
    const Command* command = std::ranges::find(commands, args.front(), &Command::name);
    if (command == std::end(commands)) return std::nullopt;
    return command->run(args.subspan(1), tools, out, err);
}

std::optional<int> run_command(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
    const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
    return run_command(args, {config::DiskFiles{}, DiskModes{}}, out, err);
}

}  // namespace sluice::advice
