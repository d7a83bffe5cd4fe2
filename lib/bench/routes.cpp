#include "bench/routes.hpp"

#include <algorithm>

#include "bench/candidates.hpp"
#include "bench/signals.hpp"
#include "bench/ways.hpp"
#include "config/words.hpp"
#include "explain/choose.hpp"

namespace sluice::bench {

namespace {

using config::concat;
using Kind = route::LocationSpec::Kind;

/// The routes of one site.
class SiteRoutes {
  public:
    SiteRoutes(const route::Snapshot& snapshot, const Staged& staged, const Asker& asker, const route::Site& site)
        : snapshot_(snapshot), staged_(staged), asker_(asker), site_(site) {}

    std::vector<DrivenRoute> run() {
        const std::string why = find_door();
        if (!why.empty()) {
            blank("", site_.where).why_not = why;
            return std::move(out_);
        }
        if (door_->story.route.place.line == line_of(site_.where)) take(blank("", site_.where), *door_, nullptr);
        std::vector<std::pair<std::size_t, const route::Route*>> left;
        for (const route::Route& route : site_.routes) {
            DrivenRoute& row = blank(route.title, route.where);
            if (!choose(route, row)) left.emplace_back(out_.size() - 1, &route);
        }
        known_.insert(known_.begin(), *door_);
        Ways ways(asker_, site_, std::move(known_));
        for (const auto& [row, route] : left)
            if (is_to_end())
                out_[row].why_not = "the run was ended early";
            else if (const auto way = ways.to(*route))
                take(out_[row], *way, &ways);
            else
                out_[row].why_not = why_not(*route, out_[row].why_not);
        return std::move(out_);
    }

  private:
    std::uint32_t line_of(config::Span where) const { return asker_.line_of(where); }

    ConfPlace place_of(std::uint32_t line) const {
        return line != 0 && line <= staged_.places.size() ? staged_.places[line - 1] : ConfPlace{};
    }

    DrivenRoute& blank(const std::string& title, config::Span where) {
        DrivenRoute& out = out_.emplace_back();
        out.site = explain::title_of(site_);
        out.site_place = place_of(line_of(site_.where));
        out.title = title;
        out.place = place_of(line_of(where));
        return out;
    }

    /// A listener and a name that lead to the site: "", or why there is none.
    std::string find_door() {
        std::string instead;
        for (const auto& listening : snapshot_.listening) {
            if (std::ranges::find(listening.sites, site_.index) == listening.sites.end()) continue;
            Approach approach;
            approach.url.origin = {listening.secure, "127.0.0.1", listening.address.port(), "", ""};
            approach.url.target = "/";
            for (const std::string& host : candidate_hosts(site_.names)) {
                approach.url.origin.sni = approach.url.authority = host;
                if (try_door(approach, instead)) return "";
            }
            const bool nameless = site_.names.empty() || std::ranges::find(site_.names, "") != site_.names.end();
            approach.without_host = true;
            approach.url.authority = approach.url.origin.sni = "";
            if (nameless && try_door(approach, instead)) return "";
        }
        return concat({"no name was found that chooses this server", instead});
    }

    bool try_door(const Approach& approach, std::string& instead) {
        auto story = asker_.ask(approach);
        if (!story) return false;
        const auto& chosen = story->site.chosen;
        if (chosen.place.line == line_of(site_.where)) {
            door_ = Way{approach, std::move(*story)};
            return true;
        }
        const std::string asked =
            approach.without_host ? "a request without a host" : config::in_quotes(approach.url.authority);
        if (instead.empty())
            instead = concat({"; ", asked, " gets to ", chosen.what, ", ", place_of(chosen.place.line).text()});
        return false;
    }

    /// A group by its name; a peer by its address in the user's conf.
    std::string name_of_group(const std::string& group) const {
        const auto moved = std::ranges::find_if(staged_.peers, [&](const Moved& peer) {
            return group == concat({"127.0.0.1:", std::to_string(peer.port)});
        });
        return moved == staged_.peers.end() ? group : moved->peer;
    }

