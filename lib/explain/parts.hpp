// The chapters of a story that come after the decision.
#pragma once

#include <optional>

#include "core/time.hpp"
#include "explain/places.hpp"
#include "route/destination.hpp"

namespace sluice::explain {

/// The group, its peers and the request that one of them gets. `pass` and `destination` are of the route that is
/// reached.
Passing describe_passing(route::Scope& scope, const route::ProxyPass& pass, const route::Destination& destination,
                         const Places& places);

/// The peers of the group that a destination names, if it is one of the conf or an address; else nothing is known of
/// it.
bool leads_somewhere(const route::Scope& scope, const route::ProxyPass& pass, const route::Destination& destination);

/// limit_except and the like have left their events in the trace; here stand those that let the request pass silently.
void describe_checks(const route::Scope& scope, const Places& places, std::vector<Item>& out);

/// Fields that are added and hidden, error pages, logs. `story.outcome` is there.
void describe_answer(route::Scope& scope, const Places& places, Story& story);

/// Directives around the route that are not in sluice yet.
std::vector<Item> later_words(const route::Scope& scope, const Places& places);

/// "60s", "1h", "500ms"
std::string time_text(core::Duration time);
/// "1m", "512k", "700"
std::string size_text(std::uint64_t bytes);

}  // namespace sluice::explain
