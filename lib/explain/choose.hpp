// Who gets the request, and why the others do not.
#pragma once

#include <optional>

#include "explain/places.hpp"
#include "explain/question.hpp"
#include "route/decide.hpp"

namespace sluice::explain {

/// How many of those that lost are listed by name; the rest is counted.
inline constexpr std::size_t most_listed = 6;

struct ListenerChoice {
    const route::Listening* listening = nullptr;
    Choice choice;
    std::string error;  // nobody listens there
};

/// By the URL's port and, if it is an address, by its host, as the kernel would.
ListenerChoice choose_listener(const route::Snapshot& snapshot, const Places& places, const Asked& asked);

/// After route::decide() has chosen: in words.
Choice describe_site(const route::Scope& scope, const route::NameChoice& name, const Places& places);

/// The locations that did not get the URI of a search.
void describe_losers(const route::Site& site, const route::LocationTrace& trace, const Places& places, Step& out);

/// "server example.com", "server without a name"
std::string title_of(const route::Site& site);

}  // namespace sluice::explain
