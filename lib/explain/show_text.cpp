#include "config/words.hpp"
#include "explain/page.hpp"
#include "explain/show.hpp"
#include "http/status.hpp"

namespace sluice::explain {

using config::concat;

namespace {

class Writer {
  public:
    explicit Writer(const Story& story) : s_(story) {}

    std::string text() {
        page_.section(concat({s_.method, " ", s_.url, " from ", s_.from}));
        choice("Listener", s_.listener);
        choice("Site", s_.site);
        steps();
        items("Checks", s_.checks);
        items("Not in sluice yet", s_.later);
        if (s_.passing) passing(*s_.passing);
        answer();
        items("Error pages", s_.error_pages);
        items("Access log", s_.access_logs);
        items("Error log", s_.error_logs);
        return page_.text();
    }

  private:
    void row(const Item& item, std::string_view before = "") {
        page_.row(concat({before, item.what}), item.note, item.place.text());
    }

    void losers(const std::vector<Item>& others, std::size_t unnamed, std::string_view before) {
        for (const Item& item : others) row(item, concat({before, "not "}));
        if (unnamed) page_.row(concat({before, "nor ", config::counted(unnamed, "other")}));
    }

    void choice(std::string_view title, const Choice& choice) {
        page_.section(title);
        row(choice.chosen);
        losers(choice.others, choice.unnamed, "");
    }

    void items(std::string_view title, const std::vector<Item>& list) {
        if (list.empty()) return;
        page_.section(title);
        for (const Item& item : list) row(item);
    }

    /// One search and nothing else: the location tells it all.
    bool is_simple() const {
        std::size_t others = 0;
        for (const Step& step : s_.steps) others += step.kind != "check";
        return others == 0 || (others == 1 && s_.steps.front().kind == "search");
    }

    void steps() {
        const bool simple = is_simple();
        if (!simple) {
            page_.section("Steps");
            std::size_t number = 0;
            for (const Step& step : s_.steps) {
                const std::string count = std::to_string(++number);
                row(step.item, count + (number < 10 ? "   " : "  "));
                losers(step.others, step.unnamed, "      ");
            }
        }
        page_.section("Location");
        row(s_.route);
        if (simple && !s_.steps.empty()) losers(s_.steps.front().others, s_.steps.front().unnamed, "");
    }

    void passing(const Passing& passing) {
        page_.section("Group");
        page_.row(passing.group, passing.balancer, passing.place.text());
        for (const PeerItem& peer : passing.peers) page_.row("  " + peer.address, remark(peer), peer.place.text());
        if (!s_.live.empty()) page_.row(s_.live);
        items("Connections", passing.limits);
        page_.section("Request to the peer");
        row(passing.line);
        for (const Field& field : passing.fields)
            page_.row(concat({field.name, ": ", field.value}), field.note, field.place.text());
        for (const Field& field : passing.left_out)
            page_.row(concat({"not ", field.name, ": ", field.value}), field.note, field.place.text());
    }

    static std::string remark(const PeerItem& peer) {
        std::string out;
        if (peer.live)
            out = concat({peer.live->state, ", ", std::to_string(peer.live->active), " active, ",
                          std::to_string(peer.live->idle), " idle"});
        for (const std::string& parameter : peer.parameters) out += (out.empty() ? "" : ", ") + parameter;
        return out;
    }

    std::string headline() const {
        const Outcome& end = s_.outcome;
        const std::string status = std::to_string(end.status);
        if (end.kind == "pass") return end.status ? "the peer's, with status " + status : "the peer's";
        if (end.kind == "file") return concat({status, ", the file ", end.text});
        if (end.kind == "counters") return status + ", the numbers of this process";
        if (end.kind == "close") return "none: the connection is closed";
        if (end.kind == "redirect") return concat({status, " Location: ", end.text});
        if (end.kind == "respond")
            return end.text.empty() ? status + " without a body" : concat({status, " ", config::in_quotes(end.text)});
        return concat({status, " ", http::status_phrase(end.status), ", sluice's own page"});
    }

    void answer() {
        page_.section("Answer");
        page_.row(headline(), s_.outcome.item.note, s_.outcome.item.place.text());
        for (const Added& added : s_.added)
            page_.row(concat({added.holds == false ? "not " : "", added.field.name, ": ", added.field.value}),
                      added.field.note, added.field.place.text());
        for (const Item& item : s_.hidden) row(item, item.note == "proxy_hide_header" ? "not " : "");
    }

    const Story& s_;
    Page page_;
};

}  // namespace

std::string show_text(const Story& story) { return Writer(story).text(); }

}  // namespace sluice::explain
