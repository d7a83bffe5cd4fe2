// The line that shows how a run goes, on a terminal only.
#pragma once

#include <string>

#include "bench/run.hpp"

namespace sluice::bench {

/// Of at most `columns` columns, without a line's end.
std::string progress_line(const Glance& glance, std::size_t columns);

/// Writes to standard error. Nothing happens if that is no terminal, or `quiet`.
class Progress {
  public:
    explicit Progress(bool quiet, std::string label = "");
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    bool shows() const { return shows_; }
    void label(std::string text) { label_ = std::move(text); }
    void show(const Glance& glance);
    void clear();

  private:
    bool shows_, written_ = false;
    std::string label_;
};

}  // namespace sluice::bench
