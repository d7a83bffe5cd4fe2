// Words to members: the type of the member is the parser.
#pragma once

#include "compile/compiler.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace sluice::compile {

inline void read(Compiler&, const Word& w, bool& out) { out = config::parse_flag(w.value).value; }
inline void read(Compiler&, const Word& w, core::Duration& out) { out = std::chrono::milliseconds(config::parse_time(w.value).value); }
inline void read(Compiler&, const Word& w, std::uint64_t& out) { out = static_cast<std::uint64_t>(config::parse_offset(w.value).value); }
inline void read(Compiler&, const Word& w, std::uint32_t& out) { out = core::parse_number<std::uint32_t>(w.value).value_or(out); }
inline void read(Compiler&, const Word& w, std::string& out) { out = w.value; }
inline void read(Compiler& c, const Word& w, vars::Template& out) { out = c.text(w); }

/// A setter for Settings::*Group::*Member, or Settings::*Member.
template <auto Group, auto Member>
void set(Level& level, const Directive& d) {
    read(level.c, d.args[0], level.settings.*Group.*Member);
}
template <auto Member>
void set(Level& level, const Directive& d) {
    read(level.c, d.args[0], level.settings.*Member);
}
template <auto Member>
void set_in_site(Level& level, const Directive& d) {
    if (level.site) read(level.c, d.args[0], level.site->*Member);
}
template <auto Member>
void set_in_main(Level& level, const Directive& d) {
    read(level.c, d.args[0], level.c.snapshot.main.*Member);
}

}  // namespace sluice::compile
