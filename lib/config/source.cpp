#include "config/source.hpp"

#include <algorithm>

#include "config/unicode.hpp"

namespace sluice::config {

Span join(Span a, Span b) { return {a.source, a.offset, b.end() - a.offset}; }

Span after(Span span) { return {span.source, span.end(), 0}; }

Text::Text(std::string bytes) : bytes_(std::move(bytes)) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < bytes_.size(); ++i)
        if (bytes_[i] == '\n') starts_.push_back(static_cast<std::uint32_t>(i + 1));
}

std::string_view Text::line(std::uint32_t number) const {
    const std::size_t start = starts_[number - 1];
    const std::size_t end = number < starts_.size() ? starts_[number] - 1 : bytes_.size();
    std::string_view out = bytes();
    out = out.substr(start, end - start);
    if (out.ends_with('\r')) out.remove_suffix(1);
    return out;
}

std::uint32_t Text::line_of(std::uint32_t offset) const {
    return static_cast<std::uint32_t>(std::ranges::upper_bound(starts_, offset) - starts_.begin());
}

Position Text::position(std::uint32_t offset) const {
    const std::uint32_t number = line_of(offset);
    const std::uint32_t start = line_start(number);
    return {number, static_cast<std::uint32_t>(count_code_points(bytes().substr(start, offset - start)) + 1)};
}

SourceId Sources::add(std::string path, std::string bytes, Span included_by) {
    sources_.push_back({std::move(path), std::make_shared<const Text>(std::move(bytes)), included_by});
    return static_cast<SourceId>(sources_.size() - 1);
}

SourceId Sources::add_again(SourceId first, Span included_by) {
    sources_.push_back({sources_[first].path, sources_[first].text, included_by});
    return static_cast<SourceId>(sources_.size() - 1);
}

std::string_view Sources::text(Span span) const {
    return sources_[span.source].text->bytes().substr(span.offset, span.length);
}

std::string Sources::where(Span span) const {
    const Position at = position(span);
    return sources_[span.source].path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::vector<Span> Sources::include_stack(Span span) const {
    std::vector<Span> out;
    for (Span at = sources_[span.source].included_by; at.known(); at = sources_[at.source].included_by)
        out.push_back(at);
    return out;
}

}  // namespace sluice::config
