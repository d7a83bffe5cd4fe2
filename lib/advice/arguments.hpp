// The words behind a subcommand's name.
#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::advice {

constexpr int exit_ok = 0, exit_errors = 1, exit_usage = 2;

struct Flag {
    std::string_view name;   // without "--"; "prefix,p" has a short form
    std::string_view value;  // what it takes, as in "CODE"; "" if nothing
    std::string_view doc;
};

/// What a subcommand takes.
struct Shape {
    std::string_view name;     // "check"
    std::string_view operand;  // "FILE"; "[DIRECTIVE]" if it may be left out
    std::string_view doc;      // one line
    std::span<const Flag> flags;
};

class Arguments {
  public:
    /// Parses; writes a usage error to `err`, or the help that was asked for to `out`.
    Arguments(const Shape& shape, std::span<const std::string> args, std::ostream& out, std::ostream& err);

    /// The exit status, if there is nothing left to do.
    std::optional<int> done() const { return done_; }

    bool has(std::string_view flag) const { return flags_.find(flag) != flags_.end(); }
    /// The flag's value; "" without it.
    const std::string& value(std::string_view flag) const;
    const std::string& operand() const { return operand_; }

    /// For what only the subcommand can tell: says it with the usage line; gives the exit status.
    int fail(std::string_view message, std::ostream& err) const;

  private:
    std::string parse(std::span<const std::string> args);

    Shape shape_;
    std::map<std::string, std::string, std::less<>> flags_;
    std::string operand_;
    std::optional<int> done_;
};

/// "usage: sluice check FILE [--json]"
std::string usage_of(const Shape& shape);

}  // namespace sluice::advice
