#include "bench/ways.hpp"

#include <algorithm>

#include "bench/candidates.hpp"
#include "config/words.hpp"

namespace sluice::bench {

namespace {

using Kind = route::LocationSpec::Kind;

/// For one site: a conf of hundreds of locations with as many conditions is not to hold up its run for minutes.
constexpr std::size_t most_asked = 20000;
constexpr int bad_gateway = 502;

}  // namespace

Ways::Ways(const Asker& asker, const route::Site& site, std::vector<Way> known)
    : asker_(asker), site_(site), known_(std::move(known)), asked_before_(asker.asked()) {}

bool Ways::may_ask() const { return asker_.asked() - asked_before_ < most_asked; }

const route::Route* Ways::route_at(std::uint32_t line) const {
    if (asker_.line_of(site_.root.where) == line) return &site_.root;
    for (const auto* list : {&site_.routes, &site_.others})
        for (const route::Route& route : *list)
            if (asker_.line_of(route.where) == line) return &route;
    return nullptr;
}

std::string Ways::origin_of(const Way& way) const {
    for (const explain::Step& step : way.story.steps)
        if (step.enters)
            if (const route::Route* route = route_at(step.item.place.line)) return route->title;
    return "";
}

void Ways::know(Approach approach) {
    if (!may_ask()) return;
    if (auto story = asker_.ask(approach)) known_.push_back({std::move(approach), std::move(*story)});
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

std::optional<Way> Ways::try_peers(const Way& way, explain::PeerAnswer answer, const route::Route& to) const {
    // At first only those that are asked first; then all, for an error page that is a backend's, too.
    for (const std::string& group : {way.story.passing->group, std::string()}) {
        if (!may_ask()) return std::nullopt;
        Approach approach = way.approach;
        answer.group = group;
        approach.peers = answer;
        auto story = asker_.ask(approach);
        if (story && Asker::enters(*story, asker_.line_of(to.where)))
            return Way{std::move(approach), std::move(*story)};
    }
    return std::nullopt;
}

std::optional<Way> Ways::by_answer(const Way& way, const route::Route& to) const {
    const route::Route* asks = route_at(way.story.route.place.line);
    if (!asks || !asks->settings.error_pages) return std::nullopt;
    for (const route::ErrorPage& page : *asks->settings.error_pages)
        for (const int status : page.statuses) {
            explain::PeerAnswer answer;
            answer.reset = status == bad_gateway;
            answer.status = answer.reset || !asks->settings.proxy.intercept_errors ? 0 : status;
            if (!answer.reset && answer.status == 0) continue;
            if (auto found = try_peers(way, std::move(answer), to)) return found;
        }
    return std::nullopt;
}

std::optional<Way> Ways::by_redirect(const Way& way, const route::Route& to) const {
    explain::PeerAnswer answer;
    answer.status = 200;
    answer.spares = second_hop;
    if (to.kind == Kind::named) {
        answer.redirect = to.text;
        return try_peers(way, std::move(answer), to);
    }
    for (const std::string& uri : candidate_uris(to)) {
        answer.redirect = config::concat({uri, "?", second_hop});
        if (auto found = try_peers(way, answer, to)) return found;
    }
    return std::nullopt;
}

std::optional<Way> Ways::to(const route::Route& route) {
    const auto line = asker_.line_of(route.where);
    const auto through = [&](const Way& way) { return Asker::enters(way.story, line); };
    const auto asks = [](const Way& way) { return way.story.outcome.kind == "pass" && way.story.passing; };
    for (const bool wide : {false, true}) {
        const std::size_t from = wide ? known_.size() : 0;
        if (wide) widen();
        const auto found = std::find_if(known_.begin() + static_cast<std::ptrdiff_t>(from), known_.end(), through);
        if (found != known_.end()) return *found;
        for (std::size_t i = from; i < known_.size(); ++i)
            if (asks(known_[i]))
                if (auto way = by_answer(known_[i], route)) return way;
    }
    // Last, since nothing in the conf speaks of it.
    for (const Way& way : known_)
        if (asks(way))
            if (auto found = by_redirect(way, route)) return found;
    return std::nullopt;
}

}  // namespace sluice::bench
