// SHA-256 over several parts.
#pragma once

#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace sluice::tls {

class Digest {
  public:
    Digest();
    /// The size goes in front of a part: "ab", "c" is not "a", "bc".
    void add(std::string_view part);
    void add(const X509* certificate);
    /// 32 bytes. Once.
    std::string finish();

  private:
    Owned<EVP_MD_CTX> context_;
};

}  // namespace sluice::tls
