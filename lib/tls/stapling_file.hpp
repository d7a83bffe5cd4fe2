// ssl_stapling_file: an answer that somebody else has fetched.
#pragma once

#include "tls/parts.hpp"
#include "tls/store.hpp"

namespace sluice::tls {

/// Reads it and gives it to all certificates of a site, as nginx does. False: said in `complaints`.
bool load_stapling_file(const Item& file, const Parts& parts, const Store& store, Complaints& complaints);

}  // namespace sluice::tls
