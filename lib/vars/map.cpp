#include "vars/map.hpp"

#include <algorithm>

namespace sluice::vars {

/// Masks end at a dot: the longest one is the last that is met on a walk from the end to the front.
const Map::Key* Map::find_ending(std::string_view text) const {
    const Key* out = nullptr;
    NameHash hash;
    const std::size_t last = text.size() - std::min(text.size(), endings_.longest());
    for (std::size_t i = text.size(); i > last; --i) {
        hash.add(text[i - 1]);
        const bool is_whole = i == 1;
        if (!is_whole && text[i - 2] != '.') continue;
        const std::uint32_t found = endings_.find(text.substr(i - 1), hash);
        if (found != NameTable::none && (!is_whole || keys_[found].names_itself)) out = &keys_[found];
    }
    return out;
}

const Map::Key* Map::find_beginning(std::string_view text) const {
    const Key* out = nullptr;
    NameHash hash;
    for (std::size_t i = 0; i < text.size() && i <= beginnings_.longest(); ++i) {
        if (text[i] == '.')
            if (const std::uint32_t found = beginnings_.find(text.substr(0, i), hash); found != NameTable::none)
                out = &keys_[found];
        hash.add(text[i]);
    }
    return out;
}

const Map::Key* Map::find_text(std::string_view text) const {
    if (const std::uint32_t found = whole_.find(text); found != NameTable::none) return &keys_[found];
    if (!endings_.empty())
        if (const Key* key = find_ending(text)) return key;
    return beginnings_.empty() ? nullptr : find_beginning(text);
}

Map::Found Map::find(std::string_view text, core::Captures& captures) const {
    if (hostnames_ && text.ends_with('.')) text.remove_suffix(1);
    if (const Key* key = find_text(text)) return {&values_[key->value], nullptr, {}, false};
    Found out{&values_[default_], nullptr, {}, false};
    if (text.empty()) return out;  // as nginx: regexes do not see it
    for (const Pattern& pattern : patterns_) {
        const core::Match match = pattern.regex.match(text, captures);
        if (match == core::Match::yes) return {&values_[pattern.value], &pattern.regex, pattern.groups, false};
        if (match == core::Match::limit) return out.limit = true, out;
    }
    return out;
}

}  // namespace sluice::vars
