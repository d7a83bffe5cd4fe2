// Words that sluice knows and does not have yet: each is said once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advice/view.hpp"

namespace sluice::advice {

struct Later {
    std::string_view name;
    std::string since;  // in words
    std::size_t count = 0;
    config::Span first;
};

/// In the order of the file.
std::vector<Later> later_words(const View& view);

/// "auth_request: sluice does not have this yet, nginx has it since 1.5.4"; with "(3 times)" behind it if there are several.
std::string sentence_of(const Later& word);

}  // namespace sluice::advice
