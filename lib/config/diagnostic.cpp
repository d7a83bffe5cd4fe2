#include "config/diagnostic.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace sluice::config {

namespace {

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
    // When full the last place is written over: callers get one to add notes to in any case.
    if (full()) {
        ++dropped_[static_cast<std::size_t>(all_.back().severity)];
        all_.pop_back();
    }
    return all_.emplace_back(std::move(diagnostic));
}

Diagnostic& Diagnostics::error(std::string code, Span span, std::string message, std::string help) {
    return add({Severity::error, std::move(code), std::move(message), span, {}, std::move(help)});
}

Diagnostic& Diagnostics::warning(std::string code, Span span, std::string message, std::string help) {
    return add({Severity::warning, std::move(code), std::move(message), span, {}, std::move(help)});
}

void Diagnostics::forget(std::string_view code, Span span) {
    std::erase_if(all_, [&](const Diagnostic& d) { return d.code == code && d.span.source == span.source && d.span.offset == span.offset; });
}

void Diagnostics::forget(std::string_view code) {
    std::erase_if(all_, [&](const Diagnostic& d) { return d.code == code; });
}

void Diagnostics::arrange(const Sources& sources) {
    const std::vector<SourceId> first = first_readings(sources);
    const auto key = [&](const Diagnostic& d) {
        const SourceId source = d.span.known() ? first[d.span.source] : no_source;
        return std::tuple(source, d.span.offset, std::string_view(d.message));
    };
    std::ranges::stable_sort(all_, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); };
    all_.erase(std::unique(all_.begin(), all_.end(), same), all_.end());
}

std::size_t Diagnostics::count(Severity severity) const {
    const auto kept = std::ranges::count(all_, severity, &Diagnostic::severity);
    return static_cast<std::size_t>(kept) + dropped_[static_cast<std::size_t>(severity)];
}

}  // namespace sluice::config
