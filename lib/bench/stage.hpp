// A conf made ready to be driven on this machine: listeners on free ports of the loopback, backends of our own, and all
// that it writes in a folder of ours. What decides and serves stays as it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/tree.hpp"

namespace sluice::bench {

/// Where the conf said something.
struct ConfPlace {
    std::string file;
    std::uint32_t line = 0;
    std::string text() const { return file + ':' + std::to_string(line); }
    friend bool operator==(const ConfPlace&, const ConfPlace&) = default;
};

/// A listener or a peer, at its new place.
struct Moved {
    std::string name;    // as written; of a peer in a group: the group's name
    std::string peer;    // of a peer: its address as written
    std::uint16_t port;  // of 127.0.0.1
};

/// What leads to a location, but by a word that is not in sluice yet: "auth_request /_auth".
struct Lost {
    std::string word, target;
};

struct Staged {
    std::string text;               // the new conf, one directive a line
    std::vector<ConfPlace> places;  // of each of its lines, from the first: where it comes from
    std::vector<Moved> listeners, peers;
    std::vector<std::string> notes;  // what is not as in the conf, in sentences
    std::vector<Lost> lost;

    /// Once, however often it holds.
    void note(std::string sentence);
};

/// What the new conf needs to know.
struct StageTools {
    std::string folder;                 // ours, with its slash
    std::string conf_folder;            // where relative paths of certificates start, with its slash
    std::uint16_t (*free_port)(void*);  // a port of 127.0.0.1 that nobody has; called once for each listener and peer
    void* ports;
    bool (*readable)(const std::string& path);
    std::string certificate, key;  // to be used for all sites when one of theirs cannot be read
    std::string user;              // who we are; "": leave it out
};

/// `conf` is without errors.
Staged stage(const config::Conf& conf, const StageTools& tools);

/// A message in which `path`, the staged conf's, stands before a line's number: with the places of the user's conf.
std::string in_words_of_conf(std::string message, const std::string& path, const Staged& staged);

}  // namespace sluice::bench
