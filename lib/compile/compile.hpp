// From a checked conf to a snapshot. Control thread; may resolve names, and so block.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "route/snapshot.hpp"

namespace sluice::tls {
class Store;
}

namespace sluice::compile {

/// Names to addresses; `error` is "" or why not.
struct Resolved {
    std::vector<net::Address> addresses;
    std::string error;
};
using Resolver = Resolved (*)(const std::string& host, std::uint16_t port);
Resolved resolve_by_system(const std::string& host, std::uint16_t port);

/// A conf is compiled once more because files of TLS have changed. Where some of them are wrong, what was made of them
/// before stays; what is wrong is no error of the conf then.
struct Renewal {
    std::vector<std::string> problems;  // a line for each
    std::set<std::string> kept;         // files of which an earlier state stays in use somewhere
    std::set<std::string> taken;        // files that are in use as they are now somewhere
};

struct Options {
    std::string prefix;  // where relative paths start, with its slash
    std::string conf_folder = {};  // where those of certificates start, with its slash: the conf's own; "": at the prefix
    std::string error_log;  // in place of logs/error.log, where the conf names none
    bool only_check = false;  // words that are not there yet are left out; names are not resolved
    Resolver resolve = resolve_by_system;
    /// Groups that are the same in it are taken over, with the health of their peers.
    const route::Snapshot* before = nullptr;
    /// What of TLS outlives a snapshot; nullptr: none does.
    tls::Store* tls = nullptr;
    /// Not nullptr: `before` is the same conf.
    Renewal* renewal = nullptr;
    /// Threads that will serve it; 0: as many as the conf says.
    unsigned workers = 0;
};

/// `conf` has been parsed and checked; if there are errors, the rest of it is still looked through for more. What is wrong
/// is added to the snapshot's conf.diagnostics; with errors there (conf.ok() is false) nothing else of it is to be used.
std::shared_ptr<route::Snapshot> compile(config::Conf conf, const Options& options = {});

}  // namespace sluice::compile
