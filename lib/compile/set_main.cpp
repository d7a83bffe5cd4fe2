// The main level and events.
#include <thread>

#include "compile/values.hpp"
#include "process/user.hpp"

namespace sluice::compile::tables {

namespace {

using route::Main;
namespace in = config::in;

void set_workers(Level& level, const Directive& d) {
    const auto& word = d.args[0].value;
    level.c.snapshot.main.workers = word == "auto" ? std::max(std::thread::hardware_concurrency(), 1u) : core::parse_number<unsigned>(word).value_or(1);
}

void set_user(Level& level, const Directive& d) {
    auto& main = level.c.snapshot.main;
    main.user = d.args[0].value;
    main.group = d.args.size() > 1 ? d.args[1].value : std::string();
    // Only root becomes somebody else; and a conf that is only looked at may be for another machine.
    if (level.c.options.only_check || !process::is_superuser()) return;
    process::User found;
    if (auto wrong = process::find_user(main.user, main.group, found); !wrong.empty())
        level.c.error(d.span, std::move(wrong), "name a user and a group that this machine has, or leave the directive out: then it is nobody");
}

void set_open_files(Level& level, const Directive& d) { level.c.snapshot.main.open_files = core::parse_number<std::uint64_t>(d.args[0].value); }

void set_core_size(Level& level, const Directive& d) { level.c.snapshot.main.core_size = static_cast<std::uint64_t>(config::parse_offset(d.args[0].value).value); }

constexpr Setter table[] = {
    {"worker_processes", set_workers},
    {"worker_rlimit_nofile", set_open_files},
    {"worker_rlimit_core", set_core_size},
    {"worker_shutdown_timeout", set_in_main<&Main::shutdown_timeout>},
    {"user", set_user},
    {"pid", set_in_main<&Main::pid>},
    {"daemon", set_in_main<&Main::daemon>},
};

}  // namespace

std::span<const Setter> main() { return table; }

}  // namespace sluice::compile::tables
