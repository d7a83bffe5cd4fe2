// The `user` directive: whose rights the process has once its ports are bound and its files are open.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace sluice::process {

struct User {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Whether a `user` directive can have an effect.
bool is_superuser();

/// The warning where it cannot, in nginx's words.
inline constexpr std::string_view user_is_ignored =
    "the \"user\" directive makes sense only if the master process runs with super-user privileges, ignored";

/// `user NAME [GROUP]`. Without a group the one named like the user, or else the user's own. What is wrong, or "".
std::string find_user(const std::string& name, const std::string& group, User& out);

/// What holds for root without a directive: nobody.
std::string find_default_user(User& out);

/// Becomes that user, with all of its groups, for good. Of root's rights only binding ports under 1024 is kept, which a
/// reload may need, and with `raw_sockets` taking addresses of others; a `user` who is root keeps all. Before any thread is started. What went wrong, or ""; after a
/// failure the process must not go on.
std::string become(const User& user, bool raw_sockets = false);

}  // namespace sluice::process
