#include "route/snapshot.hpp"

namespace sluice::route {

std::string Snapshot::place(config::Span span) const {
    if (!span.known()) return "";
    const auto& source = conf.sources[span.source];
    return source.path + ':' + std::to_string(source.text->position(span.offset).line);
}

}  // namespace sluice::route
