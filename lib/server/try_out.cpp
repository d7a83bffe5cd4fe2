#include "server/try_out.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/system_text.hpp"
#include "net/listen.hpp"
#include "observe/log_file.hpp"
#include "process/folders.hpp"
#include "process/pid_file.hpp"
#include "process/user.hpp"

namespace sluice::server {

namespace {

constexpr const char* code = "start";

const config::Directive* main_directive(const config::Conf& conf, std::string_view name) {
    const auto found = std::ranges::find_if(conf.directives, [name](const auto& d) { return d.name.value == name; });
    return found == conf.directives.end() ? nullptr : &*found;
}

/// Those with variables in their names are opened when a line comes.
void try_log(const route::LogTarget& log, config::Diagnostics& out) {
    if (log.options.by_line) return;
    struct stat file {};
    const bool was_there = lstat(log.name.c_str(), &file) == 0;
    std::string wrong;
    const bool opens = observe::LogFile::open(log.name, wrong) != nullptr;
    if (!opens) out.error(code, log.where, wrong);
    if (opens && !was_there && log.name.starts_with('/')) unlink(log.name.c_str());
}

void try_listening(const route::Listening& listening, config::Diagnostics& out) {
    if (const int error = net::try_address(listening.address); error != 0)
        out.error(code, listening.where, "bind() to " + listening.text + " failed" + core::error_in_brackets(error),
                  error == EADDRNOTAVAIL ? "no interface of this machine has that address; a bare port listens on all" : "");
}

void try_folders(const route::Snapshot& snapshot, config::Diagnostics& out) {
    process::FolderTrial trial;
    for (const auto& folder : snapshot.temp_folders) {
        if (!folder.where.known()) continue;  // a start only warns of those that the conf does not name
        if (auto wrong = trial.make(folder.path); !wrong.empty()) out.error(code, folder.where, std::move(wrong));
    }
}

}  // namespace

void try_out(const route::Snapshot& snapshot, const config::Conf& conf, const ConfPlace& place, config::Diagnostics& out) {
    const auto* user = main_directive(conf, "user");
    if (user && !process::is_superuser()) out.warning(code, user->span, std::string(process::user_is_ignored));
    for (const auto& log : snapshot.files) try_log(log, out);
    for (const auto& listening : snapshot.listening) try_listening(listening, out);
    try_folders(snapshot, out);
    const auto* pid = main_directive(conf, "pid");
    if (auto wrong = process::try_pid_file(config::resolve_path(place.prefix, snapshot.main.pid)); !wrong.empty())
        out.error(code, pid ? pid->span : config::Span{}, std::move(wrong));
}

}  // namespace sluice::server
