// zone: names and sizes of shared memory, checked as nginx does.
#include "compile/compiler.hpp"
#include "config/values.hpp"
#include "config/words.hpp"

namespace sluice::compile {

using config::concat;
using config::in_quotes;

namespace {

/// Eight pages, as nginx wants them.
constexpr std::int64_t least_size = 8 * 4096;

}  // namespace

void Compiler::declare_zone(const Directive& d) {
    const Word& name = d.args[0];
    if (name.value.empty()) return error(name.span, "invalid zone name \"\"", "give it one, as in zone backend 64k;");
    auto& zone = zones_.emplace(name.value, Zone{name.span}).first->second;
    if (d.args.size() < 2) return;
    const auto size = config::parse_size(d.args[1].value).value;
    if (size < least_size) {
        zone.size = least_size;  // one message for one mistake
        return error(d.args[1].span, concat({"zone ", in_quotes(name.value), " is too small"}), "it needs 32k at least; 64k is usual");
    }
    if (zone.size != 0 && zone.size != size) {
        again(d.args[1].span, concat({"the size of zone ", in_quotes(name.value), " is another one elsewhere"}), zone.where, "give both the same size");
        return;
    }
    zone = {d.args[1].span, size};
}

void Compiler::finish_zones() {
    for (const auto& [name, zone] : zones_)
        if (zone.size == 0)
            error(zone.where, concat({"zone ", in_quotes(name), " has no size"}), concat({"write it behind the name: zone ", name, " 64k;"}));
}

}  // namespace sluice::compile
