#include "config/pattern.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>
#include <string>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::int64_t largest_number = std::numeric_limits<std::int32_t>::max();

struct Kind {
    std::string_view name;
    Complaint (*check)(std::string_view value);
};

constexpr Kind kinds[] = {
    {"<any>", [](std::string_view) { return Complaint{}; }},
    {"<variable>",
     [](std::string_view v) {
         if (v.find('$') != npos) return Complaint{};
         return Complaint{concat({in_quotes(v), " is not a variable"}), concat({"a variable starts with \"$\": $", v})};
     }},
    {"<flag>", [](std::string_view v) { return parse_flag(v).complaint; }},
    {"<number>", [](std::string_view v) { return parse_integer(v, 0, largest_number).complaint; }},
    {"<size>", [](std::string_view v) { return parse_size(v).complaint; }},
    {"<offset>", [](std::string_view v) { return parse_offset(v).complaint; }},
    {"<time>", [](std::string_view v) { return parse_time(v).complaint; }},
    {"<seconds>", [](std::string_view v) { return parse_seconds(v).complaint; }},
    {"<listen>", [](std::string_view v) { return parse_listen_address(v).complaint; }},
    {"<peer>", [](std::string_view v) { return parse_peer_address(v).complaint; }},
    {"<url>", check_url},
};

const Kind* find_kind(std::string_view name) {
    const Kind* row = std::ranges::find(kinds, name, &Kind::name);
    return row == std::end(kinds) ? nullptr : row;
}

/// "<2-32>"
bool read_range(std::string_view kind, std::int64_t& least, std::int64_t& most) {
    if (kind.size() < 5) return false;
    const std::string_view inner = kind.substr(1, kind.size() - 2);
    const std::size_t dash = inner.find('-');
    const auto a = core::parse_number<std::int64_t>(inner.substr(0, dash));
    const auto b = core::parse_number<std::int64_t>(inner.substr(std::min(dash, inner.size() - 1) + 1));
    if (dash == npos || !a || !b) return false;
    least = *a;
    most = *b;
    return true;
}

Complaint check_kind(std::string_view kind, std::string_view value) {
    if (const Kind* row = find_kind(kind)) return row->check(value);
    std::int64_t least = 0;
    std::int64_t most = 0;
    read_range(kind, least, most);
    return parse_integer(value, least, most).complaint;
}

template <class Each>
void for_each_part(std::string_view text, char separator, Each each) {
    for (;;) {
        const std::size_t end = text.find(separator);
        each(text.substr(0, end));
        if (end == npos) return;
        text.remove_prefix(end + 1);
    }
}

/// One pattern taken apart: kinds, and words with or without a value ("weight=<number>").
struct Alternatives {
    std::vector<std::string_view> kinds;
    std::vector<std::string_view> words;       // up to "="
    std::vector<std::string_view> word_kinds;  // beside `words`; "" if the word has no value

    explicit Alternatives(std::string_view pattern) {
        for_each_part(pattern, '|', [this](std::string_view part) {
            if (part.starts_with('<')) return kinds.push_back(part);
            const std::size_t equals = part.ends_with('>') ? part.find("=<") : npos;
            words.push_back(part.substr(0, equals));
            word_kinds.push_back(equals == npos ? std::string_view{} : part.substr(equals + 1));
        });
    }
};

Complaint check_parameter(std::string_view name, std::string_view kind, std::string_view value) {
    if (kind == "<any>") return {};
    Complaint out = check_kind(kind, value);
    if (out) out.message = concat({"\"", name, "\": ", out.message});
    return out;
}

/// "http_505" is no misspelt "http_500", nor "2.0" a misspelt "1.0".
bool differ_in_digits(std::string_view a, std::string_view b) {
    const auto digits = [](std::string_view s) {
        std::string out;
        std::ranges::copy_if(s, std::back_inserter(out), core::is_digit);
        return out;
    };
    return digits(a) != digits(b);
}

std::string name_all(std::span<const std::string_view> words) {
    constexpr std::size_t most = 8;
    if (words.size() == 1) return concat({"there is only ", words[0]});
    if (words.size() <= most) return concat({"there are ", list(words)});
    return concat({"there are ", list(words.first(most), ","), ", and more"});
}

/// What fits none of the alternatives.
Complaint refuse(const Alternatives& all, std::string_view value, std::string_view directive) {
    const std::string_view name = value.substr(0, value.find('='));
    const std::string message = concat({in_quotes(value), " is not known to ", in_quotes(directive)});
    const std::string_view meant = core::nearest(name, all.words.data(), all.words.data() + all.words.size());
    if (!meant.empty() && !differ_in_digits(name, meant)) return {message, did_you_mean(name, all.words)};
    const bool takes_addresses = directive == "listen" || directive == "server";
    if (takes_addresses && all.kinds.empty() && parse_listen_address(value).ok() &&
        value.find_first_of("0123456789") != npos)
        return {message, concat({"one address in each: ", directive, " ", value, ";"})};
    if (!all.kinds.empty()) {
        Complaint out = check_kind(all.kinds.front(), value);
        if (!all.words.empty()) out.message += concat({", nor ", list(all.words, "or")});
        return out;
    }
    return {message, name_all(all.words)};
}

}  // namespace

std::string_view pattern_of(std::string_view values, std::size_t index) {
    std::string_view out;
    std::size_t i = 0;
    bool found = false;
    for_each_part(values, ' ', [&](std::string_view part) {
        if (found) return;
        if (part == "...") {
            found = true;  // the one before stands for all the rest
        } else {
            out = part;
            found = i++ == index;
        }
    });
    return found ? out : std::string_view{};
}

Complaint check_value(std::string_view pattern, std::string_view value, std::string_view directive) {
    const Alternatives all(pattern);
    for (std::size_t i = 0; i < all.words.size(); ++i) {
        const std::string_view word = all.words[i];
        if (core::iequals(value, word)) {  // as nginx compares words of a fixed set
            if (all.word_kinds[i].empty()) return {};
            return {concat({in_quotes(word), " needs a value"}), concat({"write it as ", word, "=..."})};
        }
        if (!all.word_kinds[i].empty() && value.starts_with(word) && value[word.size()] == '=')
            return check_parameter(word, all.word_kinds[i], value.substr(word.size() + 1));
    }
    if (std::ranges::any_of(all.kinds, [&](std::string_view kind) { return !check_kind(kind, value); })) return {};
    return refuse(all, value, directive);
}

bool is_well_formed(std::string_view values) {
    bool out = true;
    const auto known = [](std::string_view kind) {
        std::int64_t least = 0;
        std::int64_t most = 0;
        return kind.empty() || find_kind(kind) || read_range(kind, least, most);
    };
    for_each_part(values, ' ', [&](std::string_view part) {
        const Alternatives all(part);
        out = out && std::ranges::all_of(all.kinds, known) && std::ranges::all_of(all.word_kinds, known) &&
              std::ranges::none_of(all.words, [](std::string_view w) { return w.empty(); });
    });
    return out || values.empty();
}

}  // namespace sluice::config
