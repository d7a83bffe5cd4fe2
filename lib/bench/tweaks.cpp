// What of a request decides an `if`, a method's or a size's limit.
#include <algorithm>
#include <set>

#include "bench/candidates.hpp"
#include "bench/sample.hpp"
#include "core/text.hpp"

namespace sluice::bench {

namespace {

using What = Tweak::What;

/// More than that is not sent for the sake of one route.
constexpr std::uint64_t largest_body = 4u << 20;

std::string field_name(std::string_view variable) {
    std::string out(variable);
    std::ranges::replace(out, '_', '-');
    return out;
}

/// What has to be changed so that the variable has that value; nullopt if no request can.
std::optional<Tweak> set_variable(std::string_view name, std::string value) {
    if (value.find_first_of("\r\n") != value.npos) return std::nullopt;
    const auto behind = [&](std::string_view prefix) {
        return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view();
    };
    if (name == "http_host") return std::nullopt;
    if (const auto field = behind("http_"); !field.empty())
        return Tweak{What::field, field_name(field), std::move(value)};
    if (const auto cookie = behind("cookie_"); !cookie.empty())
        return Tweak{What::field, "Cookie", std::string(cookie) + '=' + value};
    if (const auto argument = behind("arg_"); !argument.empty())
        return Tweak{What::argument, "", std::string(argument) + '=' + value};
    if (name == "content_type") return Tweak{What::field, "Content-Type", std::move(value)};
    if (name == "args" || name == "query_string") return Tweak{What::argument, "", std::move(value)};
    if (name == "request_method") return Tweak{What::method, "", std::move(value)};
    if ((name == "uri" || name == "document_uri" || name == "request_uri") && value.starts_with('/'))
        return Tweak{What::uri, "", std::move(value)};
    return std::nullopt;
}

std::string_view constant_of(const vars::Template& text) {
    return text.is_constant() && !text.parts().empty() ? std::string_view(text.parts()[0].text) : std::string_view();
}

/// Values of the subject with which the condition holds.
std::vector<std::string> values_for(const route::Condition& condition) {
    using Test = route::Condition::Test;
    const std::string other(constant_of(condition.other));
    switch (condition.test) {
        case Test::truth:
            return {"1"};
        case Test::equals:
            return {condition.negated ? other + "x" : other};
        case Test::matches:
            if (condition.negated) return {"sluice-bench"};
            return samples_of_regex(condition.matcher->regex.pattern());
        default:
            return {};  // of files: those of this machine are left as they are
    }
}

void add(std::vector<Tweak>& out, std::optional<Tweak> tweak) {
    if (tweak && std::ranges::find(out, *tweak) == out.end()) out.push_back(std::move(*tweak));
}

void look(const route::Script& script, std::vector<Tweak>& out) {
    for (const route::Step& step : script) {
        const auto* choice = std::get_if<route::IfStep>(&step.what);
        if (!choice) continue;
        const auto parts = choice->condition.subject.parts();
        if (parts.size() == 1 && parts[0].kind == vars::Part::Kind::variable)
            for (std::string& value : values_for(choice->condition))
                add(out, set_variable(parts[0].text, std::move(value)));
        look(choice->then, out);
    }
}

}  // namespace

void Tweak::apply(Approach& approach) const {
    std::string& target = approach.url.target;
    switch (what) {
        case What::field:
            approach.fields.push_back(name + ": " + value);
            break;
        case What::argument:
            target += (target.find('?') == target.npos ? '?' : '&') + value;
            break;
        case What::method:
            approach.method = value;
            break;
        case What::uri:
            target = value;
            break;
        case What::body:
            approach.method = "POST";
            approach.body = core::parse_number<std::size_t>(value).value_or(0);
    }
}

std::vector<Tweak> tweaks_of(const route::Site& site) {
    std::vector<Tweak> out;
    look(site.root.script, out);
    for (const route::Route& route : site.routes) look(route.script, out);
    for (const char* method : {"POST", "GET", "PROPFIND"}) add(out, Tweak{What::method, "", method});
    std::set<std::uint64_t> limits{site.root.settings.client.max_body};
    for (const route::Route& route : site.routes) limits.insert(route.settings.client.max_body);
    for (const std::uint64_t most : limits)
        if (most != 0 && most < largest_body) add(out, Tweak{What::body, "", std::to_string(most + 1)});
    return out;
}

}  // namespace sluice::bench