    std::string end_of(const explain::Story& story) const {
        const auto& kind = story.outcome.kind;
        if (kind == "pass" && story.passing) return "to " + name_of_group(story.passing->group);
        if (kind == "file") return "a file";
        if (kind == "close") return "closes";
        return concat({kind == "page" ? "an error page, " : "", std::to_string(story.outcome.status)});
    }

    /// A location that the request belongs to as it came.
    bool choose(const route::Route& route, DrivenRoute& row) {
        const auto line = line_of(route.where);
        if (route.kind == Kind::named || is_to_end()) return false;
        for (const std::string& uri : candidate_uris(route)) {
            Approach approach = door_->approach;
            approach.url.target = uri;
            auto story = asker_.ask(approach);
            if (!story) continue;
            // The first search has what the request as it came belongs to; rewrites and the like may go on from there.
            const auto search = std::ranges::find(story->steps, "search", &explain::Step::kind);
            const bool found = search != story->steps.end() && search->item.place.line == line && search->enters;
            const Way way{std::move(approach), std::move(*story)};
            if (found) {
                take(row, way, nullptr);
                known_.push_back(way);
                return true;
            }
            row.why_not = search == way.story.steps.end() ? "the server block answers first" : search->item.what;
            // What is refused since it is internal may still lead on, as by the error page of its 404.
            if (route.internal && known_.size() < most_beside) known_.push_back(way);
        }
        return false;
    }

    void take(DrivenRoute& row, const Way& way, const Ways* ways) const {
        const auto& story = way.story;
        const bool ends_here = story.route.place.line == 0 || place_of(story.route.place.line) == row.place;
        row.approach = way.approach;
        row.leads = ends_here ? end_of(story) : concat({story.route.what, ", ", end_of(story)});
        row.status = story.outcome.kind == "close" ? 0 : story.outcome.status;
        row.why_not.clear();
        std::string peculiar = way.approach.peculiarity();
        const std::string origin = ways ? ways->origin_of(way) : "";
        row.from = concat({origin, origin.empty() || peculiar.empty() ? "" : ", ", peculiar});
    }

    /// Whether some word of the block or of those within is that text.
    static bool is_named(const std::vector<config::Directive>& block, const std::string& text) {
        return std::ranges::any_of(block, [&](const config::Directive& d) {
            const bool here = d.name.value != "location" &&
                              std::ranges::any_of(d.args, [&](const config::Word& word) { return word.value == text; });
            return here || (d.block && is_named(d.block->children, text));
        });
    }

    std::string why_not(const route::Route& route, const std::string& instead) const {
        for (const Lost& lost : staged_.lost)
            if (lost.target == route.text)
                return concat({"only ", lost.word, " leads there, which is not in sluice yet"});
        const bool within = route.kind == Kind::named || route.internal;
        if (!within) return concat({"no request was found that gets there", instead.empty() ? "" : "; ", instead});
        const std::string what = route.kind == Kind::named ? "it has a name" : "it is internal";
        const auto blocks = explain::Places(snapshot_).blocks_at(site_.where);
        if (route.kind == Kind::named && !blocks.empty() && !is_named(*blocks.front(), route.text))
            return concat({what, ", which nothing in this server leads to"});
        return concat({what, ", and no request was found that is led there"});
    }

    static constexpr std::size_t most_beside = 10000;

    const route::Snapshot& snapshot_;
    const Staged& staged_;
    const Asker& asker_;
    const route::Site& site_;
    std::optional<Way> door_;
    std::vector<Way> known_;
    std::vector<DrivenRoute> out_;
};

}  // namespace

std::vector<DrivenRoute> find_routes(const route::Snapshot& snapshot, const Staged& staged, const Usual& usual,
                                     std::size_t* asked) {
    const Asker asker(snapshot, usual);
    std::vector<DrivenRoute> out;
    for (const route::Site& site : snapshot.sites)
        std::ranges::move(SiteRoutes(snapshot, staged, asker, site).run(), std::back_inserter(out));
    if (asked) *asked = asker.asked();
    return out;
}

}  // namespace sluice::bench
