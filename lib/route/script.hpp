// nginx's rewrite module as a list of steps: set, if, rewrite, return, break.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "config/source.hpp"
#include "core/regex.hpp"
#include "vars/template.hpp"

namespace sluice::route {

struct Route;
struct Step;

/// The steps of a site, a location or an `if`, in their order.
using Script = std::vector<Step>;

/// A regex whose named groups become variables.
struct Matcher {
    core::Regex regex;
    struct Group {
        std::uint32_t number, variable;
    };
    std::vector<Group> groups;
};

struct SetStep {
    std::uint32_t variable;
    vars::Template value;
};

struct BreakStep {};

/// return
struct ReturnStep {
    int status = 0;
    vars::Template text;  // of the body; or where to, for a redirect
    bool has_text = false;
};

struct RewriteStep {
    enum class End : std::uint8_t { none, last, stop, redirect, permanent };  // stop: "break"
    Matcher matcher;
    vars::Template replacement;
    vars::Template args;     // what follows the first '?' of the replacement
    bool has_args = false;   // there is a '?'
    bool drop_args = false;  // it ends in '?': the request's own arguments are not appended
    bool absolute = false;   // begins with http://, https:// or $scheme: a redirect whatever `end` says
    End end = End::none;
};

struct Condition {
    enum class Test : std::uint8_t { truth, equals, matches, file, folder, exists, executable };
    Test test = Test::truth;
    bool negated = false;
    vars::Template subject;
    vars::Template other;  // equals
    std::shared_ptr<const Matcher> matcher;
};

struct IfStep {
    Condition condition;
    Script then;
    const Route* route = nullptr;  // whose settings hold from here on; nullptr in a site's script
};

struct Step {
    std::variant<SetStep, BreakStep, ReturnStep, RewriteStep, IfStep> what;
    config::Span where;
};

}  // namespace sluice::route
