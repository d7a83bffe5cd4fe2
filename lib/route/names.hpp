// Which site of a listener serves a host: nginx's server_name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/regex.hpp"
#include "route/text_table.hpp"

namespace sluice::route {

/// The name that a Host asks for: lower case, without port and without a dot at its end; a view of the host or of the
/// caller's storage. `valid` is false for what nginx answers with 400: two dots in a row, a control character or space,
/// a slash, or nothing left ("." and ":80"). An absent Host (an empty one, here) is valid and names "".
struct HostName {
    std::string_view name;
    bool valid = true;
};
HostName normalise_host(std::string_view host, std::string& storage);

/// One argument of a server_name directive. A site without any has the name "".
struct NameSpec {
    std::string_view
        text;  // "example.com", "*.example.com", ".example.com", "www.example.*", "~^(?<user>.+)\\.net$", ""
    std::uint32_t site = 0;  // what decide() gives for it
};

/// What is wrong with a name. A conflict is a warning, and the later name is ignored; the others are errors.
struct NameComplaint {
    enum class Kind : std::uint8_t { conflict, invalid, regex };
    Kind kind;
    std::size_t index;           // of the NameSpec
    std::size_t first = 0;       // conflict: of the name that stands
    core::Regex::Error error{};  // regex: the offset is into the pattern after '~'
};

/// How a site came to be chosen.
enum class NameKind : std::uint8_t { exact, leading_wildcard, trailing_wildcard, regex, fallback };

struct NameChoice {
    std::uint32_t site = 0;
    NameKind kind = NameKind::fallback;
    std::uint32_t name = none;        // index of the NameSpec that matched
    std::uint32_t over_limit = none;  // index of the NameSpec whose regex was given up: the search ended there, nothing is found

    static constexpr std::uint32_t none = 0xffffffff;
};

/// The names of all sites of one listener, in the order of the conf. Immutable after build().
class Names {
  public:
    static Names build(std::span<const NameSpec> names, std::uint32_t default_site,
                       std::vector<NameComplaint>& complaints);

    /// `host` as normalise_host() gives it. Exact names before leading wildcards (longest first), those before trailing
    /// ones (longest first), those before regexes (in their order), those before the default site. `captures` is
    /// written by a regex that matches, with spans of `host`, and left alone otherwise. Time grows with the length of
    /// the host and the number of regexes only.
    NameChoice decide(std::string_view host, core::Captures& captures) const;

    /// The regex of a name that has one, for its named groups; else nullptr.
    const core::Regex* regex_of(std::uint32_t name) const;

  private:
    struct Pattern {
        core::Regex regex;
        std::uint32_t name;
    };
    class Builder;

    NameChoice choose(std::uint32_t name, NameKind kind) const { return {sites_[name], kind, name, NameChoice::none}; }
    std::uint32_t find_leading(std::string_view host) const;
    std::uint32_t find_trailing(std::string_view host) const;

    std::uint32_t default_site_ = 0;
    std::vector<std::uint32_t> sites_;  // by name
    TextTable exact_;                   // hashed forward, as trailing_
    TextTable bare_;                    // the "example.com" of ".example.com"
    TextTable leading_;                 // "example.com" for "*.example.com"; hashed backward
    TextTable trailing_;                // "www.example" for "www.example.*"
    std::vector<Pattern> patterns_;
};

}  // namespace sluice::route
