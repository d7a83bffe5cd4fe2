#include "advice/lints.hpp"

#include <algorithm>

#include "advice/lint_rows.hpp"
#include "core/text.hpp"

namespace sluice::advice {

std::span<const Lint> lints() {
    static const std::vector<Lint> all = [] {
        std::vector<Lint> out;
        for (const std::span<const Lint> rows : {rows::passing(), rows::headers(), rows::files(), rows::locations(),
                                                 rows::sites(), rows::unused(), rows::peers(), rows::trust(), rows::access(), rows::fields(), rows::keys()})
            out.insert(out.end(), rows.begin(), rows.end());
        return out;
    }();
    return all;
}

const Lint* find_lint(std::string_view code_or_name) {
    const auto found = std::ranges::find_if(lints(), [code_or_name](const Lint& lint) {
        return core::iequals(lint.code, code_or_name) || core::iequals(lint.name, code_or_name);
    });
    return found == lints().end() ? nullptr : &*found;
}

void run_lints(const View& view, bool whole, config::Diagnostics& out) {
    for (const Lint& lint : lints()) {
        if (lint.needs_whole && !whole) continue;
        Report report(lint.code, out);
        lint.find(view, report);
    }
}

}  // namespace sluice::advice
