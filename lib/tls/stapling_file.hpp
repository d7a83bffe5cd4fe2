// ssl_stapling_file: an answer that somebody else has fetched.
#pragma once

#include "tls/parts.hpp"
#include "tls/store.hpp"

namespace sluice::tls {

/// Reads it and gives it to all certificates of a site, as nginx does; warns if it is not about one of them, or not
/// good any more. False: said in `complaints`. `trust` may be nullptr.
bool load_stapling_file(const Item& file, const std::vector<std::shared_ptr<const LoadedPair>>& pairs,
                        const Trust* trust, const std::vector<std::shared_ptr<Staple>>& staples, const Store& store,
                        Complaints& complaints);

}  // namespace sluice::tls
