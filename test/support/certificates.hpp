// Certificates for tests, made once for the program by test/support/certificates and gone with it.
#pragma once

#include <cstdlib>
#include <string>

#include "support/temporary.hpp"
#include "tls/description.hpp"

namespace sluice::test {

class Certificates {
  public:
    static const Certificates& all() {
        static const Certificates made;
        return made;
    }
    std::string operator/(const std::string& name) const { return folder_ / name; }
    std::string text(const std::string& name) const { return text_in(folder_ / name); }
    tls::Item item(const std::string& name, std::size_t place = 0) const { return {folder_ / name, place}; }
    tls::Pair pair(const std::string& certificate, const std::string& key) const {
        return {item(certificate, 1), item(key, 2)};
    }

  private:
    Certificates() {
        const std::string command = SLUICE_SOURCE_DIR "/test/support/certificates " + folder_.path();
        if (std::system(command.c_str()) != 0) std::abort();
    }
    Temporary folder_;
};

}  // namespace sluice::test
