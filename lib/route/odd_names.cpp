#include "route/odd_names.hpp"

#include <algorithm>

namespace sluice::route {

using http::NameShape;

const char* sort_out_odd_names(Scope& scope) {
    auto& fields = scope.x.head.fields;
    const auto& site = *scope.site;
    if (!site.ignore_invalid_headers) {
        // All that is a name by RFC 9110 5.1 is welcome. What is none, peers read in different ways or not at all.
        const bool any = std::ranges::any_of(fields, [](const auto& f) { return http::shape_of_name(f.name) == NameShape::other; });
        return any ? "a field's name holds a byte that is not allowed there" : nullptr;
    }
    const auto most = site.underscores_in_headers ? NameShape::underscores : NameShape::plain;
    const auto unwanted = [most](const http::Field& f) { return http::shape_of_name(f.name) > most; };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(fields, unwanted));
    if (count == 0) return nullptr;
    auto* const ignored = scope.arena.make_array<http::Field>(count);
    std::ranges::copy_if(fields, ignored, unwanted);
    scope.ignored_fields = {ignored, count};
    fields.erase(std::remove_if(fields.begin(), fields.end(), unwanted), fields.end());
    return nullptr;
}

}  // namespace sluice::route
