#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "explain/show.hpp"

namespace sluice::explain {

namespace json = boost::json;

namespace {

void add_place(json::object& out, const Place& place) {
    if (!place.known()) return;
    out["file"] = place.file;
    out["line"] = place.line;
}

json::object object_of(const Item& item) {
    json::object out;
    if (!item.what.empty()) out["what"] = item.what;
    if (!item.note.empty()) out["note"] = item.note;
    add_place(out, item.place);
    return out;
}

json::object object_of(const Field& field) {
    json::object out{{"name", field.name}, {"value", field.value}};
    if (!field.note.empty()) out["note"] = field.note;
    add_place(out, field.place);
    return out;
}

json::object object_of(const Added& added) {
    json::object out = object_of(added.field);
    out["always"] = added.always;
    if (added.holds) out["holds"] = *added.holds;
    return out;
}

json::object object_of(const PeerItem& peer) {
    json::object out{{"address", peer.address},
                     {"parameters", json::array(peer.parameters.begin(), peer.parameters.end())}};
    add_place(out, peer.place);
    if (peer.live)
        out["live"] =
            json::object{{"state", peer.live->state}, {"active", peer.live->active}, {"idle", peer.live->idle}};
    return out;
}

json::object object_of(const Step& step);

template <class T>
json::array array_of(const std::vector<T>& list) {
    json::array out;
    for (const T& item : list) out.push_back(object_of(item));
    return out;
}

void add_losers(json::object& out, const std::vector<Item>& others, std::size_t unnamed) {
    out["others"] = array_of(others);
    if (unnamed) out["others_not_listed"] = unnamed;
}

json::object object_of(const Choice& choice) {
    json::object out = object_of(choice.chosen);
    add_losers(out, choice.others, choice.unnamed);
    return out;
}

json::object object_of(const Step& step) {
    json::object out = object_of(step.item);
    out["kind"] = step.kind;
    if (step.kind == "search") add_losers(out, step.others, step.unnamed);
    return out;
}

json::object object_of(const Passing& passing) {
    json::object out{{"group", passing.group}, {"balancer", passing.balancer}};
    add_place(out, passing.place);
    out["peers"] = array_of(passing.peers);
    out["connections"] = array_of(passing.limits);
    out["request_line"] = object_of(passing.line);
    out["fields"] = array_of(passing.fields);
    out["left_out"] = array_of(passing.left_out);
    return out;
}

json::object object_of(const Outcome& outcome) {
    json::object out{{"kind", outcome.kind}};
    if (outcome.status) out["status"] = outcome.status;
    if (outcome.kind == "respond") out["body"] = outcome.text;
    if (outcome.kind == "file") out["file"] = outcome.text;
    if (outcome.kind == "redirect") out["location"] = outcome.text;
    if (!outcome.item.note.empty()) out["why"] = outcome.item.note;
    add_place(out, outcome.item.place);
    return out;
}

}  // namespace

std::string show_json(const Story& story) {
    json::object out{{"request", json::object{{"method", story.method}, {"url", story.url}, {"from", story.from}}}};
    out["listener"] = object_of(story.listener);
    out["site"] = object_of(story.site);
    out["steps"] = array_of(story.steps);
    out["route"] = object_of(story.route);
    out["checks"] = array_of(story.checks);
    if (!story.later.empty()) out["not_in_sluice_yet"] = array_of(story.later);
    if (story.passing) out["peer"] = object_of(*story.passing);
    if (!story.live.empty()) out["live"] = story.live;
    out["answer"] = object_of(story.outcome);
    out["answer"].as_object()["added"] = array_of(story.added);
    if (!story.hidden.empty()) out["answer"].as_object()["hidden"] = array_of(story.hidden);
    out["error_pages"] = array_of(story.error_pages);
    out["access_logs"] = array_of(story.access_logs);
    out["error_logs"] = array_of(story.error_logs);
    return pretty(out) + '\n';
}

namespace {

constexpr std::size_t widest = 110;

void print(const json::value& value, std::size_t depth, std::string& out);

template <class List, class One>
void print_list(const List& list, char open, char close, std::size_t depth, std::string& out, One&& one) {
    out += open;
    const char* comma = "\n";
    for (const auto& member : list) {
        (out += comma).append(2 * depth + 2, ' ');
        one(member);
        comma = ",\n";
    }
    (out += '\n').append(2 * depth, ' ') += close;
}

void print(const json::value& value, std::size_t depth, std::string& out) {
    const std::string flat = json::serialize(value);
    if (2 * depth + flat.size() <= widest || !(value.is_object() || value.is_array())) {
        out += flat;
    } else if (value.is_array()) {
        print_list(value.get_array(), '[', ']', depth, out, [&](const json::value& v) { print(v, depth + 1, out); });
    } else {
        print_list(value.get_object(), '{', '}', depth, out, [&](const json::key_value_pair& member) {
            (out += json::serialize(json::string(member.key()))) += ": ";
            print(member.value(), depth + 1, out);
        });
    }
}

}  // namespace

std::string pretty(const json::value& value) {
    std::string out;
    print(value, 0, out);
    return out;
}

}  // namespace sluice::explain
