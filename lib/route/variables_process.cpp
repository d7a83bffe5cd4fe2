// The process and its machine.
#include <unistd.h>

#include <algorithm>

#include "core/text.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"
#include "version.hpp"

namespace sluice::route::tables {

namespace {

const std::string& machine_name() {
    static const std::string name = [] {
        std::string out(256, '\0');
        if (gethostname(out.data(), out.size() - 1) != 0) return std::string();
        out.resize(out.find('\0'));
        std::ranges::transform(out, out.begin(), core::lower);
        return out;
    }();
    return name;
}

constexpr VariableRow table[] = {
    {"hostname", [](Scope&, const Variable&) { return Value{machine_name()}; }, "The name of this machine."},
    {"nginx_version", [](Scope&, const Variable&) { return Value{version}; },
     "The version of sluice, not one of nginx."},
    {"pid", [](Scope& s, const Variable&) { return number_value(s, static_cast<std::uint64_t>(getpid())); },
     "The number of this process."},
};

}  // namespace

std::span<const VariableRow> process() { return table; }

}  // namespace sluice::route::tables
