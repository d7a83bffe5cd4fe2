// A story as text for people, and as JSON for machines.
#pragma once

#include <boost/json/fwd.hpp>

#include "explain/story.hpp"

namespace sluice::explain {

/// Short sections, one idea per line, its place in the conf at the end.
std::string show_text(const Story& story);

std::string show_json(const Story& story);

/// With line breaks and two spaces per level; short values stay on one line.
std::string pretty(const boost::json::value& value);

}  // namespace sluice::explain
