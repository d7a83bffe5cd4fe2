// The path that locations are chosen by, and the ways to write it back: as nginx does both, byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "route/escape.hpp"

namespace sluice::route {

/// A request target taken apart. Views of the target, or of the caller's storage where the path had to be rewritten.
struct NormalUri {
    std::string_view path;        // decoded, without "." and ".." segments: nginx's $uri
    std::string_view args;        // after the first '?', as it came, up to a '#': nginx's $args
    bool changed = false;         // the path is not what stood in the target
    bool quoted = false;          // it held a "%XX": nginx then escapes what it makes of it
    bool plus = false;            // it held a '+' or a "%2B"; see above
    const char* error = nullptr;  // in plain words; the answer is 400
};

/// `target` is in origin form, or begins with the '?' of an absolute form without path. "%XX" is decoded once, also to
/// a
/// '/' that then parts segments and to dots that then are "." or ".."; only "%3F", "%23" and "%25" lose their meaning.
/// "%00", a '%' without two hexadecimal digits, and ".." above the root are errors.
/// With `merge_slashes` several slashes are one.
NormalUri normalise_uri(std::string_view target, bool merge_slashes, std::string& storage);

/// A URI that somebody within names: a peer in X-Accel-Redirect.
struct InnerUri {
    std::string_view path;  // decoded, in the storage
    std::string_view args;  // behind the first bare '?', as they came
    bool safe = false;      // false: empty, or with a ".." segment or a NUL, bare or encoded
};

/// Dot segments are not followed, as in nginx: where ".." leads is not to be thought about.
InnerUri read_inner_uri(std::string_view text, std::string& storage);

}  // namespace sluice::route
