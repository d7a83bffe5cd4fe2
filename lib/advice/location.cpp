#include "advice/location.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::advice {

namespace {

struct Modifier {
    std::string_view text;
    Location::Kind kind;
};
// Longer ones first: "~*" starts with "~".
constexpr Modifier modifiers[] = {
    {"~*", Location::Kind::regex_any_case}, {"^~", Location::Kind::final_prefix}, {"~", Location::Kind::regex},
    {"=", Location::Kind::exact},           {"@", Location::Kind::named},
};

}  // namespace

std::optional<Location> location_of(const Level& level) {
    if (!(level.context & config::in::location) || !level.block || level.block->args.empty() || level.block->args.size() > 2) return std::nullopt;
    const std::vector<config::Word>& args = level.block->args;
    Location out;
    out.level = &level;
    out.word = &args.back();
    out.path = args.back().value;
    const std::string_view first = args.front().value;
    const auto is_first = [first](const Modifier& modifier) { return modifier.text == first; };
    if (args.size() > 1 && std::ranges::none_of(modifiers, is_first)) return std::nullopt;  // an error, said elsewhere
    for (const Modifier& modifier : modifiers) {
        if (args.size() > 1 ? first != modifier.text : !first.starts_with(modifier.text)) continue;
        out.kind = modifier.kind;
        if (args.size() == 1 && modifier.text != "@") out.path.erase(0, modifier.text.size());
        break;
    }
    return out;
}

std::vector<Location> locations_in(const Level& level) {
    std::vector<Location> out;
    for (const Level& inner : level.inner)
        if (std::optional<Location> location = location_of(inner)) out.push_back(std::move(*location));
    return out;
}

bool matches_below_any_prefix(std::string_view regex) {
    if (regex.starts_with("^")) {
        constexpr std::string_view any_start[] = {"^/.*", "^.*", "^/.+", "^.+", "^/(.*)", "^(.*)", "^/(.+)", "^(.+)"};
        return std::ranges::any_of(any_start, [regex](std::string_view start) { return regex.starts_with(start); });
    }
    return !regex.starts_with("\\A") && !regex.starts_with("(?") && !regex.empty();
}

bool matches_everything(std::string_view regex) {
    constexpr std::string_view forms[] = {"/",  "^/",  "^",    ".*",   "^.*",   "^.*$",   "^/.*",   "^/.*$",  ".",
                                          ".+", "^.+", "^.+$", "(.*)", "^(.*)", "^(.*)$", "^/(.*)", "^/(.*)$"};
    return std::ranges::find(forms, regex) != std::end(forms);
}

}  // namespace sluice::advice
