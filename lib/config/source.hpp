// Conf text and places in it. Every token, node and message names its place by a Span.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

using SourceId = std::uint32_t;
constexpr SourceId no_source = ~SourceId{0};

/// Bytes of one source. Two words on a pointer: spans are copied freely.
struct Span {
    SourceId source = no_source;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;

    bool known() const { return source != no_source; }
    std::uint32_t end() const { return offset + length; }
    bool operator==(const Span&) const = default;
};

/// From the start of `a` to the end of `b`, which stand in this order in one source.
Span join(Span a, Span b);

/// The place right behind `span`.
Span after(Span span);

/// As editors count: both from 1, columns in code points.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// A file's bytes as read, with a table of its lines.
class Text {
  public:
    explicit Text(std::string bytes);

    std::string_view bytes() const { return bytes_; }
    std::uint32_t lines() const { return static_cast<std::uint32_t>(starts_.size()); }
    /// From 1; without the end of line.
    std::string_view line(std::uint32_t number) const;
    std::uint32_t line_start(std::uint32_t number) const { return starts_[number - 1]; }
    std::uint32_t line_of(std::uint32_t offset) const;
    Position position(std::uint32_t offset) const;

  private:
    std::string bytes_;
    std::vector<std::uint32_t> starts_;
};

/// One reading of a file. A file included twice is two sources with one text.
struct Source {
    std::string path;
    std::shared_ptr<const Text> text;
    Span included_by;  // the include's argument; unknown for the main file
};

/// Owns all text that a conf was made from; must outlive the tree and the diagnostics.
class Sources {
  public:
    SourceId add(std::string path, std::string bytes, Span included_by);
    SourceId add_again(SourceId first, Span included_by);

    const Source& operator[](SourceId id) const { return sources_[id]; }
    std::size_t size() const { return sources_.size(); }

    Position position(Span span) const { return sources_[span.source].text->position(span.offset); }
    std::string_view text(Span span) const;
    /// "path:line:column"
    std::string where(Span span) const;
    /// Where the includes stand that led to `span`, innermost first.
    std::vector<Span> include_stack(Span span) const;

  private:
    std::vector<Source> sources_;
};

}  // namespace sluice::config
