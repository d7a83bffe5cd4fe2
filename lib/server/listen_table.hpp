// The sockets of all addresses that are listened on, over reloads.
#pragma once

#include <sys/types.h>

#include <deque>
#include <string>
#include <vector>

#include "net/address.hpp"
#include "route/snapshot.hpp"

namespace sluice::server {

/// Lives as long as the process: connections refer to it.
struct ListenAddress {
    net::Address wanted;   // as in the conf
    net::Address address;  // with the port that the kernel chose for 0
    std::size_t number;    // upstream::endpoint_number() of `wanted`
    bool open = false;
    bool was_open = false;  // workers may not have closed the sockets of an earlier conf yet
};

/// Control thread.
class ListenTable {
  public:
    ~ListenTable();

    struct Failure {
        const route::Listening* listening = nullptr;  // nullptr: none
        int error = 0;
    };
    /// One worker's socket.
    struct Socket {
        const ListenAddress* where;
        int fd;
        bool shared;  // with the other workers: a Unix socket
    };
    struct Change {
        std::vector<std::vector<Socket>> opened;  // by worker
        std::vector<const ListenAddress*> closed;
    };

    /// Opens what the snapshot has and we have not. On a failure nothing has changed.
    Failure open(const route::Snapshot& snapshot, std::size_t workers, Change& change);
    /// Nobody listens there any more: removes the files of Unix sockets that are still ours.
    void forget(const ListenAddress& where);
    void forget_all();

    /// Those that are open, in the order of the conf that first named them.
    std::vector<net::Address> addresses() const;

  private:
    struct SocketFile {
        const ListenAddress* where;
        dev_t device;
        ino_t inode;
    };
    ListenAddress& find(const net::Address& wanted);
    int open_one(const route::Listening& listening, std::size_t workers, ListenAddress& where, std::vector<std::vector<Socket>>& out);

    std::deque<ListenAddress> all_;
    std::vector<SocketFile> files_;
};

}  // namespace sluice::server
