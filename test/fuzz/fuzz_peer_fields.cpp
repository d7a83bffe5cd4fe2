// What is read from the fields of a peer's answer: cookies, X-Accel-Redirect. The first byte chooses flags, the rest is a value.
// Laws: a cookie taken apart and put together is the same when taken apart again, has the flags that were asked for and
// none of those that were not wanted; a URI that is called safe leads nowhere up.
#include <cstdint>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "laws.hpp"
#include "proxy/cookie.hpp"
#include "route/uri.hpp"

namespace {

using namespace sluice;
using sluice::fuzz::require;

std::string write(const proxy::CookieParts& parts) {
    core::BufferPool buffers;
    core::Arena arena(buffers);
    core::ArenaText out(arena);
    parts.write(out);
    return std::string(out.view());
}

bool has(proxy::CookieParts& parts, std::string_view name) {
    for (const auto& attribute : parts.attributes())
        if (core::iequals(attribute.name, name)) return true;
    return false;
}

void try_cookie(std::string_view value, proxy::CookieFlagSet flags) {
    const std::string once = write(proxy::CookieParts(value));
    require(write(proxy::CookieParts(once)) == once, "put together it is taken apart to the same");
    proxy::CookieParts changed(value);
    changed.apply(flags);
    const std::string text = write(changed);
    proxy::CookieParts read(text);
    require(!(flags & proxy::cookie::secure) || has(read, "secure"), "Secure is set");
    require(!(flags & proxy::cookie::http_only) || has(read, "httponly"), "HttpOnly is set");
    if ((flags & (proxy::cookie::secure | proxy::cookie::no_secure)) == proxy::cookie::no_secure) require(!has(read, "secure"), "Secure is taken away");
    require(read.name() == proxy::CookieParts(value).name(), "the name stays");
}

void try_uri(std::string_view text) {
    std::string storage;
    const auto uri = route::read_inner_uri(text, storage);
    if (!uri.safe) return;
    const std::string framed = "/" + std::string(uri.path) + "/";
    require(framed.find("/../") == framed.npos, "leads nowhere up");
    require(uri.path.find('\0') == uri.path.npos, "has no NUL");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try_cookie(text, data[0]);
    try_uri(text);
    return 0;
}
