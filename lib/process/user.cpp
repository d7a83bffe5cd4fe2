#include "process/user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "core/system_text.hpp"
#include "process/capabilities.hpp"

namespace sluice::process {

namespace {

constexpr const char* nobody = "nobody";
constexpr std::size_t most_room = 1 << 20;

/// getpwnam_r() or getgrnam_r() with as much room as they need. 0: found, or not there (`found` is nullptr).
template <class Entry>
int look_up(int (*ask)(const char*, Entry*, char*, std::size_t, Entry**), const std::string& name, Entry& entry,
            std::vector<char>& room, Entry*& found) {
    for (room.resize(1024);; room.resize(room.size() * 4)) {
        const int error = ask(name.c_str(), &entry, room.data(), room.size(), &found);
        if (error != ERANGE || room.size() > most_room) return found || error == ENOENT || error == ESRCH ? 0 : error;
    }
}

std::string not_found(const std::string& call, const std::string& name, int error, const std::string& what) {
    const auto failed = core::failed(call + "(\"" + name + "\")", "", error);
    return error ? failed : failed + ": there is no " + what + " of that name";
}

/// Every id, the saved ones too.
bool is_now(const User& user) {
    uid_t real = 0, effective = 0, saved = 0;
    gid_t real_group = 0, effective_group = 0, saved_group = 0;
    getresuid(&real, &effective, &saved);
    getresgid(&real_group, &effective_group, &saved_group);
    return real == user.uid && effective == user.uid && saved == user.uid && real_group == user.gid &&
           effective_group == user.gid && saved_group == user.gid;
}

}  // namespace

bool is_superuser() { return geteuid() == 0; }

std::string find_user(const std::string& name, const std::string& group, User& out) {
    std::vector<char> room;
    passwd user{}, *known_user = nullptr;
    if (const int error = look_up(getpwnam_r, name, user, room, known_user); !known_user)
        return not_found("getpwnam", name, error, "user");
    out = {name, user.pw_uid, user.pw_gid};
    const std::string& wanted = group.empty() ? name : group;
    ::group entry{}, *known_group = nullptr;
    const int error = look_up(getgrnam_r, wanted, entry, room, known_group);
    if (known_group)
        out.gid = entry.gr_gid;
    else if (!group.empty())
        return not_found("getgrnam", group, error, "group");
    return "";
}

std::string find_default_user(User& out) { return find_user(nobody, "", out); }

std::string become(const User& user, bool raw_sockets) {
    const auto id = [](const char* call, auto number) {
        return std::string(call) + "(" + std::to_string(number) + ")";
    };
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return core::failed("prctl(PR_SET_KEEPCAPS)", "", errno);
    if (initgroups(user.name.c_str(), user.gid) != 0) return core::failed("initgroups()", user.name, errno);
    if (setgid(user.gid) != 0) return core::failed(id("setgid", user.gid), "", errno);
    if (setuid(user.uid) != 0) return core::failed(id("setuid", user.uid), "", errno);
    if (user.uid == 0) return "";
    if (!keep_capabilities(capability::net_bind_service | (raw_sockets ? capability::net_raw : capability::none))) return core::failed("capset()", "", errno);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    // Else no core file is written, and /proc/self belongs to root.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return is_now(user) ? "" : "the process did not become user \"" + user.name + "\"";
}

}  // namespace sluice::process
