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

template <std::uint64_t (*Number)(const exchange::Totals&)>
Value read_totals(Scope& scope, const Variable&) {
    return number_value(scope, scope.tools.census ? Number(scope.tools.census->totals()) : 0);
}

std::uint64_t active(const exchange::Totals& t) { return t.active; }
std::uint64_t reading(const exchange::Totals& t) { return t.reading; }
std::uint64_t writing(const exchange::Totals& t) { return t.writing; }
std::uint64_t waiting(const exchange::Totals& t) { return t.waiting(); }

constexpr VariableRow table[] = {
    {"connections_active", read_totals<active>, "Connections of clients now, as in stub_status."},
    {"connections_reading", read_totals<reading>, "Those on which the head of a request is being read."},
    {"connections_writing", read_totals<writing>, "Those on which a request is being served."},
    {"connections_waiting", read_totals<waiting>, "Those that wait for a request."},
    {"hostname", [](Scope&, const Variable&) { return Value{machine_name()}; }, "The name of this machine."},
    {"nginx_version", [](Scope&, const Variable&) { return Value{version}; },
     "The version of sluice, not one of nginx."},
    {"pid", [](Scope& s, const Variable&) { return number_value(s, static_cast<std::uint64_t>(getpid())); },
     "The number of this process."},
};

}  // namespace

std::span<const VariableRow> process() { return table; }

}  // namespace sluice::route::tables
