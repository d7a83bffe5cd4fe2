// ssl_password_file: pass phrases of keys, one a line.
#pragma once

#include <string>
#include <vector>

#include "tls/complain.hpp"
#include "tls/file.hpp"

namespace sluice::tls {

/// Wiped when it goes.
class Passwords {
  public:
    Passwords() = default;
    explicit Passwords(const std::string& text);
    Passwords(Passwords&& other) noexcept : lines_(std::move(other.lines_)) {}
    Passwords& operator=(Passwords&& other) noexcept {
        lines_.swap(other.lines_);
        return *this;
    }
    ~Passwords();

    void add(const Passwords& others) { lines_.insert(lines_.end(), others.lines_.begin(), others.lines_.end()); }
    const std::vector<std::string>& lines() const { return lines_; }

  private:
    std::vector<std::string> lines_;
};

/// With `wait` for a pipe's writer, as nginx does.
std::optional<Passwords> read_passwords(const Item& file, const Opener& open, bool wait, Complaints& complaints);

/// Wipes a text that was secret.
void wipe(std::string& text);

}  // namespace sluice::tls
