#include "advice/later.hpp"

#include <algorithm>

#include "config/words.hpp"

namespace sluice::advice {

std::vector<Later> later_words(const View& view) {
    std::vector<Later> out;
    each_directive(view.top(), [&](const config::Directive& d, const Level& level) {
        if (level.context & (config::in::entries | config::in::opaque)) return;
        const config::Row* row = config::find_row(d.name.value, level.context);
        if (!row || config::support_of(*row, d) != config::Support::later) return;
        auto known = std::ranges::find(out, row->name, &Later::name);
        if (known == out.end()) known = out.insert(out.end(), Later{row->name, config::known_since(*row), 0, d.name.span});
        ++known->count;
    });
    return out;
}

std::string sentence_of(const Later& word) {
    const std::string times = word.count == 1 ? "" : config::concat({" (", std::to_string(word.count), " times)"});
    return config::concat({word.name, ": sluice does not have this yet, ", word.since, times});
}

}  // namespace sluice::advice
