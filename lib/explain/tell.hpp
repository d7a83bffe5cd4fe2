// What would become of a request: the decision, step by step, by the functions that serve. Sends and resolves nothing.
#pragma once

#include "core/clock.hpp"
#include "explain/question.hpp"
#include "explain/story.hpp"
#include "route/snapshot.hpp"

namespace sluice::explain {

struct Told {
    Story story;
    std::string error;  // why there is no story: the question is wrong, or nobody listens there; else ""
};

/// `snapshot` has been compiled without errors, with compile::Options::only_check: words that are not there yet are
/// listed in the story.
Told tell(const route::Snapshot& snapshot, const Question& question, const core::Clock& clock);

}  // namespace sluice::explain
