#include "route/names.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace sluice::route {

namespace {

constexpr std::size_t npos = std::string_view::npos;

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// What a look at a host's bytes finds.
constexpr unsigned char upper_case = 1, refused = 2;
constexpr auto signs = [] {
    std::array<unsigned char, 256> table{};
    for (std::size_t c = 0; c < 256; ++c)
        table[c] = c <= 0x20 || c == 0x7f || c == '/' ? refused : is_upper(static_cast<char>(c)) ? upper_case : 0;
    return table;
}();

/// Where the port, or whatever else is behind the name, begins.
std::size_t end_of_name(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        return close == npos ? host.size() : close + 1;
    }
    return std::min(host.find(':'), host.size());
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = core::lower(c);
    return out;
}

}  // namespace

HostName normalise_host(std::string_view host, std::string& storage) {
    if (host.empty()) return {};
    unsigned found = 0;
    char before = '\0';
    for (const char c : host) {
        found |= signs[static_cast<unsigned char>(c)];
        if (c == '.' && before == '.') return {{}, false};
        before = c;
    }
    if (found & refused) return {{}, false};
    std::string_view name = host.substr(0, end_of_name(host));
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty()) return {{}, false};
    if (!(found & upper_case)) return {name};
    storage.assign(name);
    for (char& c : storage) c = core::lower(c);
    return {storage};
}

/// Sorts names into the tables, in their order: the first of equal ones stands.
class Names::Builder {
  public:
    Builder(Names& out, std::vector<NameComplaint>& complaints) : out_(out), complaints_(complaints) {}

    void add(const NameSpec& spec, std::uint32_t index) {
        index_ = index;
        if (spec.text.starts_with('~')) return add_regex(spec.text.substr(1));
        const std::string text = lowered(spec.text);
        if (!is_valid(text)) return complain({NameComplaint::Kind::invalid, index_});
        const std::string_view name = text;
        if (name.starts_with('.'))
            add_dotted(name.substr(1));
        else if (name.starts_with("*."))
            insert(out_.leading_, name.substr(2), TextHash::backward(name.substr(2)));
        else if (name.ends_with(".*"))
            insert(out_.trailing_, name.substr(0, name.size() - 2), TextHash::forward(name.substr(0, name.size() - 2)));
        else if (is_free(name))
            insert(out_.exact_, name, TextHash::forward(name));
    }

  private:
    static bool is_valid(std::string_view name) {
        if (name.find("..") != npos || name.find('\0') != npos) return false;
        if (name.starts_with('.')) return name.size() > 1;
        const auto stars = std::ranges::count(name, '*');
        if (stars == 0) return true;
        return stars == 1 && name.size() > 2 && (name.starts_with("*.") || name.ends_with(".*"));
    }

    void complain(NameComplaint complaint) { complaints_.push_back(std::move(complaint)); }

    void conflict(std::size_t first) { complain({NameComplaint::Kind::conflict, index_, first}); }

    bool insert(TextTable& table, std::string_view name, TextHash hash) {
        const std::uint32_t first = table.insert(name, hash, index_);
        if (first != index_) conflict(first);
        return first == index_;
    }

    /// Whether no name of the kinds "example.com" and ".example.com" is that already.
    bool is_free(std::string_view name) {
        const TextHash hash = TextHash::forward(name);
        std::uint32_t first = out_.bare_.find(name, hash);
        if (first == TextTable::none) first = out_.exact_.find(name, hash);
        if (first != TextTable::none) conflict(first);
        return first == TextTable::none;
    }

    void add_dotted(std::string_view name) {
        if (!is_free(name)) return;
        if (insert(out_.leading_, name, TextHash::backward(name)))
            out_.bare_.insert(name, TextHash::forward(name), index_);
    }

    /// Hosts are in lower case, so a pattern with capitals is meant to match in any.
    void add_regex(std::string_view pattern) {
        core::RegexOutcome outcome = core::Regex::compile(pattern, {std::ranges::any_of(pattern, is_upper)});
        if (pattern.empty()) return complain({NameComplaint::Kind::regex, index_, 0, {"the pattern is empty", 0}});
        if (!outcome) return complain({NameComplaint::Kind::regex, index_, 0, std::move(outcome.error)});
        out_.patterns_.push_back({std::move(*outcome.regex), index_});
    }

    Names& out_;
    std::vector<NameComplaint>& complaints_;
    std::uint32_t index_ = 0;
};

Names Names::build(std::span<const NameSpec> names, std::uint32_t default_site,
                   std::vector<NameComplaint>& complaints) {
    Names out;
    out.default_site_ = default_site;
    Builder builder(out, complaints);
    for (const NameSpec& spec : names) {
        builder.add(spec, static_cast<std::uint32_t>(out.sites_.size()));
        out.sites_.push_back(spec.site);
    }
    return out;
}

/// The longest "example.com" with a dot before it.
std::uint32_t Names::find_leading(std::string_view host) const {
    std::uint32_t out = TextTable::none;
    if (leading_.size() == 0) return out;
    TextHash hash;
    const std::size_t shortest = host.size() - std::min(host.size(), leading_.longest_key() + 1);
    for (std::size_t at = host.size(); at > shortest; --at) {
        if (host[at - 1] == '.') {
            const std::uint32_t found = leading_.find(host.substr(at), hash);
            if (found != TextTable::none) out = found;
        }
        hash.add(host[at - 1]);
    }
    return out;
}

/// The longest "www.example" with a dot behind it.
std::uint32_t Names::find_trailing(std::string_view host) const {
    std::uint32_t out = TextTable::none;
    if (trailing_.size() == 0) return out;
    TextHash hash;
    const std::size_t longest = std::min(host.size(), trailing_.longest_key() + 1);
    for (std::size_t at = 0; at < longest; ++at) {
        if (host[at] == '.') {
            const std::uint32_t found = trailing_.find(host.substr(0, at), hash);
            if (found != TextTable::none) out = found;
        }
        hash.add(host[at]);
    }
    return out;
}

NameChoice Names::decide(std::string_view host, core::Captures& captures) const {
    if (host.size() <= std::max(exact_.longest_key(), bare_.longest_key())) {
        const TextHash hash = TextHash::forward(host);
        if (const std::uint32_t name = exact_.find(host, hash); name != TextTable::none)
            return choose(name, NameKind::exact);
        if (const std::uint32_t name = bare_.find(host, hash); name != TextTable::none)
            return choose(name, NameKind::leading_wildcard);
    }
    NameChoice out{default_site_};
    if (host.empty()) return out;
    if (const std::uint32_t name = find_leading(host); name != TextTable::none)
        return choose(name, NameKind::leading_wildcard);
    if (const std::uint32_t name = find_trailing(host); name != TextTable::none)
        return choose(name, NameKind::trailing_wildcard);
    for (const Pattern& pattern : patterns_) {
        const core::Match match = pattern.regex.match(host, captures);
        if (match == core::Match::no) continue;
        if (match == core::Match::limit) {
            out.over_limit = pattern.name;
            break;
        }
        out.site = sites_[pattern.name];
        out.kind = NameKind::regex;
        out.name = pattern.name;
        break;
    }
    return out;
}

const core::Regex* Names::regex_of(std::uint32_t name) const {
    const auto pattern = std::ranges::lower_bound(patterns_, name, {}, &Pattern::name);
    return pattern != patterns_.end() && pattern->name == name ? &pattern->regex : nullptr;
}

}  // namespace sluice::route
