// A folder for one run, and what it needs: ports, a certificate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::bench {

/// Removed with this, and all in it.
class Scratch {
  public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    /// With its slash; "" if it could not be made.
    const std::string& folder() const { return folder_; }
    /// What is wrong, or "".
    std::string write(const std::string& name, const std::string& text) const;
    /// A certificate for any name, signed by itself, in "own.crt" and "own.key". What is wrong, or "".
    std::string make_certificate() const;

  private:
    std::string folder_;
};

/// Ports of 127.0.0.1, ours until release(): bound and never listened on, so that whoever allows sharing an address can
/// have them, and nobody else.
class Ports {
  public:
    ~Ports() { release(); }
    /// 0 if there is none.
    std::uint16_t take();
    void release();

  private:
    std::vector<int> sockets_;
};

}  // namespace sluice::bench
