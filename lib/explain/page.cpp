#include "explain/page.hpp"

#include <algorithm>

namespace sluice::explain {

namespace {

constexpr std::size_t indent = 2, gap = 2;
constexpr std::size_t widest_what = 48, widest_line = 104;

/// In code points.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Values come from clients: they must not break lines or move the cursor.
std::string printable(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            ((out += "\\x") += digits[byte >> 4]) += digits[byte & 15];
        else
            out += c;
    }
    return out;
}

void pad(std::string& line, std::size_t to) {
    const auto has = width(line);
    line.append(has + gap <= to ? to - has : gap, ' ');
}

}  // namespace

void Page::section(std::string_view title) { sections_.push_back({printable(title), {}}); }

void Page::row(std::string_view what, std::string_view note, std::string_view place) {
    sections_.back().rows.push_back({printable(what), printable(note), printable(place)});
}

std::size_t Page::Section::column() const {
    std::size_t out = 0;
    for (const Row& row : rows)
        if (const auto here = width(row.what); !row.note.empty() && here <= widest_what) out = std::max(out, here);
    return indent + out + gap;
}

std::string Page::text() const {
    std::vector<std::pair<std::string, std::string>> lines;  // a line without its place, and the place
    std::size_t column = 0;
    for (const Section& section : sections_) {
        if (!lines.empty()) lines.emplace_back();
        lines.emplace_back(section.title, "");
        for (const Row& row : section.rows) {
            std::string line = std::string(indent, ' ') + row.what;
            if (!row.note.empty()) pad(line, section.column());
            line += row.note;
            if (const auto here = width(line); !row.place.empty() && here <= widest_line)
                column = std::max(column, here);
            lines.emplace_back(std::move(line), row.place);
        }
    }
    std::string out;
    for (auto& [line, place] : lines) {
        if (!place.empty()) pad(line, column + gap);
        out += line + place + '\n';
    }
    return out;
}

}  // namespace sluice::explain
