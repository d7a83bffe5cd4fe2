#include "server/listen_table.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/listen.hpp"

namespace sluice::server {

ListenTable::~ListenTable() { forget_all(); }

ListenAddress& ListenTable::find(const net::Address& wanted) {
    for (auto& known : all_)
        if (known.wanted == wanted) return known;
    return all_.emplace_back(ListenAddress{wanted, wanted, upstream::endpoint_number(wanted)});
}

int ListenTable::open_one(const route::Listening& listening, std::size_t workers, ListenAddress& where,
                          std::vector<std::vector<Socket>>& out) {
    const bool is_unix = where.wanted.family() == net::Address::Family::unix_path;
    const net::ListenOptions& options = listening.socket;
    // Sockets that share a port would also share it with another process of this user: look first whether it is free.
    // One that was ours a moment ago is shared with ourselves, and is not looked at.
    const bool may_be_ours = where.was_open && !is_unix && where.wanted.port() != 0;
    const auto probe = may_be_ours ? net::Listening{-1, 0} : net::listen_on(where.wanted, options);
    if (probe.fd < 0 && !may_be_ours) return probe.error;
    if (is_unix) {
        struct stat file {};
        if (lstat(where.wanted.path().c_str(), &file) == 0) files_.push_back({&where, file.st_dev, file.st_ino});
        for (std::size_t i = 0; i < workers; ++i) {
            const int fd = i == 0 ? probe.fd : fcntl(probe.fd, F_DUPFD_CLOEXEC, 0);
            if (fd < 0) return errno;
            out[i].push_back({&where, fd, true});
        }
        return 0;
    }
    if (!may_be_ours) {
        where.address = net::local_address(probe.fd);
        close(probe.fd);
    }
    auto shared = options;
    shared.shared_port = true;
    for (std::size_t i = 0; i < workers; ++i) {
        const auto opened = net::listen_on(where.address, shared);
        if (opened.fd < 0) return opened.error;
        out[i].push_back({&where, opened.fd, false});
    }
    return 0;
}

ListenTable::Failure ListenTable::open(const route::Snapshot& snapshot, std::size_t workers, Change& change) {
    change.opened.resize(workers);
    std::vector<ListenAddress*> opened;
    for (const auto& listening : snapshot.listening) {
        auto& where = find(listening.address);
        if (where.open) continue;
        const int error = open_one(listening, workers, where, change.opened);
        if (error == 0) {
            where.open = where.was_open = true;
            opened.push_back(&where);
            continue;
        }
        for (const auto& sockets : change.opened)
            for (const auto& socket : sockets) close(socket.fd);
        for (auto* other : opened) forget(*other);
        forget(where);
        change = {};
        return {&listening, error};
    }
    for (auto& where : all_) {
        const auto& wanted = snapshot.listening;
        const bool stays = std::any_of(wanted.begin(), wanted.end(), [&](const auto& l) { return l.address == where.wanted; });
        if (where.open && !stays) change.closed.push_back(&where);
    }
    return {};
}

void ListenTable::forget(const ListenAddress& where) {
    const_cast<ListenAddress&>(where).open = false;
    for (const auto& socket : files_) {
        struct stat file {};
        if (socket.where != &where) continue;
        // Only what is still ours: another process may have put its own socket there meanwhile.
        const auto& path = where.wanted.path();
        if (lstat(path.c_str(), &file) == 0 && file.st_dev == socket.device && file.st_ino == socket.inode) unlink(path.c_str());
    }
    std::erase_if(files_, [&](const SocketFile& socket) { return socket.where == &where; });
}

void ListenTable::forget_all() {
    for (const auto& where : all_)
        if (where.open) forget(where);
}

std::vector<net::Address> ListenTable::addresses() const {
    std::vector<net::Address> out;
    for (const auto& where : all_)
        if (where.open) out.push_back(where.address);
    return out;
}

}  // namespace sluice::server
