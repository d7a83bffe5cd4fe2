// What would become of a request, told in full: what both the text and the JSON of `sluice explain` are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::explain {

/// Where in the conf; no file: nowhere, it is built in.
struct Place {
    std::string file;
    std::uint32_t line = 0;

    bool known() const { return !file.empty(); }
    std::string text() const { return known() ? file + ':' + std::to_string(line) : std::string(); }
};

/// One thing, a remark about it, and where it stands.
struct Item {
    std::string what;
    std::string note;
    Place place;
};

/// One that was chosen, and those that were not, each with the reason.
struct Choice {
    Item chosen;
    std::vector<Item> others;
    std::size_t unnamed = 0;  // others that are as little to the point as the last of them, and not listed
};

struct Step {
    std::string kind;  // "site", "search", "step", "check", "turn"
    Item item;
    std::vector<Item> others;  // of a search: the locations that did not get the URI
    std::size_t unnamed = 0;
    bool enters = false;  // the location of this place
};

/// What a running process says of a peer.
struct PeerState {
    std::string state;         // "up", "trial", "down"
    std::uint64_t active = 0;  // exchanges under way
    std::uint64_t idle = 0;    // connections kept
};

struct PeerItem {
    std::string address;
    std::vector<std::string> parameters;  // "weight=2", "backup"
    Place place;
    std::optional<PeerState> live;
};

struct Field {
    std::string name, value;
    std::string note;  // where it comes from, or why it is left out
    Place place;
};

/// A request on its way to a peer.
struct Passing {
    std::string group;
    std::string balancer;
    Place place;
    std::vector<PeerItem> peers;
    std::vector<Item> limits;  // times, tries, kept connections
    Item line;                 // the request line, and how its URI came about
    std::vector<Field> fields;
    std::vector<Field> left_out;  // the client's fields that do not get to the peer
};

/// How it ends.
struct Outcome {
    std::string kind;  // "pass", "file", "respond", "redirect", "page", "close", "counters"
    int status = 0;    // 0: the peer's
    std::string text;  // body or target
    Item item;
};

struct Added {
    Field field;
    bool always = false;
    std::optional<bool> holds;  // whether this answer gets it, where its status is known
};

struct Story {
    std::string method, url, from;
    Choice listener;
    Choice site;
    std::vector<Step> steps;
    Item route;
    std::vector<Item> checks;
    std::vector<Item> later;  // directives that hold here and are not in sluice yet
    std::optional<Passing> passing;
    Outcome outcome;
    std::vector<Added> added;
    std::vector<Item> hidden;  // fields of the peer's answer that the client does not get
    std::vector<Item> error_pages;
    std::vector<Item> access_logs, error_logs;
    std::string live;  // about whom the states of the peers are; "": nobody was asked
};

}  // namespace sluice::explain
