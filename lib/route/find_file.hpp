// What files answer a request: try_files, index, and the file of a URI. Looks at files, opens the one that is found, and
// waits for nothing else.
#pragma once

#include "route/decide.hpp"

namespace sluice::route {

/// What came of a look for files.
struct FileAnswer {
    std::optional<Decision> decision;  // elsewhere, or a refusal; none: `file` is the answer
    files::Found file;
    exchange::Level level = exchange::Level::error;
    std::string_view log;  // what the error log is to be told; ""
};

/// The route's try_files. nullopt: there is none, or a file was found, of which $uri is now the name: the content serves it.
std::optional<Decision> try_files(Scope& scope, FileAnswer& told, Trace* trace = nullptr);

/// What StaticFiles answers: an index, a file, a redirect to the name with a slash, 403, 404, 405.
FileAnswer find_file(Scope& scope, Trace* trace = nullptr);

}  // namespace sluice::route
