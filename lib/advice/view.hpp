// The tree as lints see it: each block knows what it is and what it stands in.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "advice/modes.hpp"
#include "config/row.hpp"
#include "config/tree.hpp"

namespace sluice::advice {

/// A block, or at the top the file itself. Settings come from `outer` where a level has none of its own.
struct Level {
    const config::Directive* block = nullptr;  // nullptr at the top
    config::Contexts context = config::in::main;
    const Level* outer = nullptr;
    const std::vector<config::Directive>* directives = nullptr;
    std::list<Level> inner;  // in the order of the file; none in map, geo and their like
};

/// Borrows the conf, and the modes: both must outlive it.
class View {
  public:
    /// `prefix` is where relative paths of certificates and keys start.
    View(const config::Conf& conf, std::string prefix, const FileModes& modes);
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    const config::Conf& conf() const { return conf_; }
    const config::Sources& sources() const { return conf_.sources; }
    const std::string& prefix() const { return prefix_; }
    const FileModes& modes() const { return modes_; }
    const Level& top() const { return top_; }

    /// The levels of these contexts, outer ones before inner ones.
    std::vector<const Level*> levels(config::Contexts contexts) const;

    /// "file.conf:12", to name a place in a sentence.
    std::string line_of(config::Span span) const;

  private:
    const config::Conf& conf_;
    std::string prefix_;
    const FileModes& modes_;
    Level top_;
};

/// The directives of a name that stand in the level itself.
std::vector<const config::Directive*> own(const Level& level, std::string_view name);
const config::Directive* first_own(const Level& level, std::string_view name);

/// `level` itself or the nearest one around it that has directives of this name; nullptr if none has.
const Level* nearest_with(const Level* level, std::string_view name);

/// First argument of the directive that holds at `level`, or `standard`.
std::string_view setting(const Level& level, std::string_view name, std::string_view standard);

/// Whether a directive of this name stands in the level or in one inside of it.
bool holds(const Level& level, std::string_view name);

/// "location /api/", "http"
std::string title(const Level& level);

/// Every directive with the level that it stands in, in the order of the file; entries of lists too.
using Visit = std::function<void(const config::Directive&, const Level&)>;
void each_directive(const Level& level, const Visit& visit);

}  // namespace sluice::advice
