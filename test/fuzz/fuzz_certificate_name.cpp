// Names of certificates with a client's words in them. Law: a name that is taken stays below the folder that the conf
// wrote, whatever the kernel makes of its slashes and dots.
#include <cstdint>
#include <filesystem>
#include <string>

#include "laws.hpp"
#include "route/variable_pairs.hpp"
#include "support/names.hpp"

namespace {

using namespace sluice;
using sluice::fuzz::require;

/// Where the kernel ends up; without links, which are the administrator's.
std::string walk(const std::string& path) {
    std::string out = "/";
    for (const auto& part : std::filesystem::path(path)) {
        if (part == "." || part == "/" || part.empty()) continue;
        if (part == "..")
            out = std::filesystem::path(out).parent_path().string();
        else
            out += (out.ends_with('/') ? "" : "/") + part.string();
    }
    return out;
}

void check(const std::string& before, const std::string& said, const std::string& after) {
    test::TableOfNames none;
    std::vector<vars::Mistake> mistakes;
    const auto name = vars::Template::compile(before + "$1" + after, none, mistakes);
    const std::string value = before + said + after;
    if (route::leads_out(value, name)) return;
    require(value.find('\0') == value.npos, "a path has no end before its end");
    const auto folder = walk(before.substr(0, before.rfind('/')));
    require((walk(value) + '/').starts_with(folder + '/'), "below the folder of the conf");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check("/etc/sluice/certs/", text, ".crt");
    check("/etc/sluice/certs/", text, "");
    check("/etc/sluice/certs/x", text, "/leaf.crt");
    check("/etc/sluice/other/../certs/", text, ".crt");
    check("/etc/sluice/certs/..", text, "");
    check("/etc/sluice/certs/", text, "../leaf.crt");
    check("/etc/sluice/certs/a/../", text, "/../leaf.crt");
    return 0;
}
