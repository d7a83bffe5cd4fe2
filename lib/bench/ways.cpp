#include "bench/ways.hpp"

#include <array>
#include <utility>

#include "bench/candidates.hpp"
#include "bench/signals.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using Kind = route::LocationSpec::Kind;

/// For one site: a conf of hundreds of locations with as many conditions is not to hold up its run for minutes.
constexpr std::size_t most_asked = 20000;
constexpr int bad_gateway = 502;

/// Whose answers are tried: at first only those that are asked first; then all, for an error page that is a backend's,
/// too.
std::array<std::string, 2> groups_of(const Way& way) { return {way.story.passing->group, ""}; }

}  // namespace

Ways::Ways(const Asker& asker, const route::Site& site, std::vector<Way> known)
    : asker_(asker), site_(site), known_(std::move(known)), asked_before_(asker.asked()) {
    routes_.emplace(asker_.line_of(site_.root.where), &site_.root);
    for (const auto* list : {&site_.routes, &site_.others})
        for (const route::Route& route : *list) routes_.emplace(asker_.line_of(route.where), &route);
    for (std::size_t i = 0; i < known_.size(); ++i) note(i);
}

bool Ways::may_ask() const { return asker_.asked() - asked_before_ < most_asked && !is_to_end(); }

const route::Route* Ways::route_at(std::uint32_t line) const {
    const auto found = routes_.find(line);
    return found == routes_.end() ? nullptr : found->second;
}

void Ways::note(std::size_t way) {
    const explain::Story& story = known_[way].story;
    for (const explain::Step& step : story.steps)
        if (step.enters) through_.emplace(step.item.place.line, way);
    if (story.outcome.kind == "pass" && story.passing && asking_lines_.insert(story.route.place.line).second)
        asking_.push_back(way);
}

const Way* Ways::known_to(std::uint32_t line) const {
    const auto found = through_.find(line);
    return found == through_.end() ? nullptr : &known_[found->second];
}

std::string Ways::origin_of(const Way& way) const {
    for (const explain::Step& step : way.story.steps)
        if (step.enters)
            if (const route::Route* route = route_at(step.item.place.line)) return route->title;
    return "";
}

void Ways::know(Approach approach) {
    if (!may_ask()) return;
    auto story = asker_.ask(approach);
    if (!story) return;
    known_.push_back({std::move(approach), std::move(*story)});
    note(known_.size() - 1);
}

void Ways::widen() {
    if (std::exchange(wide_, true) || known_.empty()) return;
    const Approach door = known_.front().approach;
    for (std::string& uri : rewritten_uris(site_)) {
        Approach approach = door;
        approach.url.target = std::move(uri);
        know(std::move(approach));
    }
    if (door.url.origin.secure) {
        Approach plain = door;
        plain.url.origin.secure = false;
        know(std::move(plain));
    }
    const auto tweaks = tweaks_of(site_);
    for (std::size_t i = 0, count = known_.size(); i < count; ++i)
        for (const Tweak& tweak : tweaks) {
            Approach approach = known_[i].approach;
            tweak.apply(approach);
            know(std::move(approach));
        }
}

std::optional<Way> Ways::try_peers(const Way& way, explain::PeerAnswer answer, const std::string& group) const {
    if (!may_ask()) return std::nullopt;
    Approach approach = way.approach;
    answer.group = group;
    approach.peers = std::move(answer);
    auto story = asker_.ask(approach);
    return story ? std::optional(Way{std::move(approach), std::move(*story)}) : std::nullopt;
}

void Ways::answer(const Way& way) {
    const route::Route* asks = route_at(way.story.route.place.line);
    if (!asks || !asks->settings.error_pages) return;
    for (const route::ErrorPage& page : *asks->settings.error_pages)
        for (const int status : page.statuses) {
            explain::PeerAnswer answer;
            answer.reset = status == bad_gateway;
            answer.status = answer.reset || !asks->settings.proxy.intercept_errors ? 0 : status;
            if (!answer.reset && answer.status == 0) continue;
            for (const std::string& group : groups_of(way))
                if (const auto found = try_peers(way, answer, group))
                    for (const explain::Step& step : found->story.steps)
                        if (step.enters) answers_.try_emplace(step.item.place.line, *found);
        }
}

const Way* Ways::by_answer(std::uint32_t line) {
    for (;;) {
        if (const auto found = answers_.find(line); found != answers_.end()) return &found->second;
        if (answered_ == asking_.size() || !may_ask()) return nullptr;
        answer(known_[asking_[answered_++]]);
    }
}

std::optional<Way> Ways::by_redirect(const Way& way, const route::Route& to) const {
    explain::PeerAnswer answer;
    answer.status = 200;
    answer.spares = second_hop;
    const auto line = asker_.line_of(to.where);
    const bool named = to.kind == Kind::named;
    for (const std::string& text : named ? std::vector{to.text} : candidate_uris(to)) {
        answer.redirect = named ? text : config::concat({text, "?", second_hop});
        for (const std::string& group : groups_of(way)) {
            auto found = try_peers(way, answer, group);
            if (found && Asker::enters(found->story, line)) return found;
        }
    }
    return std::nullopt;
}

std::optional<Way> Ways::to(const route::Route& route) {
    const auto line = asker_.line_of(route.where);
    for (const bool wide : {false, true}) {
        if (wide) widen();
        if (const Way* way = known_to(line)) return *way;
        if (const Way* way = by_answer(line)) return *way;
    }
    // Last, since nothing in the conf speaks of it.
    for (const std::size_t i : asking_) {
        if (!may_ask()) break;
        if (auto found = by_redirect(known_[i], route)) return found;
    }
    return std::nullopt;
}

}  // namespace sluice::bench
