// Static files: the content that serves where nothing else does.
#pragma once

#include "proxy/service.hpp"
#include "route/decide.hpp"

namespace sluice::server {

/// The route's try_files. nullopt: its content may go on; else what is to be done instead.
std::optional<route::Decision> try_files(proxy::Serving& q);

/// Answers with the file of the URI. nullopt: the client has its answer, or none can be given any more; else what is to be
/// done instead. `content_range`: of a 416, whose page may be a file itself.
net::Task<std::optional<route::Decision>> send_file(proxy::Serving& q, std::string_view& content_range);

}  // namespace sluice::server
