#include "bench/candidates.hpp"

#include <algorithm>
#include <functional>

#include "bench/sample.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using Kind = route::LocationSpec::Kind;

/// As it may stand in a request line.
std::string escaped_uri(std::string_view path) {
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7f || c == '%' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>')
            out += {'%', hex[byte >> 4], hex[byte & 15]};
        else
            out += c;
    }
    return out;
}

template <class T>
void add_new(std::vector<T>& all, T one) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
}

/// URIs that a regex finds something in.
std::vector<std::string> uris_for(const std::string& pattern) {
    std::vector<std::string> out;
    for (const std::string& sample : samples_of_regex(pattern)) {
        if (sample.starts_with('/')) out.push_back(sample);
        for (const char* before : {"/", "/x", "/x/"}) out.push_back(before + sample);
        out.push_back("/" + sample + "x");
    }
    return out;
}

std::string below(const std::string& folder, const std::string& uri) {
    return folder + (folder.ends_with('/') ? uri.substr(1) : uri);
}

std::vector<std::string> plain_uris(const route::Route& route) {
    const std::string& text = route.text;
    switch (route.kind) {
        case Kind::exact:
            return {text};
        case Kind::prefix:
        case Kind::preferred:
            return {text, text + "x", text + (text.ends_with('/') ? "x/y" : "/x"), text + "-bench"};
        case Kind::regex:
        case Kind::regex_caseless: {
            auto out = uris_for(text);
            // One that stands in a prefix location is found below that only.
            if (route.around && !route.around->text.empty() && route.around->kind == Kind::prefix)
                for (const std::string& uri : std::vector(out)) out.push_back(below(route.around->text, uri));
            return out;
        }
        case Kind::named:
            break;
    }
    return {};
}

}  // namespace

std::vector<std::string> candidate_uris(const route::Route& route) {
    std::vector<std::string> out;
    for (const std::string& uri : plain_uris(route))
        if (uri.starts_with('/')) add_new(out, escaped_uri(uri));
    return out;
}

std::vector<std::string> candidate_hosts(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
        if (name.starts_with('~'))
            std::ranges::copy(samples_of_regex(std::string_view(name).substr(1)), std::back_inserter(out));
        else if (name.starts_with("*."))
            out.push_back("www" + name.substr(1));
        else if (name.starts_with('.'))
            out.push_back(name.substr(1));
        else if (name.ends_with(".*"))
            out.push_back(name.substr(0, name.size() - 1) + "example");
        else if (!name.empty() && name != "_")
            out.push_back(name);
    }
    // Whoever is asked for a name that nobody has is the default server.
    out.push_back("localhost");
    out.push_back("sluice-bench.invalid");
    return out;
}

std::vector<std::string> rewritten_uris(const route::Site& site) {
    std::vector<std::string> out;
    const std::function<void(const route::Script&, const std::string&)> look = [&](const route::Script& script,
                                                                                   const std::string& around) {
        for (const route::Step& step : script) {
            if (const auto* choice = std::get_if<route::IfStep>(&step.what)) look(choice->then, around);
            const auto* rewrite = std::get_if<route::RewriteStep>(&step.what);
            if (!rewrite) continue;
            for (const std::string& uri : uris_for(rewrite->matcher.regex.pattern())) {
                add_new(out, escaped_uri(uri));
                if (!around.empty()) add_new(out, escaped_uri(below(around, uri)));
            }
        }
    };
    look(site.root.script, "");
    for (const route::Route& route : site.routes) look(route.script, route.kind == Kind::prefix ? route.text : "");
    return out;
}

}  // namespace sluice::bench
