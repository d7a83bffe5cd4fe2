// Targets made normal, and where they lead. The input's first line is a target, the second a Host; a first byte over
// 0x7f chooses merge_slashes. Laws: a path that is accepted is clean, is the same after escaping and reading it again,
// stands within the target where it was not changed, and finds the same location with and without a trace; what is
// escaped comes back; a host that is accepted is normal already when read again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "laws.hpp"
#include "route/locations.hpp"
#include "route/names.hpp"
#include "route/uri.hpp"

namespace {

using namespace sluice;
using namespace sluice::route;
using sluice::fuzz::require;
using sluice::fuzz::within;
using Kind = LocationSpec::Kind;

const Locations& locations() {
    static const Locations out = [] {
        const LocationSpec specs[] = {{Kind::prefix, "/"},      {Kind::prefix, "/a/", LocationSpec::no_parent, true},
                                      {Kind::prefix, "/a/b"},   {Kind::exact, "/a/b/c"},
                                      {Kind::regex, "b+$", 2},  {Kind::regex, "^/(a+)+$"},
                                      {Kind::preferred, "/ab"}, {Kind::prefix, "/a/b/c/d", 2}};
        std::vector<LocationComplaint> complaints;
        return Locations::build(specs, complaints);
    }();
    return out;
}

const Names& names() {
    static const Names out = [] {
        const NameSpec specs[] = {{"a.b", 0}, {"*.b", 1}, {"a.*", 2}, {".c", 3}, {"~^(a+)+$", 4}, {"", 5}};
        std::vector<NameComplaint> complaints;
        return Names::build(specs, 9, complaints);
    }();
    return out;
}

void require_clean(std::string_view path, bool merge_slashes) {
    const std::string framed = std::string(path) + "/";
    require(path.starts_with('/'), "begins with a slash");
    require(framed.find("/./") == framed.npos && framed.find("/../") == framed.npos, "no dots");
    require(!merge_slashes || path.find("//") == path.npos, "slashes are merged");
}

void require_escapes(std::string_view text) {
    for (const Escape what : {Escape::uri, Escape::args, Escape::component}) {
        std::string escaped, back;
        escape(text, what, escaped);
        require(escaped.size() == text.size() + 2 * count_escapes(text, what), "the count is right");
        unescape(escaped, Unescape::all, back);
        require(back == text, "what is escaped comes back");
    }
    std::string any;
    for (const Unescape what : {Unescape::all, Unescape::uri, Unescape::redirect}) unescape(text, what, any);
}

void require_location(std::string_view path) {
    LocationChoice plain, traced;
    LocationTrace trace;
    locations().decide(path, plain);
    locations().decide(path, traced, &trace);
    require(plain.location == traced.location && plain.auto_redirect == traced.auto_redirect, "a trace only looks");
    require(plain.location != LocationChoice::none, "\"/\" takes what nobody else does");
    require(!trace.steps.empty() && trace.steps.back().location == plain.location,
            "the trace ends with the chosen one");
    for (const auto& hit : plain.hits) require(within(hit.captures.of(path, 1), path), "captures are of the path");
}

void require_target(const std::string& target, bool merge_slashes) {
    std::string storage, again;
    const NormalUri uri = normalise_uri(target, merge_slashes, storage);
    if (uri.error) return require(*uri.error != '\0', "a refusal has a reason");
    require_clean(uri.path, merge_slashes);
    if (target.find('\0') != target.npos) return;  // http/target lets none through
    require(uri.path.find('\0') == uri.path.npos, "no zero byte");
    require(within(uri.args, target), "the arguments are of the target");
    require(uri.changed || within(uri.path, target) || uri.path == storage, "a path is the target's or the storage's");
    std::string written;
    escape(uri.path, Escape::uri, written);
    const NormalUri second = normalise_uri(written, merge_slashes, again);
    require(!second.error && second.path == uri.path && second.args.empty(), "escaped and read again it is the same");
    require_location(uri.path);
}

void require_host(const std::string& text) {
    std::string storage, again;
    const HostName host = normalise_host(text, storage);
    if (!host.valid) return;
    core::Captures captures;
    const NameChoice choice = names().decide(host.name, captures);
    require(choice.site < 6 || choice.kind == NameKind::fallback, "a site is one of those there are");
    const HostName second = normalise_host(host.name, again);
    require(second.valid || host.name.ends_with('.'), "a normal host is valid");
    require(!second.valid || second.name == host.name || host.name.ends_with('.'), "a normal host stays as it is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    bool merge_slashes = true;
    if (!text.empty() && data[0] > 0x7f) {
        merge_slashes = data[0] % 2 == 0;
        text.erase(0, 1);
    }
    const std::size_t line = std::min(text.find('\n'), text.size());
    require_target(text.substr(0, line), merge_slashes);
    require_escapes(text);
    require_host(line == text.size() ? text : text.substr(line + 1));
    return 0;
}
