#include "explain/places.hpp"

#include <algorithm>

namespace sluice::explain {

using config::Directive;
using config::Span;

namespace {

bool begins_at(const Directive& directive, Span where) {
    return directive.name.span.source == where.source && directive.name.span.offset == where.offset;
}

bool find(const std::vector<Directive>& block, Span where, Places::Blocks& out) {
    for (const Directive& directive : block) {
        if (!directive.block) continue;
        const auto& inside = directive.block->children;
        if (begins_at(directive, where))
            out.push_back(&inside);
        else if (!find(inside, where, out))
            continue;
        out.push_back(&block);
        return true;
    }
    return false;
}

}  // namespace

Place Places::of(Span span) const {
    if (!span.known()) return {};
    return {conf_.sources[span.source].path, conf_.sources.position(span).line};
}

Places::Blocks Places::blocks_at(Span where) const {
    Blocks out;
    if (where.known()) find(conf_.directives, where, out);
    return out;
}

std::vector<const Directive*> Places::holding(Span where, std::string_view name) const {
    std::vector<const Directive*> out;
    for (const auto* block : blocks_at(where)) {
        for (const Directive& directive : *block)
            if (directive.name.value == name) out.push_back(&directive);
        if (!out.empty()) break;
    }
    return out;
}

Place Places::holding_place(Span where, std::string_view name) const {
    const auto found = holding(where, name);
    return found.empty() ? Place() : of(found.back()->span);
}

const Directive* Places::upstream(std::string_view name) const {
    for (const Directive& http : conf_.directives) {
        if (http.name.value != "http" || !http.block) continue;
        for (const Directive& directive : http.block->children)
            if (directive.name.value == "upstream" && !directive.args.empty() && directive.args[0].value == name)
                return &directive;
    }
    return nullptr;
}

}  // namespace sluice::explain
