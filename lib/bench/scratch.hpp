// A folder for one run, and what it needs: ports, a certificate.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

/// A Unix socket in the folder; no other has a longer name.
inline constexpr std::string_view notify_name = "notify";

/// In TMPDIR, or in /tmp. Removed with this, and all in it.
class Scratch {
  public:
    Scratch() = default;
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    /// Absolute, with its slash; "" if it could not be made.
    const std::string& folder() const { return folder_; }
    /// Why it could not be made, or "".
    const std::string& wrong() const { return wrong_; }
    /// What is wrong, or "".
    std::string write(const std::string& name, const std::string& text) const;
    /// A certificate for any name, signed by itself, in "own.crt" and "own.key". What is wrong, or "".
    std::string make_certificate() const;

  private:
    std::string make();

    std::string folder_;
    std::string wrong_ = make();
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
