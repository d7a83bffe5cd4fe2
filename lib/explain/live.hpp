// The running process's own word on its peers.
#pragma once

#include <string>

#include "explain/story.hpp"

namespace sluice::explain {

/// Asks over the control socket at `path` (see server/control.hpp) and adds what it says to the story's peers. What
/// went wrong, or "".
std::string ask_live(const std::string& path, Story& story);

/// The same with an answer that is here. A peer that the conf names by a name is several where that has several
/// addresses: those that the story does not know are added.
std::string add_live(const std::string& answer, Story& story);

}  // namespace sluice::explain
