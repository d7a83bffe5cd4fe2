#include "advice/never.hpp"

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::advice {

namespace {

using config::Complaint;
using config::concat;
using config::in_quotes;

bool is_hex(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'f'); }

bool is_alphanumeric(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z'); }

bool has_escape(std::string_view path) {
    for (std::size_t at = path.find('%'); at != path.npos; at = path.find('%', at + 1))
        if (at + 2 < path.size() && is_hex(path[at + 1]) && is_hex(path[at + 2])) return true;
    return false;
}

bool has_dot_segment(std::string_view path) {
    for (const std::string_view dots : {"/./", "/../"})
        if (path.find(dots) != path.npos) return true;
    return path.ends_with("/.") || path.ends_with("/..");
}

bool has_group(std::string_view path) {
    const std::size_t open = path.find('(');
    const std::size_t bar = path.find('|', open);
    return open != path.npos && bar != path.npos && path.find(')', bar) != path.npos;
}

bool looks_like_regex(std::string_view path) {
    return path.starts_with('^') || path.starts_with('\\') || path.ends_with('$') || has_group(path) ||
           path.find(".*") != path.npos || path.find("\\.") != path.npos;
}

Complaint why_regex_never(std::string_view regex) {
    if (regex.size() > 1 && regex[0] == '^' && is_alphanumeric(regex[1]))
        return {concat({"no path matches ", in_quotes(regex), ", for paths start with a slash"}),
                concat({"write ^/", regex.substr(1)})};
    if (const std::size_t question = regex.find("\\?"); question != regex.npos)
        return {concat({"no path matches ", in_quotes(regex), ": the part from \"?\" on does not belong to it"}),
                "the values behind \"?\" are in $arg_NAME, to be looked at with \"if\" or map"};
    return {};
}

}  // namespace

Complaint why_never(const Location& location, bool merges_slashes) {
    const std::string_view path = location.path;
    if (location.kind == Location::Kind::named || path.empty()) return {};
    if (location.is_regex()) return why_regex_never(path);
    if (looks_like_regex(path))
        return {concat({in_quotes(path), " is compared letter by letter here, not as a regular expression"}),
                concat({"put \"~\" before it: location ~ ", path})};
    if (path.find('*') != path.npos) {
        const bool at_end = path.ends_with('*') && path.find('*') == path.size() - 1 && path.starts_with('/');
        return {concat({"the \"*\" in ", in_quotes(path), " matches only a \"*\""}),
                at_end ? concat({"a location takes all that starts with it: write ", path.substr(0, path.size() - 1)})
                       : "a location takes all that starts with it; a pattern needs \"~\" and a regular expression"};
    }
    if (!path.starts_with('/'))
        return {concat({"no path starts with ", in_quotes(path)}), concat({"paths start with a slash: write /", path})};
    if (const std::size_t question = path.find('?'); question != path.npos)
        return {concat({"no path has a \"?\" in it: the part from there on does not belong to it"}),
                concat({"write ", path.substr(0, question), "; the values behind \"?\" are in $arg_NAME"})};
    if (has_escape(path))
        return {concat({"no path matches ", in_quotes(path), ", for it is decoded before"}),
                "write the characters as they are, in quotes if need be"};
    if (merges_slashes && path.find("//") != path.npos)
        return {concat({"no path matches ", in_quotes(path), ", for several slashes are made one before"}),
                "write one slash, or set merge_slashes off in the server"};
    if (has_dot_segment(path))
        return {concat({"no path matches ", in_quotes(path), ", for \".\" and \"..\" are carried out before"}),
                "write the path without them"};
    return {};
}

}  // namespace sluice::advice
