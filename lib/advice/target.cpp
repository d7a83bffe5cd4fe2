#include "advice/target.hpp"
#include "advice/words.hpp"

#include <algorithm>

#include "config/values.hpp"

namespace sluice::advice {

namespace {

constexpr unsigned deepest_expansion = 8;
constexpr std::size_t most_values = 1000;

bool is_name_char(char c) { return core::is_digit(c) || c == '_' || (core::lower(c) >= 'a' && core::lower(c) <= 'z'); }

/// A variable in a text: where it starts, its name, what is behind it.
struct Reference {
    std::size_t at;
    std::string_view name;
    std::string_view rest;
};

std::optional<Reference> first_variable(std::string_view text) {
    for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
        const bool braces = at + 1 < text.size() && text[at + 1] == '{';
        const std::size_t begin = at + (braces ? 2 : 1);
        std::size_t end = begin;
        while (end < text.size() && is_name_char(text[end])) ++end;
        if (end == begin) continue;
        const std::size_t next = braces && end < text.size() && text[end] == '}' ? end + 1 : end;
        return Reference{at, text.substr(begin, end - begin), text.substr(next)};
    }
    return std::nullopt;
}

std::string_view variable_name(std::string_view word) { return word.starts_with('$') ? word.substr(1) : word; }

}  // namespace

Target parse_target(std::string_view url) {
    Target out;
    if (const std::size_t scheme = url.find("://"); scheme != url.npos) {
        out.scheme = lower_case(url.substr(0, scheme));
        url.remove_prefix(scheme + 3);
    }
    std::size_t end;
    if (url.starts_with("unix:")) {
        end = url.find(':', 5);
        out.path = end == url.npos ? "" : url.substr(end + 1);
    } else {
        // "$backend$request_uri": a variable right behind another one brings the path with it.
        end = url.find('/');
        const std::size_t uri = url.find("$request_uri");
        if (uri != 0 && uri < end) end = uri;
        out.path = end == url.npos ? "" : url.substr(end);
    }
    out.host = url.substr(0, end);
    return out;
}

bool has_variable(std::string_view text) { return first_variable(text).has_value(); }

void each_variable(std::string_view text, const std::function<void(std::string_view)>& visit) {
    while (const std::optional<Reference> found = first_variable(text)) {
        visit(found->name);
        text = found->rest;
    }
}

bool is_pass(std::string_view directive) {
    constexpr std::string_view names[] = {"proxy_pass", "grpc_pass", "fastcgi_pass",
                                          "uwsgi_pass", "scgi_pass", "memcached_pass"};
    return std::ranges::find(names, directive) != std::end(names);
}

Variables::Variables(const View& view) {
    each_directive(view.top(), [this](const config::Directive& d, const Level&) {
        if (d.args.empty()) return;
        const std::string& name = d.name.value;
        if (name == "set" && d.args.size() == 2)
            values_[std::string(variable_name(d.args[0].value))].push_back(d.args[1].value);
        if (!d.block || (name != "map" && name != "geo" && name != "split_clients")) return;
        std::vector<std::string>& values = values_[std::string(variable_name(d.args.back().value))];
        for (const config::Directive& entry : d.block->children)
            if (!entry.args.empty() && entry.name.value != "include") values.push_back(entry.args[0].value);
    });
}

std::optional<std::vector<std::string>> Variables::expand(std::string_view text, unsigned depth) const {
    const std::optional<Reference> variable = first_variable(text);
    if (!variable) return std::vector<std::string>{std::string(text)};
    const auto known = values_.find(variable->name);
    if (known == values_.end() || depth > deepest_expansion) return std::nullopt;
    std::vector<std::string> out;
    for (const std::string& value : known->second) {
        const std::string whole = std::string(text.substr(0, variable->at)).append(value).append(variable->rest);
        const auto all = expand(whole, depth + 1);
        if (!all || out.size() + all->size() > most_values) return std::nullopt;
        out.insert(out.end(), all->begin(), all->end());
    }
    return out;
}

std::set<std::string, std::less<>> group_names(const View& view) {
    std::set<std::string, std::less<>> out;
    for (const Level* group : view.levels(config::in::upstream))
        if (!group->block->args.empty()) out.insert(group->block->args[0].value);
    return out;
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with("unix:")) return host;
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

bool is_address(std::string_view host) {
    using Family = config::AddressText::Family;
    const auto address = config::parse_peer_address(host);
    return address.ok() && address.value.family != Family::name;
}

bool is_loopback(std::string_view host) {
    const std::string_view name = without_port(host);
    return name.starts_with("unix:") || name.starts_with("127.") || name == "::1" || core::iequals(name, "localhost");
}

}  // namespace sluice::advice
