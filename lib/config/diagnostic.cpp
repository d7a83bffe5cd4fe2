#include "config/diagnostic.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace sluice::config {

namespace {

constexpr std::size_t most_kept = 10'000;  // a file of garbage must not fill the memory with messages

/// For messages of one text: the earliest source with it, so that what was read twice stands together.
std::vector<SourceId> first_readings(const Sources& sources) {
    std::vector<SourceId> out;
    std::set<std::pair<const Text*, SourceId>> seen;
    for (SourceId id = 0; id < sources.size(); ++id) {
        const Text* text = sources[id].text.get();
        const auto found = seen.lower_bound({text, 0});
        const bool again = found != seen.end() && found->first == text;
        out.push_back(again ? found->second : id);
        if (!again) seen.insert({text, id});
    }
    return out;
}

}  // namespace

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
    // The last place is overwritten when full: callers get a reference to add notes to in any case.
    if (all_.size() >= most_kept) all_.pop_back();
    return all_.emplace_back(std::move(diagnostic));
}

Diagnostic& Diagnostics::error(std::string code, Span span, std::string message, std::string help) {
    return add({Severity::error, std::move(code), std::move(message), span, {}, std::move(help)});
}

Diagnostic& Diagnostics::warning(std::string code, Span span, std::string message, std::string help) {
    return add({Severity::warning, std::move(code), std::move(message), span, {}, std::move(help)});
}

void Diagnostics::arrange(const Sources& sources) {
    const std::vector<SourceId> first = first_readings(sources);
    const auto key = [&](const Diagnostic& d) {
        const SourceId source = d.span.known() ? first[d.span.source] : no_source;
        return std::tuple(source, d.span.offset, std::string_view(d.message));
    };
    std::ranges::stable_sort(all_, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto repeated =
        std::ranges::unique(all_, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
    all_.erase(repeated.begin(), repeated.end());
}

std::size_t Diagnostics::count(Severity severity) const {
    return static_cast<std::size_t>(std::ranges::count(all_, severity, &Diagnostic::severity));
}

}  // namespace sluice::config
