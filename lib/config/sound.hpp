// What can still be looked at closer in a conf with errors, so that all mistakes of all kinds are told in one go.
#pragma once

#include <optional>
#include <vector>

#include "config/tree.hpp"

namespace sluice::config {

struct SoundPart {
    std::vector<Directive> directives;  // without those that have an error, and what is in them
    /// One that others may refer to by a name has gone, too: that a name is unknown is then no news.
    bool lost_names = false;
};

/// Nothing, if the text itself is in doubt (a brace, a quote, a file that cannot be read).
std::optional<SoundPart> sound_part(const Conf& conf);

}  // namespace sluice::config
