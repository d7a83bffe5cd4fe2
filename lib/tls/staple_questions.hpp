// ssl_stapling without a file: what to ask about a site's certificates.
#pragma once

#include "tls/complain.hpp"
#include "tls/ocsp_question.hpp"
#include "tls/trust.hpp"

namespace sluice::tls {

/// One for each pair; nullptr, with a warning, where nobody can be asked. `trust` may be nullptr.
std::vector<std::shared_ptr<const OcspQuestion>> staple_questions(const ServerDescription& description,
                                                                  const std::vector<std::shared_ptr<const LoadedPair>>& pairs,
                                                                  const Trust* trust, Complaints& complaints);

}  // namespace sluice::tls
